"""The script that draws the charts is bundled once for a user, and read from there afterwards."""

import os
from pathlib import Path

import pytest

from rowpath.report.library import library


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for caches."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    library.cache_clear()
    return tmp_path


def test_what_was_bundled_is_kept_and_read(caches: Path) -> None:
    """There is one file, whole, and the next process takes what is in it."""
    bundle = library()
    [file] = caches.glob("rowpath/*")
    kept = file.read_text(encoding="utf-8")
    file.write_text("another", encoding="utf-8")
    library.cache_clear()

    assert kept == bundle
    assert "vegaEmbed" in bundle
    assert library() == "another"
    library.cache_clear()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_another_user_may_write_is_not_read(caches: Path) -> None:
    """It would run in whoever reads the page."""
    library()
    [file] = caches.glob("rowpath/*")
    file.write_text("another", encoding="utf-8")
    os.chown(file, 65534, -1)
    library.cache_clear()

    assert "vegaEmbed" in library()


def test_where_nothing_can_be_kept_it_is_bundled(
    caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page needs no place to write to but its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(caches / "file"))
    (caches / "file").touch()

    assert "vegaEmbed" in library()
