"""Statements of instances are compiled once for a shape, and are Django's for each queryset."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

ALIASES = ("default", "lite")
PAIRS = (
    *("all", "pages", "values", "of a list", "lists of several lengths", "joined"),
    *("filtered over a relation", "inheriting", "deferring", "distinct", "null or not"),
    *("expressions", "for update", "nothing", "no page", "extra"),
)


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_compiled_once") as dsn, inside({"databases": {"default": dsn}}) as running:
        running.call("compiled_once:begin")
        yield running


def test_all_pairs_are_tried(project: Inside) -> None:
    """What the project has is what stands above."""
    assert project.call("compiled_once:names") == [*PAIRS]


@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("name", PAIRS)
def test_a_statement_is_djangos(project: Inside, name: str, alias: str) -> None:
    """Its text, values and instances, what is left in the Query, and a later statement of it."""
    theirs, ours, _, _ = project.call("compiled_once:pair", of=name, alias=alias)

    assert ours == theirs


@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("name", PAIRS)
def test_a_shape_is_compiled_once(project: Inside, name: str, alias: str) -> None:
    """The second queryset of a pair is compiled if it has another shape, or none."""
    _, _, compiled, is_shared = project.call("compiled_once:pair", of=name, alias=alias)

    assert (compiled == 1) or not is_shared


@pytest.mark.parametrize("alias", ALIASES)
def test_what_is_read_again_is_djangos(project: Inside, alias: str) -> None:
    """Each queryset has the same instances and statements when its statement is known."""
    assert project.call("compiled_once:all_of_making", alias=alias) == []


@pytest.mark.parametrize("alias", ALIASES)
def test_a_few_rows_are_made_by_django_of_the_known_statement(project: Inside, alias: str) -> None:
    """The instances are the same, with what is loaded beside them."""
    theirs, first, again = project.call("compiled_once:few", alias=alias)

    assert first == again == theirs


def test_a_changed_setting_has_statements_compiled_anew(project: Inside) -> None:
    """What is known of a shape is forgotten with any setting."""
    assert project.call("compiled_once:settings_changed") == [1, 1, 2, 3]


def test_what_is_patched_where_django_compiles_is_called_as_often(project: Inside) -> None:
    """A tool that has put itself there sees each statement."""
    told = project.call("compiled_once:patched")

    for theirs, ours in zip(told[::2], told[1::2], strict=True):
        assert ours == theirs
        assert theirs[1] > 0


def test_a_backend_of_the_projects_compiles_each_statement(project: Inside) -> None:
    """Only of Django's own is known that equal shapes have equal statements."""
    assert project.call("compiled_once:of_the_projects") == [True]


@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("name", PAIRS)
def test_rows_are_counted_as_by_django(project: Inside, name: str, alias: str) -> None:
    """As many, by as many equal statements, and the Query is Django's again afterwards."""
    theirs, ours, _ = project.call("compiled_once:counts", of=name, alias=alias)

    assert ours == theirs


@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("name", ["all", "values", "joined", "inheriting"])
def test_a_count_is_compiled_once(project: Inside, name: str, alias: str) -> None:
    """Four counts of two querysets with a shape in common send what was compiled for the first."""
    assert project.call("compiled_once:counts", of=name, alias=alias)[2] == 1


def test_an_error_of_a_count_passes(project: Inside) -> None:
    """What an execute_wrapper or the database raises is raised, and nothing is sent again."""
    told = project.call("compiled_once:refused")

    assert told[1::2] == told[::2]
    assert [tries for _, _, tries in told] == [1] * 4


def test_a_defect_leaves_a_count_to_django(project: Inside) -> None:
    """It is right, and by one statement."""
    count, *told = project.call("compiled_once:with_a_defect")

    assert told == [[count, 1]] * 2
