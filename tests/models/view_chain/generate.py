#!/usr/bin/env python3
"""Random programs of views and writes, and what PyTorch makes of them: for tests/models/view_chain/view_chain_test.cpp.

usage: generate.py COUNT FOLDER

chains.jsonl has a program a line: {"steps", "values", "gradients"}. Tensors are numbered as they appear. A step is
  [name, mode, result or target, arguments...]   mode: 0 gradients on, 1 off; +2: torch refused it, and it had no effect
  leaf wanted shape | view, reshape shape | permute axes | transpose a b | slice axis start stop step | select axis index | expand shape |
  unsqueeze axis | squeeze axis | detach | clone | contiguous | flip axes        with the source before these; reshape and contiguous end
                                                                                 with 1 where the result shares the source's storage
  times a b, times_number a x, plus_number a x                                   new tensors
  add, multiply, assign b; add_number, multiply_number, fill x                   writes
"loss" is [[tensor, 1: its numbers, 2: their squares]...], summed; "gradients": of the leaves that want one, each 0 (none) or 1; "refused": 1
where torch gives none, since something that it saved was written: they are those of a run with copies of all that is saved, or
missing where torch calls the program ambiguous.
values.bin holds, for each program in turn, the f64 numbers of all its tensors at the end, then of its gradients that are 1.
Numbers start as eighths. The same COUNT gives the same file.
"""
import json
import pathlib
import random
import sys
import warnings

import torch

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
NUMBERS = [2.0, -1.0, 0.5, 3.0, 1.5]
MOST_ELEMENTS = 36


class Open(Exception):
    """An element was written before it was read: torch leaves open what that gives, and refuses it when it sees it."""


