#!/usr/bin/env python3
"""Looks at the kernels' machine code: no instruction outside the target that an object is named for, and code for aarch64 can be made.

usage: targets_test.py instructions KERNELS-DIR
       targets_test.py aarch64 PROGRAMS-DIR PROGRAM|GENERATOR|PARAMETER...
A machine without AVX-512 cannot run that code, so its instructions are read instead. Halide 14's `host` target once put AVX512-FP16 in.
"""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

INSTRUCTION = re.compile(r"^\s*[0-9a-f]+:\s+(?:(?:rep|repz|repnz|lock|data16|bnd|notrack)\s+)*([a-z]\w*)\s*([^#<]*)")
# Beyond AVX-512 F, CD, BW, DQ, VL, IFMA and VBMI: half precision (vcvtps2ph is F16C's), bfloat16, VNNI, VBMI2, BITALG, VPOPCNTDQ, GFNI,
# vector AES, AMX.
BEYOND_CANNONLAKE = re.compile(
    r"^(v(?!cvtps2ph$)\w+(ph|sh)|v\w*bf16\w*|vpdp\w+|vpcompress[bw]|vpexpand[bw]|vpsh[lr]d\w+|vpshufbitqmb|vpopcnt\w+|v?gf2p8\w+|vaes\w+"
    r"|vpclmul\w+|tile\w+|tdp\w+)$")
# What SSSE3, SSE4 and their successors added and compilers like to use. Not tzcnt: it is `rep bsf`, which older machines run as bsf, and LLVM 19
# writes it for them where the two agree.
BEYOND_SSE2 = re.compile(
    r"^(v[a-z]\w+|pshufb|phadd\w+|phsub\w+|pmaddubsw|pmulhrsw|psign\w|palignr|pabs[bwd]|blend\w+|pblend\w+|round[ps][sd]|ptest|pmov[sz]x\w+"
    r"|pmulld|pmuldq|pcmpeqq|pcmpgtq|packusdw|pm(in|ax)(sb|sd|uw|ud)|p(ins|ext)r[bdq]|insertps|extractps|dpp[sd]|haddp[sd]|movddup|movs[hl]dup"
    r"|lddqu|popcnt|lzcnt|andn|bextr|bls\w+|mulx|pdep|pext|rorx|s[ah][lr]x|crc32\w*)$")
NOT_VECTOR = {"verr", "verw", "vmcall"}


def outside_baseline(name, _):
    return name not in NOT_VECTOR and BEYOND_SSE2.match(name)


def outside_avx2(name, operands):
    return BEYOND_CANNONLAKE.match(name) or re.search(r"%(zmm\d|k[0-7]|[xy]mm(1[6-9]|[23]\d))", operands)


def outside_avx512(name, _):
    return BEYOND_CANNONLAKE.match(name)


TARGETS = {"baseline": outside_baseline, "avx2": outside_avx2, "avx512": outside_avx512}


def instructions(path):
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", path], check=True, capture_output=True, text=True).stdout
    return [match.groups() for match in map(INSTRUCTION.match, text.splitlines()) if match]


def check_instructions(folder):
    """Yields what is wrong. An object must also use its target, or its name is a lie."""
    for target, outside in TARGETS.items():
        objects = sorted(pathlib.Path(folder).glob(f"argent_*_{target}.o"))
        if not objects:
            yield f"{folder}: no object for {target}"
        wide = 0
        for path in objects:
            found = instructions(path)
            if not found:
                yield f"{path.name}: no instructions"
            wrong = collections.Counter(name for name, operands in found if outside(name, operands))
            if wrong:
                yield f"{path.name}: outside {target}: {dict(wrong)}"
            wide += sum({"baseline": "%xmm", "avx2": "%ymm", "avx512": "%zmm"}[target] in operands for _, operands in found)
        print(f"{target}: {len(objects)} objects, {wide} instructions on its widest registers")
        if objects and wide == 0:
            yield f"{target}: nothing on its widest registers"


def check_aarch64(programs, kernels):
    with tempfile.TemporaryDirectory() as out:
        for number, kernel in enumerate(kernels):
            program, generator, *parameters = kernel.split("|")
            name = f"argent_arm_{number}"
            subprocess.run([f"{programs}/argent_{program}_generators", "-g", generator, "-f", name, "-e", "object", "-o", out,
                            "target=arm-64-linux-no_runtime-user_context", *parameters], check=True)
            header = subprocess.run(["readelf", "-hs", f"{out}/{name}.o"], check=True, capture_output=True, text=True).stdout
            if not re.search(r"Machine:\s+AArch64", header) or not re.search(rf"FUNC\s+GLOBAL.*\b{name}\b", header):
                yield f"{kernel}: no aarch64 object with the function in it"
            else:
                print(f"{kernel}: fine")


def self_check():
    """The patterns know right from wrong."""
    good = [("avx512", "vcvtps2ph", "%zmm0,%ymm1"), ("avx512", "vpmadd52luq", "%zmm0"), ("avx512", "vpermb", "%zmm0"), ("avx2", "vfmadd213ps", "%ymm9"),
            ("avx2", "vpshufb", "%ymm1"), ("baseline", "pmaddwd", "%xmm1"), ("baseline", "sqrtps", "%xmm0"), ("baseline", "shufps", "%xmm0")]
    bad = [("avx512", "vaddph", "%zmm0"), ("avx512", "vfmadd213sh", "%xmm0"), ("avx512", "vpdpbusd", "%zmm0"), ("avx2", "vaddps", "%zmm0"),
           ("avx2", "vaddps", "%ymm17"), ("avx2", "vblendmps", "%ymm1{%k1}"), ("baseline", "vaddps", "%xmm0"), ("baseline", "pmulld", "%xmm0")]
    for target, name, operands in good:
        assert not TARGETS[target](name, operands), f"{name} {operands} is fine for {target}"
    for target, name, operands in bad:
        assert TARGETS[target](name, operands), f"{name} {operands} is not for {target}"


def main():
    self_check()
    what, subject, *rest = sys.argv[1:]
    complaints = list(check_instructions(subject) if what == "instructions" else check_aarch64(subject, rest))
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
