"""Small writers of PNG, EXR, TIFF and JPEG files, as plain as the formats allow; independent of the readers."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import struct
import zlib

from support_tree import native


def pack(layout, *values):
    return struct.pack(native(layout), *values)


def noise(count, seed=12345):
    """Return bytes that look random and are always the same."""
    value, out = seed, bytearray()
    for _ in range(count):
        value = (value * 1103515245 + 12345) & 0x7fffffff
        out.append(value >> 16 & 255)
    return bytes(out)


def scene(width, height):
    """Return rows of (red, green, blue), 0 to 255: two gradients and a checker board."""
    return [[(255 * x // width, 255 * y // height, 200 * ((x // 8 + y // 8) % 2)) for x in range(width)]
            for y in range(height)]


def black(width, height):
    return [[(0, 0, 0)] * width for _ in range(height)]


def save(folder, name, content):
    """Write a file below a folder (tmpdir); returns its path as text."""
    path = folder.join(native(name)).strpath
    path = path.decode("utf-8") if isinstance(path, bytes) else path
    with io.open(native(path), "wb") as target:
        target.write(content)
    return path


# ---------------------------------------------------------------- PNG

ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(kind, body):
    return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body) & 0xffffffff)


def filtered(kind, row, above, step):
    """Filter a row as the PNG specification says."""
    out, row, above = bytearray(), bytearray(row), bytearray(above)
    for i, value in enumerate(row):
        left = row[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        guess = left + above[i] - corner
        nearest = min((left, above[i], corner), key=lambda near: abs(guess - near))
        out.append((value - (0, left, above[i], (left + above[i]) // 2, nearest)[kind]) & 255)
    return bytes(bytearray([kind])) + bytes(out)


def png(rows, colour=2, bits=8, interlace=0, kinds=(0, 1, 2, 3, 4), cover=255, palette=None, raw=None, extra=b""):
    """Return a PNG.

    Args:
        rows (list): Of (red, green, blue); a palette's and a grey picture's are the first number.
        kinds (tuple of int): The rows' filters, in turn.
        cover (int): Alpha, where the colour type has one.
        palette (bytes): For colour type 3.
        raw (bytes): Pixels as they go into the stream, instead of the rows'.
        extra (bytes): Chunks before the pixels.
    """
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    step = max(1, channels * bits // 8)
    packed = []
    for left, top, across, down in ADAM7 if interlace else ((0, 0, 1, 1),):
        some = [row[left::across] for row in rows[top::down]]
        above = bytes(bytearray((len(some[0]) * channels * bits + 7) // 8)) if some and some[0] else b""
        for number, row in enumerate(some if above else ()):
            line = _png_row(row, channels, bits, cover)
            packed.append(filtered(kinds[number % len(kinds)], line, above, step))
            above = line
    head = pack(">IIBBBBB", len(rows[0]), len(rows), bits, colour, 0, 0, interlace)
    body = zlib.compress(b"".join(packed) if raw is None else raw)
    half = len(body) // 2
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + (chunk(b"PLTE", palette) if palette else b"") + extra
            + chunk(b"IDAT", body[:half]) + chunk(b"IDAT", body[half:]) + chunk(b"IEND", b""))


def _png_row(row, channels, bits, cover):
    values = []
    for pixel in row:
        values.extend((pixel[:3] if channels > 2 else pixel[:1]) + ((cover,) if channels % 2 == 0 else ()))
    if bits == 16:
        return b"".join(pack(">H", value * 257) for value in values)
    if bits == 8:
        return bytes(bytearray(values))
    text = "".join(format(value >> (8 - bits) if channels else 0, "0%db" % bits) for value in values)
    text += "0" * (-len(text) % 8)
    return bytes(bytearray(int(text[i:i + 8], 2) for i in range(0, len(text), 8)))


# ---------------------------------------------------------------- EXR

LINES = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16}
UINT, HALF, FLOAT = 0, 1, 2


def half_bits(value):
    """Return the bits of the half nearest below a value of 0 or more."""
    if value != value:
        return 0x7e00
    if value >= 65504:
        return 0x7c00
    if value < 2.0 ** -14:
        return int(value * 2 ** 24)
    exponent = 0
    while value >= 2:
        value, exponent = value / 2, exponent + 1
    while value < 1:
        value, exponent = value * 2, exponent - 1
    return (exponent + 15) << 10 | int((value - 1) * 1024)


def sample(kind, value):
    if kind == UINT:
        return pack("<I", int(value))
    return pack("<H", half_bits(value)) if kind == HALF else pack("<f", value)


def attribute(name, kind, value):
    return name + b"\0" + kind + b"\0" + pack("<I", len(value)) + value


def exr_header(width, height, compression, kinds, tiles=None, display=None, window=None, more=b""):
    channels = b"".join(name + b"\0" + pack("<iB3xii", kind, 0, 1, 1) for name, kind in sorted(kinds.items())) + b"\0"
    window = window or (0, 0, width - 1, height - 1)
    return (attribute(b"channels", b"chlist", channels) + attribute(b"compression", b"compression",
            bytes(bytearray([compression]))) + attribute(b"dataWindow", b"box2i", pack("<iiii", *window))
            + attribute(b"displayWindow", b"box2i", pack("<iiii", *(display or window)))
            + attribute(b"lineOrder", b"lineOrder", b"\0") + attribute(b"pixelAspectRatio", b"float", pack("<f", 1))
            + attribute(b"screenWindowCenter", b"v2f", pack("<ff", 0, 0))
            + attribute(b"screenWindowWidth", b"float", pack("<f", 1))
            + (attribute(b"tiles", b"tiledesc", pack("<IIB", tiles, tiles, 0)) if tiles else b"") + more + b"\0")


def exr(rows, compression=3, kind=HALF, alpha=1.0, tiles=None, parts=0, scale=1 / 255.0, window=None, display=None,
        names=(b"R", b"G", b"B")):
    """Return an EXR.

    Args:
        rows (list): Of (red, green, blue).
        compression (int): 0 none, 1 RLE, 2 ZIPS, 3 ZIP; others get the bytes of no compression, a little fewer.
        kind (int): Of all channels.
        alpha (float or None): An alpha channel's value.
        tiles (int): Side of the tiles.
        parts (int): How many parts to write, all alike; 0: a file of version 2 without parts.
        scale (float): Pixels are multiplied by it.
        window, display (tuple): left, top, right, bottom.
        names (tuple of bytes): Of the channels.
    """
    width, height = len(rows[0]), len(rows)
    kinds = {name: kind for name in names}
    if alpha is not None:
        kinds[b"A"] = kind
    columns = {name: [[pixel[place] * scale for pixel in row] for row in rows] for place, name in enumerate(names)}
    if alpha is not None:
        columns[b"A"] = [[alpha] * width] * height
    blocks, top = [], (window or (0, 0))[1]
    for mark, x, y, wide, high in _exr_places(width, height, compression, tiles, top):
        raw = b"".join(sample(kind, value) for line in range(y, y + high) for name in sorted(kinds)
                       for value in columns[name][line][x:x + wide])
        packed = exr_packed(raw, compression)
        blocks.append(mark + pack("<i", len(packed)) + packed)
    if not parts:
        return exr_file([(exr_header(width, height, compression, kinds, tiles, display, window), blocks)],
                        0x202 if tiles else 2)
    return exr_file([(exr_header(
        width, height, compression, kinds, tiles, display, window,
        attribute(b"name", b"string", pack("<B", 65 + number))
        + attribute(b"type", b"string", b"tiledimage" if tiles else b"scanlineimage")
        + attribute(b"chunkCount", b"int", pack("<i", len(blocks)))),
        [pack("<i", number) + block for block in blocks]) for number in range(parts)], 0x1002)


def exr_file(parts, version):
    """Return a file of ``(header, blocks)``."""
    head = b"\x76\x2f\x31\x01" + pack("<I", version) + b"".join(header for header, _ in parts)
    head += b"\0" if version & 0x1000 else b""
    offset = len(head) + 8 * sum(len(blocks) for _, blocks in parts)
    tables = b""
    for _, blocks in parts:
        for block in blocks:
            tables += pack("<Q", offset)
            offset += len(block)
    return head + tables + b"".join(block for _, blocks in parts for block in blocks)


def _exr_places(width, height, compression, tiles, top):
    if not tiles:
        lines = LINES[compression]
        for y in range(0, height, lines):
            yield pack("<i", top + y), 0, y, width, min(lines, height - y)
        return
    for down in range(-(-height // tiles)):
        for across in range(-(-width // tiles)):
            yield (pack("<iiii", across, down, 0, 0), across * tiles, down * tiles,
                   min(tiles, width - across * tiles), min(tiles, height - down * tiles))


def exr_packed(raw, compression):
    if compression == 0:
        return raw
    if compression > 3:
        return raw[:-1]
    mixed = bytearray(raw[0::2] + raw[1::2])
    for place in range(len(mixed) - 1, 0, -1):
        mixed[place] = (mixed[place] - mixed[place - 1] + 128) & 255
    packed = _exr_runs(bytes(mixed)) if compression == 1 else zlib.compress(bytes(mixed))
    return packed if len(packed) < len(raw) else raw


def _exr_runs(raw):
    out, place = [], 0
    while place < len(raw):
        end = place + 1
        while end < len(raw) and raw[end:end + 1] == raw[place:place + 1] and end - place < 128:
            end += 1
        if end - place > 2:
            out.append(pack("<b", end - place - 1) + raw[place:place + 1])
        else:
            end = min(len(raw), place + 5)
            out.append(pack("<b", place - end) + raw[place:end])
        place = end
    return b"".join(out)


# ---------------------------------------------------------------- TIFF

def tiff(rows, order="<", bits=8, compression=1, predictor=1, tile=None, rows_per_strip=5, big=False, apart=False,
         photometric=2, kind=1, pages=1, fields=()):
    """Return a TIFF of RGB, grey or palette pixels.

    Args:
        rows (list): Of (red, green, blue).
        tile (int): Side of the tiles; else strips.
        apart (bool): Each channel has strips of its own.
        kind (int): 1 unsigned, 3 floats.
        fields (iterable): ``(tag, type, values)`` that replace or join others.
    """
    out = bytearray(b"II" if order == "<" else b"MM")
    out += pack(order + "HHHQ", 43, 8, 0, 0) if big else pack(order + "HI", 42, 0)
    link = 8 if big else 4
    for _ in range(pages):
        table = _tiff_page(out, rows, order, bits, compression, predictor, tile, rows_per_strip, apart, photometric,
                           kind)
        table.update({tag: (code, values) for tag, code, values in fields})
        out[link:link + (8 if big else 4)] = pack(order + ("Q" if big else "I"), len(out))
        entries, room = [], 8 if big else 4
        after = len(out) + (8 if big else 2) + len(table) * (20 if big else 12) + room
        tail = b""
        for tag, (code, values) in sorted(table.items()):
            body = pack(order + "%d%s" % (len(values), {3: "H", 4: "I", 16: "Q"}[code]), *values)
            head = pack(order + ("HHQ" if big else "HHI"), tag, code, len(values))
            if len(body) > room:
                head, tail, body = head, tail + body, pack(order + ("Q" if big else "I"), after + len(tail))
            entries.append(head + body + b"\0" * (room - len(body)))
        link = len(out) + (8 if big else 2) + len(table) * (20 if big else 12)
        out += pack(order + ("Q" if big else "H"), len(entries)) + b"".join(entries) + b"\0" * room + tail
    return bytes(out)


def _tiff_page(out, rows, order, bits, compression, predictor, tile, rows_per_strip, apart, photometric, kind):
    width, height = len(rows[0]), len(rows)
    channels = 3 if photometric == 2 else 1
    wide, high = (tile, tile) if tile else (width, rows_per_strip)
    offsets, counts = [], []
    for plane in [[channel] for channel in range(channels)] if apart else [list(range(channels))]:
        for y in range(0, height, high):
            for x in range(0, width, wide):
                lines = [[row[place] if place < width else (0, 0, 0) for place in range(x, x + wide)]
                         for row in (rows + [[(0, 0, 0)] * width] * high if tile else rows)[y:y + high]]
                raw = b"".join(_tiff_row(line, plane, order, bits, predictor, kind) for line in lines)
                packed = tiff_packed(raw, compression)
                offsets.append(len(out))
                counts.append(len(packed))
                out += packed
    found = {256: (4, [width]), 257: (4, [height]), 258: (3, [bits] * channels), 259: (3, [compression]),
             262: (3, [photometric]), 277: (3, [channels]), 284: (3, [2 if apart else 1]), 317: (3, [predictor]),
             339: (3, [kind] * channels)}
    if tile:
        found.update({322: (4, [tile]), 323: (4, [tile]), 324: (4, offsets), 325: (4, counts)})
    else:
        found.update({273: (4, offsets), 278: (4, [rows_per_strip]), 279: (4, counts)})
    if photometric == 3:
        found[320] = (3, [257 * value for _ in range(3) for value in range(256)])
    return found


def _tiff_row(line, plane, order, bits, predictor, kind):
    values = [pixel[channel] for pixel in line for channel in plane]
    if kind == 3:
        big = [pack(">f", value / 255) if bits == 32 else pack(">H", half_bits(value / 255)) for value in values]
        if predictor == 3:
            flat = bytearray(b"".join(number[place:place + 1] for place in range(bits // 8) for number in big))
            for place in range(len(flat) - 1, len(plane) - 1, -1):
                flat[place] = (flat[place] - flat[place - len(plane)]) & 255
            return bytes(flat)
        return b"".join(number if order == ">" else number[::-1] for number in big)
    values = [value * 257 if bits == 16 else value for value in values]
    if predictor == 2:
        step = len(plane)
        values = [(value - (values[place - step] if place >= step else 0)) % (1 << bits)
                  for place, value in enumerate(values)]
    return pack(order + "%d%s" % (len(values), "H" if bits == 16 else "B"), *values)


def tiff_packed(raw, compression):
    if compression in (8, 32946):
        return zlib.compress(raw)
    if compression == 32773:
        out, place = [], 0
        while place < len(raw):
            end = place + 1
            while end < len(raw) and raw[end:end + 1] == raw[place:place + 1] and end - place < 128:
                end += 1
            if end - place > 1:
                out.append(pack("<b", 1 - (end - place)) + raw[place:place + 1])
            else:
                end = min(len(raw), place + 7)
                out.append(pack("<b", end - place - 1) + raw[place:end])
            place = end
        return b"".join(out)
    return _lzw(raw) if compression == 5 else raw


def _lzw(raw):
    codes, width, table, held = "", 9, {}, b""

    def fresh():
        return {bytes(bytearray([value])): value for value in range(256)}

    table, following = fresh(), 258
    codes += format(256, "09b")
    for place in range(len(raw)):
        byte = raw[place:place + 1]
        if held + byte in table:
            held += byte
            continue
        codes += format(table[held], "0%db" % width)
        table[held + byte], following, held = following, following + 1, byte
        if following == (1 << width):  # One code earlier than needed: TIFF's way.
            width += 1
        if following == 4094:
            codes += format(256, "0%db" % width)
            table, following, width = fresh(), 258, 9
    codes += format(table[held], "0%db" % width)
    following += 1
    width += 1 if following == 1 << width and width < 12 else 0
    codes += format(257, "0%db" % width)
    codes += "0" * (-len(codes) % 8)
    return bytes(bytearray(int(codes[i:i + 8], 2) for i in range(0, len(codes), 8)))


# ---------------------------------------------------------------- JPEG

def segment(marker, body):
    return b"\xff" + pack(">BH", marker, len(body) + 2) + body


def jpeg(width, height, before=b"", lines=None):
    """Return a grey baseline JPEG whose blocks are all alike.

    Args:
        before (bytes): Segments before the header.
        lines (int): The height, said behind the pixels (DNL) instead of in the header.
    """
    blocks = -(-width // 8) * -(-height // 8)
    # Codes of both tables: 0 stands for "no difference" and for "no more numbers".
    bits = "00" * blocks
    bits += "1" * (-len(bits) % 8)
    pixels = bytes(bytearray(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)))
    table = bytes(bytearray([1] + [0] * 15)) + b"\0"
    return (b"\xff\xd8" + before + segment(0xdb, b"\0" + b"\1" * 64)
            + segment(0xc0, pack(">BHHB", 8, 0 if lines else height, width, 1) + b"\1\x11\0")
            + segment(0xc4, b"\0" + table) + segment(0xc4, b"\x10" + table)
            + segment(0xda, b"\1\1\0\0\x3f\0") + pixels
            + (segment(0xdc, pack(">H", lines)) if lines else b"") + b"\xff\xd9")
