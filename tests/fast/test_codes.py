"""What a function may change, as its code tells."""

# ruff: noqa: ANN401 - what is told is told of any value
from collections.abc import Callable
from typing import Any

import pytest

from rowpath.fast.codes import changes_attributes, changes_items


def _deletes_of_what_it_is_given(_self: Any, given: Any, key: Any) -> None:
    del given[key]


def _sets_of_what_it_is_given(_self: Any, given: Any, key: Any) -> None:
    given[key] = 1


def _deletes_by_a_constant(_self: Any, given: Any) -> None:
    del given["a"]


def _sets_of_itself(self: Any, key: Any) -> None:
    self.fields[key] = 1


def _sets_by_what_it_is_given(self: Any, given: Any, key: Any) -> None:
    self.fields[given[key]] = 1


def _sets_by_a_pair(self: Any, given: Any, key: Any) -> None:
    self.fields[given, key] = 1


def _sets_of_a_name(self: Any, given: Any) -> None:
    fields = self.fields
    fields[given.name] = 1


def _deletes_of_a_name(self: Any, given: Any) -> None:
    fields = self.fields
    del fields[given]


def _sets_within_what_it_is_given(_self: Any, given: Any) -> None:
    given["a"]["b"] = 1


def _pops(self: Any) -> None:
    self.fields.pop("a")


def _within_a_function(self: Any) -> Callable[[Any], None]:
    def drop(name: Any) -> None:
        del self.fields[name]

    return drop


@pytest.mark.parametrize(
    ("function", "changes"),
    [
        (_deletes_of_what_it_is_given, False),
        (_sets_of_what_it_is_given, False),
        (_deletes_by_a_constant, False),
        (_sets_of_itself, True),
        (_sets_by_what_it_is_given, True),
        (_sets_by_a_pair, True),
        (_sets_of_a_name, True),
        (_deletes_of_a_name, True),
        (_sets_within_what_it_is_given, True),
        (_pops, True),
        (_within_a_function, True),
    ],
)
def test_a_change_of_items_is_told_unless_they_were_given(
    function: object, *, changes: bool
) -> None:
    assert changes_items(function) is changes


def _sets_its_own(self: Any, given: Any) -> None:
    self.kept = given


def _sets_anothers(self: Any, given: Any) -> None:
    self.fields["a"].format = given


def _sets_of_its_own(self: Any, given: Any) -> None:
    self.parent.kept = given


def _sets_what_is_told(self: Any) -> None:
    for field in self.fields.values():
        field.write_only = True


def _deletes_anothers(_self: Any, given: Any) -> None:
    del given.kept


def _sets_by_name(self: Any, name: str) -> None:
    setattr(self.fields["a"], name, 1)


def _sets_in_a_function(self: Any) -> Callable[[Any], None]:
    def alter(field: Any) -> None:
        field.format = None

    alter(self.kept)
    return alter


@pytest.mark.parametrize(
    ("function", "changes"),
    [
        (_sets_its_own, False),
        (_sets_what_is_told, False),
        (_sets_anothers, True),
        (_sets_of_its_own, True),
        (_deletes_anothers, True),
        (_sets_by_name, True),
        (_sets_in_a_function, True),
    ],
)
def test_a_change_of_attributes_is_told_unless_they_are_its_own(
    function: object, *, changes: bool
) -> None:
    assert changes_attributes(function, but=("write_only",)) is changes
