"""Where a run goes is known to work before the work begins."""

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rowpath.cli.outputs import Outputs, outputs, replace_file
from rowpath.errors import OutputError
from rowpath.lab.circumstances import DatasetRecord, EnvironmentRecord
from rowpath.lab.record import SCHEMA_VERSION, Run
from rowpath.lab.runs import read_run

NOW = datetime(2024, 2, 29, 12, 30, 1, tzinfo=UTC)
DATASET = DatasetRecord(
    name="products",
    rows=2_000,
    seed=1,
    form=1,
    checksum="0",
    size_bytes=1,
    built_s=0.1,
    reused=False,
    tables={},
)
RUN = Run(
    schema_version=SCHEMA_VERSION,
    rowpath="0",
    started_at=NOW,
    duration_s=1.0,
    stopped="It was ended by Ctrl-C: “^C”.",
    seed=1,
    profile="quick",
    workers=1,
    environment=EnvironmentRecord(
        cpu="a processor",
        cores=1,
        memory_bytes=1,
        kernel="Linux",
        python="3",
        postgresql="18",
        packages={},
        settings={},
        load_average=(0.0, 0.0, 0.0),
    ),
    dataset=DATASET,
    datasets=(DATASET,),
    experiments=(),
)


def test_a_run_goes_to_a_folder_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without options both files are named after the time, in rowpath-runs."""
    monkeypatch.chdir(tmp_path)

    chosen = outputs(None, None, NOW)

    folder = tmp_path / "rowpath-runs"
    assert chosen.json == folder / "2024-02-29T12-30-01.json"
    assert chosen.html == folder / "2024-02-29T12-30-01.html"


def test_a_run_that_is_refused_leaves_no_folder(tmp_path: Path) -> None:
    """Finding out whether files can be written makes none of the folders that they need."""
    (tmp_path / "here").mkdir()

    outputs(tmp_path / "here" / "run.json", tmp_path / "a" / "b" / "run.html", NOW)
    for refused in (tmp_path / "c" / ("long" * 100), tmp_path / "d" / ("long" * 100) / "run.html"):
        with pytest.raises(OutputError):
            outputs(tmp_path / "here" / "run.json", refused, NOW)

    assert list(tmp_path.iterdir()) == [tmp_path / "here"]


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
    """One name for two would lose one of them."""
    one, same, other = tmp_path / "run", tmp_path / "." / "run", tmp_path / "other"

    for files in ((one, same, None), (one, other, f"{same}"), (other, one, f"{same}")):
        with pytest.raises(OutputError, match="to one file"):
            outputs(*files[:2], NOW, files[2])


def test_a_folder_that_is_removed_during_a_run_is_made_again(tmp_path: Path) -> None:
    """Both files are written to where they were to go, as UTF-8."""
    files = outputs(tmp_path / "runs" / "a.json", tmp_path / "runs" / "a.html", NOW)
    files.keep(RUN)
    shutil.rmtree(tmp_path / "runs")

    written = files.write(RUN)

    written.check()
    assert written.paths == {"Run": files.json, "Report": files.html}
    assert read_run(files.json) == RUN
    assert "“^C”" in files.html.read_text(encoding="utf-8")


def test_what_cannot_be_written_where_it_was_to_go_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file goes to a temporary folder, the other one where it was to go, and both are told."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    files = Outputs(json=tmp_path / "a-file" / "a.json", html=tmp_path / "a.html")
    (tmp_path / "a-file").write_text("")

    written = files.write(RUN)

    kept = written.paths["Run"]
    assert kept != files.json
    assert kept.name == "a.json"
    assert read_run(kept) == RUN
    assert files.html.exists()
    with pytest.raises(OutputError) as caught:
        written.check()
    assert str(caught.value) == (
        f"Cannot write {files.json} (Not a directory). What was measured stands in "
        f"{kept} and {files.html}; keep that."
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_where_nothing_can_be_written_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any place left, the message says that the terminal has the results."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))

    written = Outputs(json=Path("/dev/full"), html=Path("/dev/full")).write(RUN)

    assert written.paths == {}
    with pytest.raises(OutputError, match=r"/dev/full .*space.* stands in the terminal; run again"):
        written.check()


def test_a_file_that_cannot_be_replaced_leaves_no_part(tmp_path: Path) -> None:
    """What was begun beside a place that turned out to be taken is removed."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("")
    path = tmp_path / "taken"

    with pytest.raises(OSError, match="directory"):
        replace_file(path, b"{}")

    assert [each.name for each in tmp_path.iterdir()] == ["taken"]
