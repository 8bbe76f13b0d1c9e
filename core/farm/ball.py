"""The ball that rolls and bounces through the built-in renderer's pictures."""
from __future__ import absolute_import, division, print_function, unicode_literals

import math

from .landscape import mix, shade_table

_LIGHT = (0.50, 0.62, 0.605)
_BOUNCES = 3


def draw(rows, width, height, palette, moment, check):
    """Draw shadow and ball into rows.

    Args:
        rows (list of bytes): The backdrop; changed rows are replaced.
        width (int): Pixels.
        height (int): Pixels.
        palette (Palette): Colours.
        moment (float): 0 at the first frame of the shot, 1 at the last.
        check (callable): Called for each row; raises to end the work.
    """
    radius = min(0.165 * height, 0.2 * width)
    hop = abs(math.sin(math.pi * (_BOUNCES * moment + 0.12)))
    travel = (0.60 * moment + 0.20) * width
    floor = 0.735 * height
    _shadow(rows, width, travel, floor, radius, hop)
    _sphere(rows, width, palette, (travel, floor - radius - 0.19 * height * hop, radius),
            travel / radius, check)


def _shadow(rows, width, travel, floor, radius, hop):
    """Darken an ellipse on the floor: wider and weaker the higher the ball is."""
    rings = 12
    strength = (0.62 - 0.36 * hop) / rings
    middle = travel - (0.22 + 0.5 * hop) * radius
    tables = [shade_table(1 - (1 - strength) ** count) for count in range(rings + 1)]
    sizes = [radius * (1.12 + 0.25 * hop - (0.5 + 0.35 * hop) * ring / rings) for ring in range(rings)]
    for y in range(max(0, int(floor - radius)), min(len(rows), int(floor + radius))):
        down = (y + 0.5 - floor) / 0.24
        halves = [math.sqrt(size * size - down * down) for size in sizes if size > abs(down)]
        if not halves:
            continue
        row, out, x = rows[y], [], 0
        borders = [(middle - half, count) for count, half in enumerate(halves)]
        borders += [(middle + half, count) for count, half in reversed(list(enumerate(halves)))]
        for index, (border, count) in enumerate(borders):
            end = min(width, max(x, int(border + 0.5)))
            level = count if index < len(halves) else count + 1
            out.append(row[x * 3:end * 3].translate(tables[level]))
            x = end
        out.append(row[x * 3:])
        rows[y] = b"".join(out)


def _turned(angle):
    """Return the two axes of the ball's pattern, rolled by `angle` and tilted to the viewer."""
    c, s = math.cos(angle), math.sin(angle)
    tilt, lean = 0.55, 0.45
    ct, st, cl, sl = math.cos(tilt), math.sin(tilt), math.cos(lean), math.sin(lean)
    first = (c, -s * ct, -s * st)
    second = (s, c * ct, c * st)
    third = (0.0, -st, ct)
    # Lean all three, so that the pole of the pattern is seen from the side.
    return tuple((x * cl + z * sl, y, z * cl - x * sl) for x, y, z in (first, second, third))


def _sphere(rows, width, palette, place, angle, check):
    """Paint the ball pixel by pixel: light, a highlight, the floor's and the sky's own light."""
    middle_x, middle_y, radius = place
    (ax, ay, az), (bx, by, bz), (px, py, pz) = _turned(angle)
    lx, ly, lz = _LIGHT
    base_r, base_g, base_b = palette.ball
    wide_r, wide_g, wide_b = [b - a for a, b in zip(palette.ball, palette.stripe)]
    sky = mix(palette.sky, palette.low, 0.45)
    floor = mix(palette.dark, palette.light, 0.4)
    sun = mix((255, 255, 255), palette.glow, 0.55)
    highlight = [int(210 * (step / 255.0) ** 42) for step in range(256)]
    rim = [int(90 * (1 - step / 255.0) ** 3) for step in range(256)]
    sun_r, sun_g, sun_b = [0.82 * value / 255 for value in sun]
    glow_r, glow_g, glow_b = [value / 255.0 for value in palette.glow]
    sky = [0.52 * value / 255 for value in sky]
    floor = [0.40 * value / 255 for value in floor]
    sharp = radius * 0.75
    sqrt = math.sqrt
    for y in range(max(0, int(middle_y - radius)), min(len(rows), int(middle_y + radius) + 1)):
        check()
        ny = (middle_y - y - 0.5) / radius
        inside = 1.0 - ny * ny
        if inside <= 0:
            continue
        half = sqrt(inside) * radius
        left, right = max(0, int(middle_x - half)), min(width, int(middle_x + half) + 1)
        up = 0.5 + 0.5 * ny
        near_r, near_g, near_b = [low + (high - low) * up for low, high in zip(floor, sky)]
        pixels = []
        add = pixels.append
        for x in range(left, right):
            nx = (x + 0.5 - middle_x) / radius
            rest = inside - nx * nx
            nz = sqrt(rest) if rest > 0 else 0.0
            # Four gores and a cap at each pole: which side of the seams is this point on?
            a = nx * ax + ny * ay + nz * az
            b = nx * bx + ny * by + nz * bz
            share = 0.5 + sharp * a * b / (abs(a) + abs(b) + 1e-6)
            pole = abs(nx * px + ny * py + nz * pz)
            if pole > 0.93:
                share = min(share, 0.5 - (pole - 0.945) * sharp)
            share = 0.0 if share < 0 else 1.0 if share > 1 else share
            lit = nx * lx + ny * ly + nz * lz
            if lit > 0:
                shine = 2 * lit * nz - lz
                extra = highlight[min(255, int(shine * 255))] if shine > 0 else 0
            else:
                lit = extra = 0
            edge = rim[int(nz * 255)]
            red = (base_r + wide_r * share) * (near_r + sun_r * lit) + extra + edge * glow_r
            green = (base_g + wide_g * share) * (near_g + sun_g * lit) + extra + edge * glow_g
            blue = (base_b + wide_b * share) * (near_b + sun_b * lit) + extra + edge * glow_b
            add(255 if red > 255 else int(red))
            add(255 if green > 255 else int(green))
            add(255 if blue > 255 else int(blue))
        rows[y] = _set_in(rows[y], left, right, pixels, middle_x - half, middle_x + half)


def _set_in(row, left, right, pixels, start, end):
    """Return a row with the ball's pixels in it; those at the rim are blended with what is there."""
    for x, share in ((left, left + 1 - start), (right - 1, end - (right - 1))):
        if right > left and 0 <= share < 1:
            place = (x - left) * 3
            old = tuple(bytearray(row[x * 3:x * 3 + 3]))
            pixels[place:place + 3] = mix(old, tuple(pixels[place:place + 3]), share)
    return row[:left * 3] + bytes(bytearray(pixels)) + row[right * 3:]
