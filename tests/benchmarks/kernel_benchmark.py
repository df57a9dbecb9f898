#!/usr/bin/env python3
"""kernel_benchmark.py BUILD_TREE FOLDER [KERNEL]...: every kernel as a program that stands alone, scheduled by hand and by Halide's autoschedulers.

The programs (Halide's RunGen: inputs of noise, sizes as the generator's estimates, 8 MP mostly) are made in FOLDER by BUILD_TREE's generators and
stay there; `FOLDER/live_u8-by_hand --help` says what else they can do. They run in turns. Printed is the median of the rounds, the ratio to the
schedule by hand and the largest memory in use. An autoscheduler that fails or takes too long is said so.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

BY_HAND = "by_hand"
# Memory is used again from call to call, as Argent's pool does: fresh pages cost as much as the work on them.
POOLED = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 40), "MALLOC_TOP_PAD_": str(1 << 28)}


class Halide:
    """The release whose tools lie in SOURCES (Debian: /usr/src/halide14)."""

    def __init__(self, sources):
        self.sources = sources
        self.name = sources.name
        self.include = pathlib.Path("/usr/include") / self.name
        if not self.include.is_dir():
            self.include = pathlib.Path("/usr/include")
        self.plugins = {}
        for library in pathlib.Path("/usr/lib").glob(f"*/{self.name}/libautoschedule_*.so"):
            self.plugins[library.stem.removeprefix("libautoschedule_")] = library

    def options(self, scheduler, threads):
        """Of a generator: cores, cache in bytes, cost of memory against arithmetic."""
        if scheduler == BY_HAND:
            return [], []
        library = self.plugins.get(scheduler.lower())
        if library is None:
            raise LookupError(f"no autoscheduler {scheduler} in {self.name}: there are {', '.join(sorted(self.plugins)) or 'none'}")
        cache, balance = 16 << 20, 40
        if self.name == "halide14":
            return ["-p", str(library), "-s", scheduler], ["auto_schedule=true", f"machine_params={threads},{cache},{balance}"]
        return ["-p", str(library)], [f"autoscheduler={scheduler}", f"autoscheduler.parallelism={threads}"]


def find_halide():
    found = sorted(pathlib.Path("/usr/src").glob("halide*/RunGenMain.cpp"), key=lambda p: len(p.parent.name + p.parent.name))
    if not found:
        sys.exit("kernel_benchmark: no /usr/src/halide*/RunGenMain.cpp (package libhalide14-dev or halide14-api-doc)")
    return Halide(found[-1].parent)


def run(command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options)


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "rror" in line), lines[-1] if lines else "no word of why")


def make_main(halide, folder):
    out = folder / "rungen.o"
    run(["c++", "-std=c++17", "-O2", "-w", "-DHALIDE_NO_PNG", "-DHALIDE_NO_JPEG", f"-I{halide.include}", f"-I{halide.sources}", "-c",
         str(halide.sources / "RunGenMain.cpp"), "-o", str(out)])
    return out


def make_program(halide, tree, folder, main, target, row, scheduler, options):
    name, _, program, generator, *parameters = row
    path = folder / f"{name}-{scheduler}"
    with tempfile.TemporaryDirectory() as work:
        before, after = halide.options(scheduler, options.threads)
        run([str(tree / "halide_gen" / f"argent_{program}_generators"), "-g", generator, "-f", f"argent_{name}", "-e", "object,c_header,registration",
             "-o", work, *before, f"target={target}", *parameters, *after], timeout=options.patience)
        run(["c++", "-w", f"-I{halide.include}", f"{work}/argent_{name}.registration.cpp", f"{work}/argent_{name}.o", str(main), "-o", str(path),
             "-lpthread", "-ldl"])
    return path


def time_once(path, threads):
    """Seconds of the best call, and MiB at most."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([str(path), "--estimate_all", "--benchmarks=all", "--benchmark_min_time=0.1"], stdout=output,
                                   stderr=subprocess.STDOUT, env={**os.environ, **POOLED, "HL_NUM_THREADS": str(threads)})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    found = re.search(r"best case of ([0-9.eE+-]+) sec/iter", text)
    if process.returncode != 0 or not found:
        raise RuntimeError(last_line(text))
    return float(found[1]), usage.ru_maxrss / 1024


