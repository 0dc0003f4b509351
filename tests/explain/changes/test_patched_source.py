"""Modules that are loaded with changes, while their files stay as they are."""

import importlib
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

from rowpath.explain.changes.edits import insertion
from rowpath.explain.changes.patched_source import changed_source


def test_a_module_is_loaded_with_its_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module has the changed source's values, and its file the old text."""
    file = tmp_path / "a_changed_module.py"
    file.write_text("value = 1\n")
    monkeypatch.syspath_prepend(tmp_path)

    with changed_source([insertion(str(file), 1, 9, "1")]) as loaded:
        module = importlib.import_module("a_changed_module")

    monkeypatch.delitem(sys.modules, "a_changed_module")
    assert (module.value, file.read_text()) == (11, "value = 1\n")
    assert loaded == {str(file.resolve())}
    assert not (tmp_path / "__pycache__").exists()


def test_the_loader_is_as_before_afterwards() -> None:
    """The patch of the module loader is undone at the end of the block."""
    before = SourceFileLoader.get_code

    with changed_source([]):
        assert SourceFileLoader.get_code is not before

    assert SourceFileLoader.get_code is before
