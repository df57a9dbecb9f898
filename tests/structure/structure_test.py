#!/usr/bin/env python3
"""Checks that the house is built as design.md says: who includes whom, what is public, what is named how, what is compiled.

usage: structure_test.py CHECK [--root DIR] [--compile-commands FILE] [--public-headers FILE]
CHECK is one of the functions named check_*, or self_test: each check must report what it is there to find.
"""
import argparse
import json
import pathlib
import re
import sys
import tempfile

# A folder may include those of lower rank and itself; camera and aaa do not see each other.
RANK = {"models": 0, "isp": 1, "camera": 2, "aaa": 2, "calibration": 3, "samples": 4}
FOLDERS = ["isp", "aaa", "halide_gen", "models", "calibration", "camera", "samples", "tests"]
CODE = {".h", ".cpp"}
README_LINES = 60
OPENCV_ADAPTER = pathlib.Path("calibration/opencv_mat.h")  # the one public header with somebody else's type in it
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
STANDARD_HEADER = re.compile(r"^[a-z_]+$")
GENERATED_HEADER = re.compile(r"^argent_\w+\.h$")
UNWANTED = r"utils?|helpers?|common|misc|managers?"
UNWANTED_PATH = re.compile(rf"(^|[/_])({UNWANTED})([/._]|$)", re.IGNORECASE)
UNWANTED_TYPE = re.compile(rf"\b(?:class|struct|namespace)\s+(?:\w*(?:Utils?|Helpers?|Manager)|{UNWANTED})\b")


class Tree:
    def __init__(self, root, compile_commands=None, public_headers=None):
        self.root = pathlib.Path(root).resolve()
        self.compile_commands = compile_commands
        self.public_headers = public_headers

    def files(self, folders, suffixes):
        for folder in folders:
            for path in sorted((self.root / folder).rglob("*")):
                if path.suffix in suffixes and path.is_file() and "__pycache__" not in path.parts:
                    yield path.relative_to(self.root)

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def includes(self, path):
        return [(quote == "<", name) for quote, name in INCLUDE.findall(self.text(path))]

    def public(self):
        lines = pathlib.Path(self.public_headers).read_text(encoding="utf-8").split()
        return {pathlib.Path(line).resolve().relative_to(self.root) for line in lines}


def check_include_order(tree):
    for path in tree.files(RANK, CODE):
        own = path.parts[0]
        for system, name in tree.includes(path):
            if system or GENERATED_HEADER.match(name):
                continue
            if own == "samples" and (tree.root / path.parent / name).exists():
                continue  # a program's own parts may be named as neighbours
            other = name.split("/")[0]
            if other not in RANK or "/" not in name or ".." in name:
                yield f'{path}: "{name}" is not spelled from the top folder'
            elif other != own and RANK[other] >= RANK[own]:
                yield f'{path}: includes "{name}", but {own} may not see {other}'


def check_generated_headers(tree):
    """Kernels are met in one place; Halide's runtime in the files around it; its compiler only in the generators."""
    public = tree.public()
    for path in tree.files(RANK, CODE):
        for _, name in tree.includes(path):
            if GENERATED_HEADER.match(name) and path != pathlib.Path("isp/kernels.cpp"):
                yield f"{path}: includes {name}, which only isp/kernels.cpp may"
            elif name.startswith("halide_gen/") or name == "Halide.h":
                yield f"{path}: includes {name}, which belongs to the build time"
            elif name.startswith("Halide") and (path.parts[0] not in ("isp", "models") or path in public) and not path.name.startswith("kernel"):
                yield f"{path}: includes {name}, which only kernels' surroundings in isp and models may"


def check_public_headers(tree):
    """A public header stands on the standard library and on other public headers."""
    public = tree.public()
    for path in sorted(public):
        for system, name in tree.includes(path):
            if system and not STANDARD_HEADER.match(name) and path != OPENCV_ADAPTER:
                yield f"{path}: <{name}> is third party, and the header is public"
            elif not system and pathlib.Path(name) not in public:
                yield f'{path}: "{name}" is not installed, and the header is public'
        if "#pragma once" not in tree.text(path):
            yield f"{path}: no #pragma once"


def check_core_libraries(tree):
    """What argent::argent is made of does not know OpenCV, libcamera or the solvers."""
    core = ["models", "isp", "aaa", "calibration/lint", "calibration/profile"]
    for path in tree.files(core, CODE):
        for _, name in tree.includes(path):
            if re.match(r"(opencv2|libcamera|ceres|glog|mpi)\b|nlopt", name):
                yield f"{path}: includes <{name}>, which the core library does without"


def check_own_header_first(tree):
    for path in tree.files(["models", "isp", "aaa", "camera", "calibration", "samples"], {".cpp"}):
        own = path.with_suffix(".h")
        spellings = {own.as_posix(), own.name} if path.parts[0] == "samples" else {own.as_posix()}
        includes = tree.includes(path)
        if (tree.root / own).exists() and (not includes or includes[0][1] not in spellings):
            yield f'{path}: does not begin with its own header "{own.as_posix()}"'


def check_names(tree):
    for path in tree.files(FOLDERS, CODE | {".py", ".sh", ".cmake"}):
        if UNWANTED_PATH.search(path.as_posix()):
            yield f"{path}: a name that says nothing of what is inside"
        if path.suffix in CODE:
            for found in UNWANTED_TYPE.findall(tree.text(path)):
                yield f"{path}: `{found}` says nothing of what it is"
        if path.suffix in CODE and path.stem != path.stem.lower():
            yield f"{path}: files are snake_case"


