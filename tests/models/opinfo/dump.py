#!/usr/bin/env python3
"""What PyTorch's own op tests (OpInfo) feed an operation, and what comes out: for tests/models/opinfo/opinfo_test.cpp.

usage: dump.py ENTRIES FOLDER [SEED]     one name of ENTRIES a line, as OpInfo's: name, or name:variant

Writes ENTRY.json and ENTRY.bin for each entry, and index.json. Each entry has runs, one an element type:
  f64       values and gradients: the truth, as the engine's own f64 must be within 1e-10
  f32       the same inputs for torch's f32 ("own") and for its f64 ("truth"): the engine's f32 is judged by both
  f16 bf16  inputs rounded to the type; the truth is f64's on the rounded ones. Values alone: torch runs half of the entries only
  i64 bool  values, exact; floating results as f32's
  c128      the Fourier transforms on complex numbers: a last axis of size 2
A tensor is {"type", "shape", "at": byte offset in ENTRY.bin}. Arguments are a tree of JSON: {"tensor": i} is one of the sample's tensors,
{"dtype"}, {"slice": [start, stop, step]}, {"float": "inf"}, {"other": text} what JSON has not. Numbers are the same in every run with the same SEED.
"""
import json
import pathlib
import random
import sys
import types
import warnings

TYPES_OF_RUNS = ("f64", "f32", "f16", "bf16", "i64", "bool", "c128")
MOST_SAMPLES = 32  # of a run
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 42  # later versions of PyTorch begin each entry's samples with this
LARGEST = 65536  # elements of a tensor; samples with larger ones are left out

# common_methods_invocations needs it at import, and Debian has no package of it.
stub = types.ModuleType("expecttest")
stub.TestCase = object
stub.ACCEPT = False
sys.modules["expecttest"] = stub
warnings.filterwarnings("ignore")
import numpy
import torch
from torch.testing._internal.common_methods_invocations import op_db

TYPES = {torch.float64: "f64", torch.float32: "f32", torch.float16: "f16", torch.bfloat16: "bf16", torch.int64: "i64", torch.int32: "i32",
         torch.int16: "i16", torch.int8: "i8", torch.uint8: "u8", torch.bool: "bool", torch.complex128: "c128", torch.complex64: "c64"}
NAMED = {name: dtype for dtype, name in TYPES.items()}
WIDE = {torch.float32: torch.float64, torch.float16: torch.float64, torch.bfloat16: torch.float64, torch.complex64: torch.complex128}


class LeftOut(Exception):
    """Why a sample is not written."""


class Writer:
    def __init__(self, path):
        self.file, self.size = open(path, "wb"), 0

    def put(self, tensor):
        tensor = tensor.detach().resolve_conj().resolve_neg()
        if tensor.is_complex():
            tensor = torch.view_as_real(tensor)
        if tensor.numel() > LARGEST:
            raise LeftOut("tensors of more than %d elements" % LARGEST)
        if tensor.dtype not in TYPES:
            raise LeftOut("%s" % tensor.dtype)
        plain = tensor.contiguous()
        raw = (plain.view(torch.int16) if plain.dtype == torch.bfloat16 else plain).numpy().tobytes()
        place = {"type": TYPES[tensor.dtype], "shape": list(tensor.shape), "at": self.size}
        self.file.write(raw + b"\0" * (-len(raw) % 8))
        self.size += len(raw) + -len(raw) % 8
        return place


def mapped(tree, function):
    """The tree with function(leaf) for each of its leaves."""
    if isinstance(tree, (list, tuple)) and not isinstance(tree, torch.Size):
        return [mapped(item, function) for item in tree] if isinstance(tree, list) else tuple(mapped(item, function) for item in tree)
    if isinstance(tree, torch.Size):
        return tuple(tree)
    if isinstance(tree, dict):
        return {key: mapped(value, function) for key, value in tree.items()}
    return function(tree)


def tensors_of(tree):
    found = []
    mapped(tree, lambda leaf: found.append(leaf) if isinstance(leaf, torch.Tensor) else None)
    return found


