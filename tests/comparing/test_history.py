"""Runs are kept in a folder, and found by name."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rowpath.errors import UsageError
from rowpath.lab import history

AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(history.VARIABLE, raising=False)


def kept(text: str = "{}", *, hours: int = 0, folder: Path | None = None) -> Path:
    return history.keep(text, kind="race", started_at=AT + timedelta(hours=hours), folder=folder)


def test_a_run_is_one_file_named_after_its_start(tmp_path: Path) -> None:
    """Below the current folder, beside a .gitignore that keeps all of it out of a repository."""
    path = kept('{"ä": 1}')

    assert path.parent == Path(".rowpath/runs")
    assert path.name.startswith("2026-03-14T09-26-53-000000-race-")
    assert path.read_text(encoding="utf-8") == '{"ä": 1}'
    assert (tmp_path / ".rowpath/.gitignore").read_text() == "*\n"
    assert [each.name for each in (tmp_path / ".rowpath/runs").iterdir()] == [path.name]


def test_two_runs_of_one_moment_are_two_files() -> None:
    """The name has something random in it."""
    assert kept() != kept()


def test_a_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the environment, and before it by the caller; no .gitignore is put beside such a one."""
    monkeypatch.setenv(history.VARIABLE, str(tmp_path / "a/b"))

    assert kept().parent == tmp_path / "a/b"
    assert kept(folder=tmp_path / "c").parent == tmp_path / "c"
    assert list(tmp_path.rglob(".gitignore")) == []


def test_somebodys_own_gitignore_stays(tmp_path: Path) -> None:
    """Who wants to commit runs may."""
    (tmp_path / ".rowpath").mkdir()
    (tmp_path / ".rowpath/.gitignore").write_text("!runs\n")

    kept()

    assert (tmp_path / ".rowpath/.gitignore").read_text() == "!runs\n"


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """The caller gets the reason, be it root who runs this."""
    (tmp_path / "file").write_text("")

    with pytest.raises(OSError, match="file"):
        kept(folder=tmp_path / "file")

    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_runs_are_found_by_path_start_and_number() -> None:
    """last is the newest, last~1 the one before."""
    one, two, three = kept(hours=0), kept(hours=1), kept(hours=2)

    assert history.kept_runs() == [one, two, three]
    assert history.find("last") == three
    assert history.find("last~0") == three
    assert history.find("last~2") == one
    assert history.find("2026-03-14T10") == two
    assert history.find(str(one)) == one


@pytest.mark.parametrize("name", ["0.json", "notes.json", "2027-01-01.json", "zzz.json"])
def test_a_stray_file_is_never_the_last_run(name: str) -> None:
    """The name tells what was kept, whatever a file holds; by its own name each is found."""
    one, two = kept(hours=0), kept(hours=1)
    stray = one.with_name(name)
    stray.write_text("{}")

    assert history.kept_runs() == [one, two]
    assert history.strays() == [stray]
    assert (history.find("last"), history.find("last~1")) == (two, one)
    assert history.find(name[:5]) == stray
    with pytest.raises(UsageError, match=f"2 runs .* and 1 other JSON file such as {name}"):
        history.find("last~2")


def test_a_kept_file_that_is_no_run_is_passed_over_where_runs_are_counted() -> None:
    """And nothing older than what is looked for is asked about."""
    one, two, three = kept(hours=0), kept(hours=1), kept(hours=2)
    asked: list[Path] = []

    def is_run(path: Path) -> bool:
        asked.append(path)
        return path != two

    assert history.find("last", is_run=is_run) == three
    assert asked == [three]
    assert history.find("last~1", is_run=is_run) == one
    with pytest.raises(UsageError, match="has 2 runs"):
        history.find("last~2", is_run=is_run)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("last~2", "has 2 runs"),
        ("2026", "2 in .* begin so"),
        ("2025", "none in .* begins so"),
        ("", "none in .* begins so"),
        ("last~x", "none in .* begins so"),
    ],
)
def test_what_is_not_there_is_told(text: str, reason: str) -> None:
    """In one sentence, with what there is."""
    kept()
    kept(hours=1)

    with pytest.raises(UsageError, match=reason):
        history.find(text)


def test_without_a_folder_there_is_no_run() -> None:
    """A new project has no history, which is no error."""
    assert list(history.kept_runs()) == []
    with pytest.raises(UsageError, match="has 0 runs"):
        history.find("last")
