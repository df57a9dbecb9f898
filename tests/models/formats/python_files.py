"""Files of tensors as Python writes and reads them, for safetensors_test.cpp and npy_test.cpp.

python_files.py write FOLDER: writes what the tests read. python_files.py read FOLDER: checks what the tests wrote.
"""
import json
import pathlib
import struct
import sys

import numpy as np

TYPES = {"BOOL": "?", "U8": "u1", "I8": "i1", "I16": "<i2", "I32": "<i4", "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8"}


def numbers(shape, dtype):
    """0, 1, 2 ... in the order of the indices; bools alternate."""
    values = np.arange(int(np.prod(shape, dtype=np.int64)))
    return (values % 2 if dtype == "?" else values).reshape(shape).astype(dtype)


def write_safetensors(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, (type_name, shape) in tensors.items():
        raw = numbers(shape, TYPES[type_name]).tobytes()
        header[name] = {"dtype": type_name, "shape": list(shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_safetensors(path):
    raw = path.read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    data = raw[8 + size :]
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = (entry["dtype"], np.frombuffer(data[begin:end], dtype=TYPES.get(entry["dtype"], "<u2")).reshape(entry["shape"]))
    return tensors, metadata


def write(folder):
    shapes = {"BOOL": (3,), "U8": (2, 2), "I8": (5,), "I16": (1, 3), "I32": (2,), "I64": (), "F16": (0, 4), "F32": (2, 3), "F64": (2,)}
    write_safetensors(folder / "python.safetensors", {f"a.{t}": (t, s) for t, s in shapes.items()}, {"caf\u00e9 \"\\": "\U0001f4f7\n"})
    for number, version in enumerate([(1, 0), (2, 0), (3, 0)], 1):
        with open(folder / f"v{number}.npy", "wb") as file:
            np.lib.format.write_array(file, numbers((2, 3), "<f4"), version)
    np.save(folder / "fortran.npy", np.asfortranarray(numbers((2, 3, 4), "<i4")))
    np.save(folder / "scalar.npy", np.float64(7))
    np.save(folder / "empty.npy", np.zeros((2, 0), "<f2"))
    np.save(folder / "row.npy", numbers((4,), "?"))
    np.save(folder / "big_endian.npy", numbers((4,), ">f4"))


def read(folder):
    tensors, metadata = read_safetensors(folder / "written.safetensors")
    assert metadata == {"quote \" and \\": "line\nof \U0001f4f7"}, metadata
    for name, (type_name, values) in tensors.items():
        assert name == f"t.{type_name}", name
        if type_name != "BF16":
            assert np.array_equal(values, numbers((2, 3), TYPES[type_name])), name
    assert len(tensors) == 10
    for name, dtype in TYPES.items():
        values = np.load(folder / f"written_{name}.npy", allow_pickle=False)
        assert values.dtype == np.dtype(dtype) and np.array_equal(values, numbers((3, 2), dtype)), name
    assert np.load(folder / "written_scalar.npy") == 7
    assert np.load(folder / "written_row.npy").shape == (4,)


{"write": write, "read": read}[sys.argv[1]](pathlib.Path(sys.argv[2]))
