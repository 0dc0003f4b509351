"""Broken binary values under AddressSanitizer and UndefinedBehaviorSanitizer.

Needs g++ with both sanitizers, and the C++ that Cython made when rowpath was installed from here.
`ROWPATH_HYPOTHESIS_EXAMPLES` is a share of the cases as of the property tests'.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import rowpath.fast.encoding
from fast.drf.long_runs import USUAL, VARIABLE

FOLDER = Path(rowpath.fast.encoding.__file__).parent
TESTS = Path(__file__).parents[2]
CELLS = Path(__file__).parent / "fuzz" / "cells.cpp"
CASES = 200_000 * int(os.environ.get(VARIABLE, USUAL)) // USUAL
FLAGS = ("-std=c++17", "-O1", "-g", "-fPIC", "-shared", "-fno-omit-frame-pointer")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")


def compiler() -> str:
    found = shutil.which("g++")
    assert found is not None, "g++ is not installed"
    return found


def compile_to(path: Path, source: Path, *flags: str) -> None:
    subprocess.run([compiler(), *FLAGS, *flags, str(source), "-o", str(path)], check=True)


def library(name: str) -> str:
    asked = [compiler(), f"-print-file-name={name}"]
    found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    assert Path(found).is_absolute(), f"{name} is not installed: g++ has no sanitizers"
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The compiled half with sanitizers, and the library of cells."""
    source = FOLDER / "_native.cpp"
    made_of = (FOLDER / "_native.pyx").stat().st_mtime
    assert source.exists(), "rowpath is not installed from this folder: make .venv/dev.stamp"
    assert source.stat().st_mtime >= made_of, "_native.cpp is old: make .venv/dev.stamp"
    folder = tmp_path_factory.mktemp("sanitized")
    extension, cells = folder / "_native.so", folder / "cells.so"
    include = (f"-I{sysconfig.get_paths()['include']}", f"-I{FOLDER / 'native'}")
    compile_to(extension, source, *SANITIZERS, *include)
    compile_to(cells, CELLS)
    return extension, cells


def run(built: tuple[Path, Path], cases: int, seed: int) -> subprocess.CompletedProcess[str]:
    extension, cells = built
    environment = os.environ | {
        # The C++ library too: the sanitizer looks for its exceptions when the process starts.
        "LD_PRELOAD": f"{library('libasan.so')} {library('libstdc++.so.6')}",
        "ASAN_OPTIONS": "detect_leaks=0",
        "PYTHONMALLOC": "malloc",  # Python's own allocator hides the ends of what it hands out
        "PYTHONPATH": str(TESTS),
    }
    module = "fast.encoding.fuzz.program"
    arguments = [str(extension), str(cells), str(cases), str(seed)]
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


def test_broken_cells(built: tuple[Path, Path]) -> None:
    """A broken cell is refused, or is written as JSON; no byte beside it is read."""
    result = run(built, CASES, seed=CASES)

    assert result.returncode == 0, result.stderr[-5000:]
    ends = json.loads(result.stdout)
    assert sum(ends.values()) == CASES
    assert ends["written"] > CASES / 10
    assert ends["CannotEncodeError"] > CASES / 10
    assert ends["WrongTypeError"] > 0
