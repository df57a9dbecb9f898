#!/usr/bin/env python3
"""pictures.py HOST_FOLDER GUEST_FOLDER: the same pictures from two processors, to a code of 8 bits, and the same decisions, nearly."""
import json
import math
import pathlib
import sys

# The tone curve is a table on processors with AVX-512 VBMI, within half a code (halide_gen/stages/tone_steps.h), elsewhere a polynomial within
# 1.3 (tone_curve.h) of the processor's own estimate of 1 / sqrt(x): where a value lies next to the edge of a code it may fall on either side.
# 3 % do between two processors without the table, 13 to 20 % between one with it and one without.
MOST_CODES, MOST_MOVED = 1, 0.25  # codes; share of the codes
MOST_RELATIVE = 1e-3  # of a number of a decision


def numbers(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, path + "." + key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from numbers(inner, f"{path}[{i}]")
    else:
        yield path, value


def alike(a, b):
    if isinstance(a, float) or isinstance(b, float):
        return math.isclose(a, b, rel_tol=MOST_RELATIVE, abs_tol=MOST_RELATIVE)
    return a == b


def main():
    host, guest = map(pathlib.Path, sys.argv[1:])
    ours, theirs = (host / "host.y4m").read_bytes(), (guest / "guest.y4m").read_bytes()
    if len(ours) != len(theirs) or len(ours) < 1000:
        print(f"FAIL  {len(ours)} and {len(theirs)} bytes of video")
        return 1
    differences = [abs(a - b) for a, b in zip(ours, theirs) if a != b]
    good = max(differences, default=0) <= MOST_CODES and len(differences) <= MOST_MOVED * len(ours)
    print(("ok  " if good else "FAIL") + f"  pictures: {len(differences)} of {len(ours)} codes differ, by {max(differences, default=0)} at most")
    logs = [[json.loads(line) for line in path.read_text(encoding="ascii").splitlines()] for path in (host / "host.jsonl", guest / "guest.jsonl")]
    odd = [(a, b) for first, second in zip(*logs) for a, b in zip(numbers(first), numbers(second)) if a[0] != b[0] or not alike(a[1], b[1])]
    same = len(logs[0]) == len(logs[1]) > 0 and not odd
    print(("ok  " if same else "FAIL") + f"  decisions of {len(logs[0])} frames" + (f": {odd[:3]}" if odd else ""))
    return 0 if good and same else 1


if __name__ == "__main__":
    sys.exit(main())