def is_real_number(tensor):
    return tensor.is_floating_point() or tensor.is_complex()


def fresh(tree, dtype=None, wide=False):
    """Leaves of its own: copies that keep strides and requires_grad, real numbers converted to `dtype`, or widened."""
    def copy(leaf):
        if isinstance(leaf, torch.dtype):
            return WIDE.get(leaf, leaf) if wide else leaf
        if not isinstance(leaf, torch.Tensor):
            return leaf
        tensor = leaf.detach().clone()
        if is_real_number(tensor):
            tensor = tensor.to(WIDE.get(tensor.dtype, tensor.dtype) if wide else dtype or tensor.dtype)
        return tensor.requires_grad_(leaf.requires_grad)
    return mapped(tree, copy)


def run(op, tree):
    """Outputs, a flat list of tensors; numbers that a function returns become tensors."""
    found = []

    def add(leaf):
        if isinstance(leaf, torch.Tensor):
            found.append(leaf)
        elif isinstance(leaf, (bool, int, float)):
            found.append(torch.tensor(leaf, dtype=torch.float64 if isinstance(leaf, float) else None))
        else:
            raise LeftOut("a result that is no tensor")
    mapped(op.op(tree["input"], *tree["args"], **tree["kwargs"]), add)
    return found


def real(tensor):
    return torch.view_as_real(tensor.resolve_conj()) if tensor.is_complex() else tensor


def gradients(outputs, leaves, cotangents):
    """Of sum(output * cotangent) over all outputs; None for a leaf that they don't depend on."""
    pairs = [(real(output), cotangent) for output, cotangent in zip(outputs, cotangents) if cotangent is not None and output.requires_grad]
    if not pairs or not leaves:
        return [None] * len(leaves)
    return torch.autograd.grad([pair[0] for pair in pairs], leaves, [pair[1].to(pair[0].dtype) for pair in pairs], allow_unused=True)


def described(tree, tensors, writer):
    """The tree as JSON; its tensors go to `tensors`."""
    def leaf(item):
        if isinstance(item, torch.Tensor):
            tensors.append(dict(writer.put(item), complex=item.is_complex(), gradient=item.requires_grad,
                                strides=list(item.stride()) if not item.is_complex() else []))
            return {"tensor": len(tensors) - 1}
        if item is None or isinstance(item, (bool, int, str)):
            return item
        if isinstance(item, float):
            return item if numpy.isfinite(item) else {"float": str(item)}
        if isinstance(item, torch.dtype):
            return {"dtype": TYPES.get(item, str(item))}
        if isinstance(item, slice):
            return {"slice": [item.start, item.stop, item.step]}
        if item is Ellipsis:
            return {"ellipsis": True}
        return {"other": str(item)}
    return mapped(tree, leaf)


def dump_sample(op, sample, name, writer):
    tree = fresh(sample, NAMED[name] if name in ("f16", "bf16") else None)
    truth_tree = fresh(tree, wide=True)
    torch.set_default_dtype(torch.float64)  # what integers become
    try:
        truth = run(op, truth_tree)
    finally:
        torch.set_default_dtype(torch.float32)
    own_tree = fresh(tree)
    try:
        own = run(op, own_tree)
    except Exception:
        if name not in ("f16", "bf16"):
            raise
        own = None
    tensors = []
    with_gradient = name in ("f64", "f32", "c128") and op.supports_autograd
    result = {"arguments": described([tree["input"], *tree["args"]], tensors, writer), "tensors": tensors, "outputs": [], "gradients": []}
    result["named"] = described(tree["kwargs"], tensors, writer)
    cotangents = []
    for i, output in enumerate(truth):
        entry = {"truth": writer.put(output), "complex": output.is_complex()}
        if own is not None:
            entry["type"] = TYPES.get(real(own[i]).dtype)
        if own is not None and own[i].dtype == torch.float32:
            entry["own"] = writer.put(own[i])
        cotangents.append(None)
        if with_gradient and output.requires_grad:
            # of the run's own type, so that the truth's is the same
            cotangents[-1] = torch.randn(real(output).shape, dtype=real(own[i]).dtype)
            entry["cotangent"] = writer.put(cotangents[-1])
        result["outputs"].append(entry)
    if not with_gradient:
        return result
    order = tensors_of([tree["input"], *tree["args"]]) + tensors_of(tree["kwargs"])
    wanted = [i for i, tensor in enumerate(order) if tensor.requires_grad]
    found = []
    for one, outputs in ((truth_tree, truth), (own_tree, own)):
        leaves = tensors_of([one["input"], *one["args"]]) + tensors_of(one["kwargs"])
        found.append(gradients(outputs, [leaves[i] for i in wanted], cotangents))
    for i, expected, own_gradient in zip(wanted, *found):
        if expected is not None and own_gradient is not None:
            entry = {"tensor": i, "truth": writer.put(expected)}
            if name == "f32":
                entry["own"] = writer.put(own_gradient)
            result["gradients"].append(entry)
    return result


