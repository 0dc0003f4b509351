"""What is known of how long files of tests take is of files that there are."""

from pathlib import Path

from conftest import DURATIONS_S, LONG_S, ONCE

ROOT = Path(__file__).parents[1]


def test_every_file_whose_duration_is_known_is_there() -> None:
    """A file that was renamed or deleted is not named any more."""
    assert [file for file in (*DURATIONS_S, *ONCE) if not (ROOT / file).exists()] == []


def test_files_that_take_long_are_few() -> None:
    """So `make check` has most of the files."""
    long = {file for file, seconds in DURATIONS_S.items() if seconds > LONG_S}

    assert 0 < len(long) < len([*(ROOT / "tests").rglob("test_*.py")]) / 2
