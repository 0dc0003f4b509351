"""What code is the project's own: not what was installed, wherever that is."""

from pathlib import Path

import pytest

from rowpath.explain.recording.frames import OwnCode


def code() -> OwnCode:
    return OwnCode((), frozenset())


def written(file: Path, text: str = "") -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return str(file)


def test_what_pip_installed_into_a_folder_is_a_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a folder on the path, as of `pip install --target`, what a RECORD lists is a library's."""
    installed = written(tmp_path / "parcels" / "tracking.py")
    written(tmp_path / "parcels-1.0.dist-info" / "METADATA", "Name: parcels\nVersion: 1.0\n")
    written(tmp_path / "parcels-1.0.dist-info" / "RECORD", "parcels/tracking.py,,\n")
    own = written(tmp_path / "shop" / "views.py")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert (code().is_own(installed), code().is_own(own)) == (False, True)


def test_a_package_that_is_developed_in_its_folder_is_the_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An `egg-info` beside a project's code lists that code, which was not installed by that."""
    own = written(tmp_path / "shop" / "views.py")
    written(tmp_path / "shop.egg-info" / "PKG-INFO", "Name: shop\nVersion: 1.0\n")
    written(tmp_path / "shop.egg-info" / "SOURCES.txt", "shop/views.py\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert code().is_own(own)


def test_what_is_put_on_the_path_later_is_judged_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings may add a folder of installed packages once the recorder is there."""
    made_before = code()
    installed = written(tmp_path / "parcels.py")
    written(tmp_path / "parcels-1.0.dist-info" / "METADATA", "Name: parcels\nVersion: 1.0\n")
    written(tmp_path / "parcels-1.0.dist-info" / "RECORD", "parcels.py,,\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert not made_before.is_own(installed)
