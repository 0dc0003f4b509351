"""How long each file of tests takes, written down for the order in which they are begun.

tests/conftest.py begins the files that take longest first, and `make check` leaves those out that
take long. Both are told by tests/durations.json, which this writes from a run of all tests:

    make test ARGS=--junitxml=junit.xml
    python bench/suite_durations.py junit.xml
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[1]
LEAST_S = 5
"""Of shorter files nobody needs to know."""


def main() -> None:
    """Write what the run that the command line names took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("junit", type=Path)
    run = ET.parse(parser.parse_args().junit)  # noqa: S314 - pytest's own
    spent_s: defaultdict[str, float] = defaultdict(float)
    for test in run.iter("testcase"):
        spent_s[_file(test.get("classname", ""))] += float(test.get("time", 0))
    ranked = sorted(spent_s.items(), key=lambda one: -one[1])
    longest = {file: round(spent) for file, spent in ranked if spent >= LEAST_S}
    path = ROOT / "tests/durations.json"
    path.write_text(json.dumps(longest, indent=2) + "\n", encoding="utf-8")
    print(f"{sum(spent_s.values()):,.0f} s in {len(spent_s)} files")


def _file(name: str) -> str:
    """Return the file of a module, or of a class in it, by its dotted name."""
    path = Path(*name.split(".")).with_suffix(".py")
    return path.as_posix() if (ROOT / path).exists() else _file(name.rpartition(".")[0])


if __name__ == "__main__":
    main()