def spread(items, most):
    """`most` of them, the first and the last among them."""
    if len(items) <= most:
        return items
    return [items[i * (len(items) - 1) // (most - 1)] for i in range(most)]


def dump_run(op, name, writer, left_out):
    torch.manual_seed(SEED)
    random.seed(SEED)
    numpy.random.seed(SEED)
    dtype = torch.float32 if name in ("f16", "bf16") else NAMED[name]
    if dtype not in op.dtypes:
        return None
    samples = []
    try:
        all_samples = list(op.sample_inputs("cpu", dtype, requires_grad=op.supports_autograd and is_real_number(torch.empty(0, dtype=dtype))))
    except Exception as error:  # the database's own trouble
        left_out["samples can't be made: " + str(error).split("\n")[0]] = 1
        return None
    chosen = spread(all_samples, MOST_SAMPLES)
    beyond = "beyond the %d samples of a run" % MOST_SAMPLES
    if len(chosen) < len(all_samples):
        left_out[beyond] = left_out.get(beyond, 0) + len(all_samples) - len(chosen)
    for sample in chosen:
        tree = {"input": sample.input, "args": sample.args, "kwargs": sample.kwargs}
        try:
            samples.append(dump_sample(op, tree, name, writer))
        except LeftOut as why:
            left_out[str(why)] = left_out.get(str(why), 0) + 1
        except Exception as error:
            why = "%s: torch: %s" % (name, str(error).split("\n")[0][:120])
            left_out[why] = left_out.get(why, 0) + 1
    return {"type": name, "samples": samples}


def main():
    wanted = [line.split("#")[0].strip() for line in open(sys.argv[1])]
    wanted = [line for line in wanted if line]
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    known = {op.name + (":" + op.variant_test_name if op.variant_test_name else ""): op for op in op_db}
    index = {"torch": torch.__version__, "entries": [], "unknown": [entry for entry in wanted if entry not in known], "left_out": {}}
    samples = size = 0
    for entry in wanted:
        if entry not in known:
            continue
        op, left_out, runs = known[entry], {}, []
        file = entry.replace(":", "~")
        writer = Writer(folder / (file + ".bin"))
        for name in TYPES_OF_RUNS:
            if name == "c128" and not entry.startswith("fft."):
                continue
            one = dump_run(op, name, writer, left_out)
            if one is not None and one["samples"]:
                runs.append(one)
                samples += len(one["samples"])
        writer.file.close()
        size += writer.size
        (folder / (file + ".json")).write_text(json.dumps({"entry": entry, "runs": runs}, separators=(",", ":")))
        index["entries"].append(entry)
        if left_out:
            index["left_out"][entry] = left_out
    (folder / "index.json").write_text(json.dumps(index, indent=1))
    print("torch %s: %d entries, %d samples, %.1f MB" % (torch.__version__, len(index["entries"]), samples, size / 1e6))
    print("not in this torch: " + (", ".join(index["unknown"]) or "none"))
    for entry, why in index["left_out"].items():
        print("left out of %s: %s" % (entry, "; ".join("%d %s" % (count, text) for text, count in why.items())))


main()