class Chain:
    def __init__(self, seed):
        self.seed = seed
        self.random = random.Random(seed)
        self.tensors, self.steps, self.wanted = [], [], []

    def pick(self):
        """A tensor, later ones rather."""
        count = len(self.tensors)
        return self.random.randrange(count) if self.random.random() < 0.4 else max(0, count - 1 - self.random.randrange(3))

    def leaf(self):
        shape = [self.random.choice([1, 2, 3, 4]) for _ in range(self.random.choice([0, 1, 1, 2, 2, 2, 3, 3]))]
        count = 1
        for size in shape:
            count *= size
        wanted = self.random.random() < 0.85
        values = [self.random.randrange(-24, 25) / 8 for _ in range(count)]
        tensor = torch.tensor(values, dtype=torch.float64).view(shape).clone().requires_grad_(wanted)  # no view itself
        if wanted:
            self.wanted.append(len(self.tensors))
        self.steps.append(["leaf", 0, len(self.tensors), int(wanted), shape, values])
        self.tensors.append(tensor)

    def make(self, name, arguments, function, source_count=1):
        """A step with a new tensor."""
        off = int(self.random.random() < 0.12)
        sources = arguments[:source_count]
        try:
            with torch.set_grad_enabled(not off):
                result = function(*[self.tensors[i] for i in sources])
        except RuntimeError:
            self.steps.append([name, off + 2, len(self.tensors)] + arguments)
            return
        if result.numel() > MOST_ELEMENTS:
            return
        if name in ("reshape", "contiguous"):
            arguments = arguments + [int(result.storage().data_ptr() == self.tensors[sources[0]].storage().data_ptr())]
        self.steps.append([name, off, len(self.tensors)] + arguments)
        self.tensors.append(result)

    def other_shape(self, count):
        """A random shape of as many elements."""
        shape = []
        while count > 1 and len(shape) < 4:
            factor = self.random.choice([d for d in range(1, count + 1) if count % d == 0])
            shape.append(factor)
            count //= factor
        if count > 1:
            shape.append(count)
        if self.random.random() < 0.2:
            shape.insert(self.random.randrange(len(shape) + 1), 1)
        return shape

    def view(self):
        source = self.pick()
        x, r = self.tensors[source], self.random
        rank = x.dim()
        name = r.choice(["view", "reshape", "permute", "transpose", "slice", "slice", "slice", "select", "select", "expand", "unsqueeze",
                         "squeeze", "detach", "flip", "clone", "contiguous"])
        if name in ("view", "reshape"):
            shape = self.other_shape(x.numel())
            self.make(name, [source, shape], lambda t: getattr(t, name)(shape))
        elif name == "expand":
            shape = [r.choice([1, 2, 3]) if size == 1 else size for size in x.shape]
            if r.random() < 0.4 and rank < 4:
                shape.insert(0, r.choice([1, 2]))
            self.make(name, [source, shape], lambda t: t.expand(shape))
        elif name == "unsqueeze":
            if rank < 5:
                axis = r.randrange(-rank - 1, rank + 1)
                self.make(name, [source, axis], lambda t: t.unsqueeze(axis))
        elif name in ("detach", "clone", "contiguous"):
            self.make(name, [source], lambda t: getattr(t, name)())
        elif rank == 0:
            return
        elif name == "permute":
            axes = list(range(rank))
            r.shuffle(axes)
            self.make(name, [source, axes], lambda t: t.permute(axes))
        elif name == "transpose":
            a, b = r.randrange(-rank, rank), r.randrange(-rank, rank)
            self.make(name, [source, a, b], lambda t: t.transpose(a, b))
        elif name == "slice":
            axis = r.randrange(rank)
            size = x.shape[axis]
            start, stop, step = r.randrange(0, size + 1), r.randrange(0, size + 2), r.choice([1, 1, 2, 3])
            if start >= stop and r.random() < 0.9:
                start, stop = 0, size
            picture = [slice(None)] * axis + [slice(start, stop, step)]
            self.make(name, [source, axis, start, stop, step], lambda t: t[tuple(picture)])
        elif name == "select":
            axis = r.randrange(-rank, rank)
            if x.shape[axis] > 0:
                index = r.randrange(-x.shape[axis], x.shape[axis])
                self.make(name, [source, axis, index], lambda t: t.select(axis, index))
        elif name == "squeeze":
            axis = r.randrange(-rank, rank)
            self.make(name, [source, axis], lambda t: t.squeeze(axis))
        elif name == "flip":
            axes = sorted(r.sample(range(rank), r.randrange(1, rank + 1)))
            self.make(name, [source, axes], lambda t: t.flip(axes))

    def calculate(self):
        source = self.pick()
        kind = self.random.choice(["times", "times_number", "plus_number"])
        if kind == "times":
            fitting = [i for i, t in enumerate(self.tensors) if t.shape == self.tensors[source].shape or t.dim() == 0]
            self.make(kind, [source, self.random.choice(fitting)], lambda a, b: a * b, 2)
        else:
            number = self.random.choice(NUMBERS)
            self.make(kind, [source, number], lambda a: a * number if kind == "times_number" else a + number)

    def write(self):
        target = self.pick()
        t, r = self.tensors[target], self.random
        off = int(r.random() < 0.15)
        root = t if t._base is None else t._base
        if root.requires_grad and root.is_leaf and not off and r.random() < 0.85:
            return  # refused; some of these are enough, an error takes torch a millisecond
        name = r.choice(["add", "add", "multiply", "assign", "assign", "add_number", "multiply_number", "fill"])
        if name in ("add", "multiply", "assign"):
            def fits(x):
                return x.dim() <= t.dim() and all(a in (1, b) for a, b in zip(reversed(x.shape), reversed(t.shape)))
            fitting = [i for i, x in enumerate(self.tensors) if fits(x)]
            if not fitting:
                return
            argument = r.choice(fitting)
            value = self.tensors[argument]
        else:
            argument = value = r.choice(NUMBERS)
        expected = self.written(name, t.detach(), value)
        try:
            with torch.set_grad_enabled(not off):
                if name.startswith("add"):
                    t += value
                elif name.startswith("multiply"):
                    t *= value
                elif name == "assign":
                    t.copy_(value)
                else:
                    t.fill_(value)
            if not torch.equal(t, expected):
                raise Open
        except RuntimeError:
            off += 2
        self.steps.append([name, off, target, argument])

    @staticmethod
    def written(name, t, value):
        """What the target should become."""
        value = torch.as_tensor(value, dtype=t.dtype).detach()
        if name.startswith("add"):
            return t + value
        return t * value if name.startswith("multiply") else value.expand(t.shape).clone()

    def run(self):
        for _ in range(self.random.choice([1, 1, 2])):
            self.leaf()
        if self.random.random() < 0.75:
            self.make("times_number", [0, 2.0], lambda a: a * 2)
        for _ in range(self.random.randrange(3, 13)):
            draw = self.random.random()
            if draw < 0.5:
                self.view()
            elif draw < 0.64:
                self.calculate()
            else:
                self.write()

    def loss(self, roots):
        return sum((self.tensors[i] if kind == 1 else self.tensors[i] * self.tensors[i]).sum() for i, kind in roots)

    def gradients(self, roots):
        return torch.autograd.grad(self.loss(roots), [self.tensors[i] for i in self.wanted], allow_unused=True)

    def finish(self, file):
        result = {"steps": self.steps}
        numbers = [t.detach().clone() for t in self.tensors]
        roots = [[i, self.random.choice([1, 2])] for i, t in enumerate(self.tensors) if t.requires_grad and self.random.random() < 0.7]
        if roots and self.wanted:
            result["loss"] = roots
            try:
                found = self.gradients(roots)
            except RuntimeError:
                result["refused"] = 1
                # With copies of all that is saved for the gradient nothing stands in its way.
                with torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().clone(), lambda t: t):
                    again = Chain(self.seed)
                    again.run()
                    try:
                        found = again.gradients(roots)
                    except RuntimeError:  # a view made without gradients, of what was written with them
                        found = None
        if "loss" in result and found is not None:
            result["gradients"] = [int(gradient is not None) for gradient in found]
            numbers += [gradient for gradient in found if gradient is not None]
        for tensor in numbers:
            file.write(tensor.contiguous().numpy().tobytes())
        return json.dumps(result, separators=(",", ":"))


def main():
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    refused = 0
    with open(folder / "chains.jsonl", "w") as text, open(folder / "values.bin", "wb") as values:
        done = seed = 0
        while done < int(sys.argv[1]):
            seed += 1
            chain = Chain(seed)
            try:
                chain.run()
            except Open:
                continue
            done += 1
            line = chain.finish(values)
            refused += '"refused":1' in line
            text.write(line + "\n")
        print("torch %s: %s chains, %.1f MB, %d whose gradient torch refuses" %
              (torch.__version__, sys.argv[1], (text.tell() + values.tell()) / 1e6, refused))


main()