def check_readmes(tree):
    for folder in FOLDERS:
        readme = tree.root / folder / "README.md"
        if not readme.exists():
            yield f"{folder}: no README.md"
        elif (lines := len(readme.read_text(encoding="utf-8").splitlines())) > README_LINES:
            yield f"{folder}/README.md: {lines} lines, at most {README_LINES}"


def check_compiled(tree):
    """CMake globs nothing, so a file can be forgotten: every source must be on some target's list. Benchmarks need peers that are not
    everywhere: of those it is enough that the list names them."""
    commands = json.loads(pathlib.Path(tree.compile_commands).read_text(encoding="utf-8"))
    compiled = {pathlib.Path(command["file"]).resolve() for command in commands}
    lists = tree.root / "tests/CMakeLists.txt"
    named = lists.read_text(encoding="utf-8") if lists.exists() else ""
    for path in tree.files(FOLDERS, {".cpp"}):
        if path.parts[:2] == ("tests", "consumer") or tree.root / path in compiled:
            continue
        if path.parts[:2] == ("tests", "benchmarks") and f"benchmarks/{path.name}" in named:
            continue
        yield f"{path}: no target compiles it"


# What each check is there for: files of a small tree, and a word of the complaint.
SABOTAGE = [
    (check_include_order, {"isp/a.h": '#include "aaa/controller.h"\n'}, "may not see aaa"),
    (check_include_order, {"aaa/a.cpp": '#include "camera/camera.h"\n'}, "may not see camera"),
    (check_include_order, {"camera/a.cpp": '#include "aaa/controller.h"\n'}, "may not see aaa"),
    (check_include_order, {"isp/a.h": '#include "frame.h"\n'}, "not spelled"),
    (check_include_order, {"isp/a.h": '#include "isp/../aaa/controller.h"\n'}, "not spelled"),
    (check_generated_headers, {"isp/pipeline.cpp": '#include "argent_render_u8.h"\n'}, "only isp/kernels.cpp"),
    (check_generated_headers, {"isp/pipeline.h": "#include <Halide.h>\n"}, "build time"),
    (check_generated_headers, {"aaa/a.cpp": "#include <HalideBuffer.h>\n"}, "surroundings"),
    (check_public_headers, {"isp/a.h": "#pragma once\n#include <libraw/libraw.h>\n"}, "third party"),
    (check_public_headers, {"isp/a.h": '#pragma once\n#include "isp/kernels.h"\n'}, "not installed"),
    (check_public_headers, {"isp/a.h": "\n"}, "pragma once"),
    (check_core_libraries, {"calibration/profile/a.cpp": "#include <opencv2/core.hpp>\n"}, "does without"),
    (check_own_header_first, {"isp/a.h": "", "isp/a.cpp": '#include <vector>\n#include "isp/a.h"\n'}, "begin with"),
    (check_names, {"isp/color_utils.h": ""}, "says nothing"),
    (check_names, {"isp/common/a.h": ""}, "says nothing"),
    (check_names, {"isp/a.h": "class BufferManager {};\n"}, "says nothing"),
    (check_names, {"isp/ToneCurve.h": ""}, "snake_case"),
    (check_readmes, {"isp/README.md": "line\n" * (README_LINES + 1)}, "61 lines"),
    (check_readmes, {"isp/README.md": "line\n"}, "aaa: no README.md"),
    (check_compiled, {"isp/a.cpp": ""}, "no target"),
    (check_compiled, {"tests/benchmarks/a.cpp": ""}, "no target"),
]
FINE = {
    "isp/a.h": "#pragma once\n#include <vector>\n",
    "isp/kernels.cpp": '#include "argent_render_u8.h"\n#include <HalideBuffer.h>\n#include "isp/a.h"\n',
    "calibration/a.cpp": '#include "aaa/a.h"\n#include "camera/a.h"\n#include <opencv2/core.hpp>\n',
    **{f"{folder}/README.md": "line\n" * README_LINES for folder in FOLDERS},
}


def complaints_about(check, files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        (root / "headers.txt").write_text(str(root / "isp/a.h") if "isp/a.h" in files else "", encoding="utf-8")
        compiled = [{"file": str(root / name)} for name in files if files is FINE and name.endswith(".cpp")]
        (root / "commands.json").write_text(json.dumps(compiled), encoding="utf-8")
        return list(check(Tree(root, root / "commands.json", root / "headers.txt")))


def self_test(_):
    for check, files, expected in SABOTAGE:
        found = complaints_about(check, files)
        if not any(expected in complaint for complaint in found):
            yield f"{check.__name__}: {files} gave {found}, expected a complaint with '{expected}'"
    for check in CHECKS.values():
        for complaint in complaints_about(check, FINE):
            yield f"{check.__name__}: complains about a good tree: {complaint}"


CHECKS = {name.removeprefix("check_"): value for name, value in dict(globals()).items() if name.startswith("check_")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("check", choices=[*CHECKS, "self_test"])
    parser.add_argument("--root", default=pathlib.Path(__file__).parents[2])
    parser.add_argument("--compile-commands")
    parser.add_argument("--public-headers")
    options = parser.parse_args()
    tree = Tree(options.root, options.compile_commands, options.public_headers)
    complaints = list((CHECKS | {"self_test": self_test})[options.check](tree))
    print("\n".join(complaints) or "fine")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
