"""CRC-32 of files that are read in parts."""
from __future__ import absolute_import, division, print_function, unicode_literals

import threading

#: The polynomial of CRC-32, its bits reversed, as zlib uses it.
_POLYNOMIAL = 0xEDB88320

#: Length in bytes -> the matrix that moves a checksum over so many zero bytes. The parts of a file have one length.
_matrices = {}
_lock = threading.Lock()
_MOST_MATRICES = 64


def combine(first, second, length):
    """Return the CRC-32 of two runs of bytes, one behind the other.

    Args:
        first (int): CRC-32 of the first one.
        second (int): CRC-32 of the second one.
        length (int): Bytes of the second one.

    Returns:
        int: As ``zlib.crc32(a + b) & 0xFFFFFFFF``.
    """
    return (_times(_zeros(length), first & 0xFFFFFFFF) ^ second) & 0xFFFFFFFF if length else first & 0xFFFFFFFF


def _zeros(length):
    with _lock:
        matrix = _matrices.get(length)
    if matrix is None:
        matrix = _made(length)
        with _lock:
            if len(_matrices) >= _MOST_MATRICES:
                _matrices.clear()
            _matrices[length] = matrix
    return matrix


def _made(length):
    """Return the matrix for a length, by squaring that of one zero bit."""
    power = [_POLYNOMIAL] + [1 << bit for bit in range(31)]
    for _ in range(3):
        power = _product(power, power)  # One byte is eight bits.
    matrix = [1 << bit for bit in range(32)]
    while length:
        if length & 1:
            matrix = _product(power, matrix)
        power = _product(power, power)
        length >>= 1
    return matrix


def _product(a, b):
    return [_times(a, column) for column in b]


def _times(matrix, vector):
    """Return a matrix (a list of 32 columns) times a vector of 32 bits, over the field of two elements."""
    total = index = 0
    while vector:
        if vector & 1:
            total ^= matrix[index]
        vector >>= 1
        index += 1
    return total
