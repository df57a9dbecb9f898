"""DNGs with opcodes, written by hand from the specification (DNG 1.7.1.0, chapters 4 and 7), and not by the program that is tested."""

import struct

LIST1, LIST2, LIST3 = 51008, 51009, 51022
OPTIONAL = 1


def write(path, codes, lists=None, black=256, white=4095):
    """An uncompressed RGGB mosaic whose colors are sRGB's, with white that is neutral."""
    height, width = codes.shape
    fields = {}

    def put(tag, kind, form, *values):
        data = b"".join(struct.pack("<" + form, *(value if isinstance(value, tuple) else (value,))) for value in values)
        fields[tag] = kind, len(values), data

    def fractions(tag, *values):
        put(tag, 10, "ii", *((round(1e7 * value), 10_000_000) for value in values))

    for tag, value in ((254, 0), (256, width), (257, height), (273, 0), (278, height), (279, 2 * width * height), (50717, white)):
        put(tag, 4, "I", value)
    for tag, value in ((258, 16), (259, 1), (262, 32803), (274, 1), (277, 1), (284, 1), (50778, 21)):
        put(tag, 3, "H", value)
    for tag, text in ((271, "Argent"), (272, "Opcodes"), (50708, "Argent Opcodes")):
        fields[tag] = 2, len(text) + 1, text.encode() + b"\0"
    put(33421, 3, "H", 2, 2)
    put(33422, 1, "B", 0, 1, 1, 2)
    put(50706, 1, "B", 1, 4, 0, 0)
    put(50707, 1, "B", 1, 3, 0, 0)
    put(50713, 3, "H", 1, 1)
    put(50714, 5, "II", (black, 1))
    put(50829, 4, "I", 0, 0, height, width)
    fractions(50721, 3.2404542, -1.5371385, -0.4985314, -0.9692660, 1.8760108, 0.0415560, 0.0556434, -0.2040259, 1.0572252)
    put(50728, 5, "II", (1, 1), (1, 1), (1, 1))
    for tag, data in (lists or {}).items():
        fields[tag] = 7, len(data), data

    start = 8 + 2 + 12 * len(fields) + 4
    strip = start + sum(len(data) + len(data) % 2 for _, _, data in fields.values() if len(data) > 4)
    fields[273] = 4, 1, struct.pack("<I", strip)
    head, values = struct.pack("<H", len(fields)), b""
    for tag, (kind, count, data) in sorted(fields.items()):
        apart = len(data) > 4
        head += struct.pack("<HHI", tag, kind, count) + (struct.pack("<I", start + len(values)) if apart else data.ljust(4, b"\0"))
        values += data + b"\0" * (len(data) % 2) if apart else b""
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + head + b"\0" * 4 + values + codes.astype("<u2").tobytes())


def opcodes(*parts):
    return struct.pack(">I", len(parts)) + b"".join(struct.pack(">IIII", kind, 0x01030000, flags, len(data)) + data for kind, flags, data in parts)


def gain_maps(grid, width, height):
    """One map for each site of the mosaic, over the whole picture; rows of gains."""
    rows, columns = len(grid), len(grid[0])
    maps = []
    for top in (0, 1):
        for left in (0, 1):
            data = struct.pack(">10I", top, left, height, width, 0, 1, 2, 2, rows, columns)
            data += struct.pack(">4dI", 1 / (rows - 1), 1 / (columns - 1), 0, 0, 1)
            maps.append((9, OPTIONAL, data + b"".join(struct.pack(">f", gain) for row in grid for gain in row)))
    return maps


def bad_pixels_constant(code):
    return 4, 0, struct.pack(">2I", code, 0)


def bad_pixels_list(points):
    return 5, 0, struct.pack(">3I", 0, len(points), 0) + b"".join(struct.pack(">2I", y, x) for x, y in points)
