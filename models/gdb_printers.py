"""Shows tensors in gdb as their type, shape and numbers.

    (gdb) source models/gdb_printers.py
    (gdb) print x
    $1 = f32 2x3 [0, 0.5, 1, 1.5, 2, 2.5]

Reads the process's memory and calls nothing in it, so that it works on a core file, too. Values in the order of their indices, the first 64.
"""
import struct

import gdb

MOST_VALUES = 64
# models/runtime/dtype.h: name, struct's format, size
DTYPES = [("bool", "?", 1), ("u8", "B", 1), ("i8", "b", 1), ("i16", "h", 2), ("i32", "i", 4), ("i64", "q", 8), ("f16", "e", 2), ("bf16", None, 2),
          ("f32", "f", 4), ("f64", "d", 8)]


def dims(value):
    return [int(value["values_"][i]) for i in range(int(value["size_"]))]


def element(raw, name, form):
    if name == "bf16":
        return struct.unpack("<f", b"\0\0" + raw)[0]
    return struct.unpack("<" + form, raw)[0]


def text(number):
    if isinstance(number, bool):
        return "true" if number else "false"
    return f"{number:.5g}" if isinstance(number, float) else str(number)


class TensorPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        state = self.value["state_"]["object_"]
        if int(state) == 0:
            return "undefined"
        state = state.dereference()
        name, form, size = DTYPES[int(state["dtype"])]
        shape, strides = dims(state["shape"]), dims(state["strides"])
        count = 1
        for axis in shape:
            count *= axis
        first = int(state["storage"]["object_"].dereference()["data_"]) + int(state["offset"]) * size
        numbers = []
        for i in range(min(count, MOST_VALUES)):
            rest, place = i, 0
            for axis in reversed(range(len(shape))):
                place += rest % shape[axis] * strides[axis]
                rest //= shape[axis]
            raw = gdb.selected_inferior().read_memory(first + place * size, size).tobytes()
            numbers.append(text(element(raw, name, form)))
        more = ", ..." if count > MOST_VALUES else ""
        return f"{name} {'x'.join(map(str, shape)) or 'scalar'} [{', '.join(numbers)}{more}]"


class DimsPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return "x".join(map(str, dims(self.value))) or "scalar"


def lookup(value):
    name = value.type.strip_typedefs().unqualified().name
    return {"argent::tensor::Tensor": TensorPrinter, "argent::Dims": DimsPrinter}.get(name, lambda _: None)(value)


gdb.pretty_printers.append(lookup)
