import pytest

from rowpath.fast.forms import Integer
from rowpath.fast.plan import Absent, Guard, Many, Member, Object, Value, numbered

PAGE = ("id", "name", "owner")
ITEMS = ("parent", "name")


def value(column: str, *guards: str) -> Value[str]:
    looked_at = tuple(Guard(column=one, absent=Absent.NULL) for one in guards)
    return Value(key=column, column=column, form=Integer(), guards=looked_at)


def columns(members: tuple[Member[int], ...]) -> list[object]:
    """Return the positions of the members, and of their guards, as they are nested."""
    return [
        (
            None if isinstance(member, Object) else member.column,
            [guard.column for guard in member.guards],
            [] if isinstance(member, Value) else columns(member.members),
        )
        for member in members
    ]


def test_columns_of_a_page_and_of_its_lists_are_numbered_apart() -> None:
    inner = Object(key="inner", members=(value("owner"),), guards=value("id", "id").guards)
    items = Many(key="items", column="id", rows=0, members=(value("name", "parent"),))
    made = numbered((value("name", "owner"), inner, items), PAGE, (ITEMS,))
    assert columns(made) == [
        (1, [2], []),
        (None, [0], [(2, [], [])]),
        (0, [], [(1, [0], [])]),
    ]


def test_a_column_that_no_statement_has_is_refused() -> None:
    with pytest.raises(KeyError, match="parent"):
        numbered((value("parent"),), PAGE)
