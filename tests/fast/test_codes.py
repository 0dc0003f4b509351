"""What code may do is told from its code objects, and rather too much than too little."""

from collections.abc import Callable
from typing import Any

import pytest

from rowpath.fast.codes import may_look_at_own_class


class _Value:
    kind: Any
    get: Any
    __call__: Any
    __getitem__: Any


class Looking:
    """Methods that ask for the class of their instance."""

    parent: Any

    def by_type(self) -> object:
        return type(self)

    def by_class(self) -> object:
        return self.__class__ is Looking

    def by_another_name(self) -> object:
        one = self
        return type(one) is Looking

    def by_two_names(self) -> object:
        one = other = self
        return type(other) is Looking, one

    def by_one_of_two(self) -> object:
        one, other = self, 1
        return one.__class__ is Looking, other

    def of_what_leads_back(self) -> object:
        parent = self.parent
        return parent.__class__ is Looking

    def of_its_parent(self) -> object:
        return type(self.parent) is Looking

    def within(self) -> object:
        def named() -> object:
            return type(self)

        return named()

    def by_its_order(self) -> object:
        return type(self).__mro__

    def by_calling_it(self) -> object:
        return type(self)()

    def of_what_is_returned(self, value: _Value) -> object:
        return type(value()) is Looking

    def of_what_is_in_it(self, value: _Value) -> object:
        return type(value[0]) is Looking

    def after_another(self, value: _Value) -> object:
        return type(value) is _Value and self.__class__ is Looking


class Others:
    """Methods that ask for the classes of other things, or for what all of a name have."""

    fields: Any

    def of_a_value(self, value: _Value) -> object:
        return type(value) is _Value

    def of_what_a_value_has(self, value: _Value) -> object:
        return type(value.kind) is int, value.kind.__class__ is int

    def its_name(self) -> object:
        return type(self).__name__, self.__class__.__name__

    def what_it_says(self) -> object:
        return self.__class__.fields

    def of_its_fields(self) -> object:
        return [type(one) for one in self.fields.values()]

    def of_what_was_found(self, value: _Value) -> object:
        field = value.get(1)
        return field.__class__ if field.__class__ is Others else None

    def is_one(self) -> object:
        return isinstance(self, Others)

    def by_super(self) -> object:
        return super().__repr__()

    def of_two(self, one: object, other: object) -> object:
        return type(one), type(other)


def methods(cls: type) -> list[Callable[..., Any]]:
    return [one for name, one in vars(cls).items() if not name.startswith("__") and callable(one)]


@pytest.mark.parametrize("method", methods(Looking), ids=lambda one: one.__name__)
def test_a_method_that_asks_for_its_own_class_is_found(method: Callable[..., Any]) -> None:
    assert may_look_at_own_class(method)


@pytest.mark.parametrize("method", methods(Others), ids=lambda one: one.__name__)
def test_a_method_that_does_not_is_let_be(method: Callable[..., Any]) -> None:
    assert not may_look_at_own_class(method)
