"""Which project is meant."""

from pathlib import Path

import pytest

from explain.shop_project import SOURCE
from rowpath.errors import UsageError
from rowpath.explain.project_of import project_in


@pytest.fixture(autouse=True)
def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)


def test_manage_py_names_the_settings() -> None:
    """Without a word, the settings are those of the manage.py in the folder."""
    assert project_in(SOURCE, None).settings == "config.settings"


def test_the_environment_goes_before_manage_py(monkeypatch: pytest.MonkeyPatch) -> None:
    """DJANGO_SETTINGS_MODULE counts where nothing is named."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "other.settings")

    assert project_in(SOURCE, None).settings == "other.settings"
    assert project_in(SOURCE, "named.settings").settings == "named.settings"


def test_a_folder_without_a_project_is_told(tmp_path: Path) -> None:
    """Without manage.py and settings there is nothing to start."""
    with pytest.raises(UsageError, match="Cannot find the project: there is no manage"):
        project_in(tmp_path, None)


def test_settings_that_are_computed_are_to_be_named(tmp_path: Path) -> None:
    """A manage.py that works its settings out is not run to find them."""
    (tmp_path / "manage.py").write_text("main()\n")

    with pytest.raises(UsageError, match="Name them with --settings"):
        project_in(tmp_path, None)