def read_rows(tree):
    """Targets by CPU, and rows of halide_gen/CMakeLists.txt."""
    targets, kernels = {}, []
    for line in (tree / "halide_gen" / "kernels" / "kernels.txt").read_text().splitlines():
        fields = line.split("|")
        if fields[0] == "target":
            targets[fields[1]] = fields[2]
        else:
            kernels.append(fields[1:])
    return targets, kernels


def measure(programs, options):
    """By schedule: the median, or why there is none."""
    times, memory, failures = {s: [] for s in programs}, dict.fromkeys(programs, 0.0), {}
    for _ in range(options.rounds):
        for scheduler, path in programs.items():
            if scheduler in failures:
                continue
            try:
                seconds, mebibytes = time_once(path, options.threads)
                times[scheduler].append(seconds)
                memory[scheduler] = max(memory[scheduler], mebibytes)
            except RuntimeError as error:
                failures[scheduler] = str(error)
    return {s: failures.get(s) or (statistics.median(times[s]), memory[s]) for s in programs}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=pathlib.Path, metavar="BUILD_TREE")
    parser.add_argument("folder", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("kernels", nargs="*", metavar="KERNEL", help="names of halide_gen/CMakeLists.txt (default: all)")
    parser.add_argument("--schedules", default=f"{BY_HAND},Mullapudi2016,Adams2019")
    parser.add_argument("--cpu", help="baseline, avx2, avx512 (default: the best that /proc/cpuinfo names)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--patience", type=float, default=300, help="seconds for a schedule to be found")
    options = parser.parse_args()

    halide = find_halide()
    targets, rows = read_rows(options.tree)
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    cpu = options.cpu or next((c for c, flag in (("avx512", "avx512_vbmi"), ("avx2", "avx2")) if c in targets and flag in flags), "baseline")
    if cpu not in targets:
        sys.exit(f"kernel_benchmark: no target {cpu}: there are {', '.join(targets)}")
    unknown = set(options.kernels) - {row[0] for row in rows}
    if unknown:
        sys.exit(f"kernel_benchmark: no kernel {', '.join(sorted(unknown))}: there are {', '.join(row[0] for row in rows)}")
    options.folder.mkdir(parents=True, exist_ok=True)
    main_object = make_main(halide, options.folder)
    print(f"{halide.name}, {targets[cpu]}, {options.threads} threads, median of {options.rounds} rounds\n"
          f"{'kernel':<24}{'schedule':<16}{'ms':>9}{'ratio':>8}{'MiB':>7}")
    for row in rows:
        if options.kernels and row[0] not in options.kernels:
            continue
        programs, results = {}, {}
        for scheduler in options.schedules.split(","):
            try:
                programs[scheduler] = make_program(halide, options.tree, options.folder, main_object, targets[cpu], row, scheduler, options)
            except subprocess.TimeoutExpired:
                results[scheduler] = f"no schedule in {options.patience:.0f} s"
            except subprocess.CalledProcessError as error:
                results[scheduler] = last_line(error.stdout + error.stderr)
            except LookupError as error:
                results[scheduler] = str(error)
        results.update(measure(programs, options))
        by_hand = results.get(BY_HAND)
        for scheduler in options.schedules.split(","):
            result = results[scheduler]
            if isinstance(result, str):
                print(f"{row[0]:<24}{scheduler:<16}  {result[:100]}", flush=True)
                continue
            ratio = f"{result[0] / by_hand[0]:8.2f}" if isinstance(by_hand, tuple) else f"{'-':>8}"
            print(f"{row[0]:<24}{scheduler:<16}{1e3 * result[0]:9.3f}{ratio}{result[1]:7.0f}", flush=True)


if __name__ == "__main__":
    main()
