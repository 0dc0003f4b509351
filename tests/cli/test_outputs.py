"""Where a run goes is known to work before the work begins."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rowpath.cli.outputs import outputs, replace_file
from rowpath.errors import OutputError

NOW = datetime(2024, 2, 29, 12, 30, 1, tzinfo=UTC)


def test_a_run_goes_to_a_folder_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without options both files are named after the time, in rowpath-runs."""
    monkeypatch.chdir(tmp_path)

    chosen = outputs(None, None, NOW)

    folder = tmp_path / "rowpath-runs"
    assert chosen.json == folder / "2024-02-29T12-30-01.json"
    assert chosen.html == folder / "2024-02-29T12-30-01.html"
    assert list(folder.iterdir()) == []


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


def test_a_link_is_followed_and_a_device_is_never_replaced(tmp_path: Path) -> None:
    """What a link names is written, and a device stays the device that it is."""
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")

    chosen = outputs(tmp_path / "link.json", Path(os.devnull), NOW)
    replace_file(chosen.json, b"{}")
    replace_file(chosen.html, b"<p>")

    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_bytes() == b"{}"
    assert Path(os.devnull).is_char_device()


def test_two_results_never_go_to_one_file(tmp_path: Path) -> None:
    """One name for both would lose one of them."""
    with pytest.raises(OutputError, match="to one file"):
        outputs(tmp_path / "run", tmp_path / "." / "run", NOW)
