"""Where a run goes is known to work before the work begins."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rowpath.cli.outputs import outputs
from rowpath.errors import OutputError

NOW = datetime(2024, 2, 29, 12, 30, 1, tzinfo=UTC)


def test_a_run_goes_to_a_folder_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without options both files are named after the time, in rowpath-runs."""
    monkeypatch.chdir(tmp_path)

    chosen = outputs(None, None, NOW)

    assert chosen.json == Path("rowpath-runs/2024-02-29T12-30-01.json")
    assert chosen.html == Path("rowpath-runs/2024-02-29T12-30-01.html")
    assert list(Path("rowpath-runs").iterdir()) == []


def test_a_file_that_stands_there_is_not_harmed(tmp_path: Path) -> None:
    """Finding out whether a file can be written leaves what is in it."""
    path = tmp_path / "run.json"
    path.write_text("old")

    outputs(path, tmp_path / "run.html", NOW)

    assert path.read_text() == "old"
    assert not (tmp_path / "run.html").exists()


@pytest.mark.parametrize("name", ["a-file/run.json", "a-folder"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    """A path below a file, and a path that is a folder, are told before the work."""
    (tmp_path / "a-file").write_text("")
    (tmp_path / "a-folder").mkdir()

    with pytest.raises(OutputError, match=r"Cannot write .*: .*\. Choose a file"):
        outputs(tmp_path / name, tmp_path / "run.html", NOW)
