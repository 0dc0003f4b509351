"""The mixin is not seen in a description of the API, nor in DRF's mapping of fields."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_describing") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


def test_a_view_is_described_as_without_the_mixin(project: Inside) -> None:
    """DRF's schemas and whoever reads docstrings say the same of a view with the mixin."""
    assert project.call("describing:described_differently") == []


def test_the_mixins_have_no_docstrings(project: Inside) -> None:
    """Whatever a tool publishes of a view's classes and methods, none of it is rowpath's."""
    assert project.call("describing:docstrings") == []


@pytest.mark.parametrize(
    "kind",
    ["another column", "another column that chooses", "a column", "a column that chooses"],
)
def test_a_mapping_of_fields_that_a_package_extends(project: Inside, kind: str) -> None:
    """ModelSerializers compile with whatever a package puts into DRF's mapping."""
    assert project.call("describing:mapped", kind=kind) == [True, "compiled", []]
