"""A row as data, and the base class of serializers that make it so."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rest_framework.serializers import Serializer

from rowpath.fast.drf.data.guard import guarded
from rowpath.fast.drf.data.hook import Mark, is_marked, mark, of_drf
from rowpath.fast.drf.data.keeping import ancestors_changing_fields, changing_fields
from rowpath.fast.drf.data.made import MadeFields
from rowpath.fast.drf.data.recipes import has_recipe, recipe_of
from rowpath.fast.drf.data.represent import Member, Members, Represent, by_members
from rowpath.fast.drf.grounds import data_changed
from rowpath.fast.drf.options import options

if TYPE_CHECKING:
    _Serializing = Serializer[Any]
else:
    _Serializing = object

KEPT = "_rowpath_represent"
"""The attribute in which a FastSerializer keeps what represents its rows."""


def represented(serializer: Serializer, theirs: Represent) -> Represent:
    """Return what makes of a row the data that `theirs`, DRF's own to_representation(), makes.

    That is `theirs` where rowpath cannot stand in for it. May make the serializer's fields, and
    raises what that raises.
    """
    if not guarded(lambda: _may_stand_in(serializer)):
        return theirs
    if "fields" not in vars(serializer):
        represent = guarded(lambda: _by_recipe(serializer, theirs))
        if represent is not None:
            return represent
    if guarded(lambda: serializer.parent is None):
        return _from_second_row(lambda: _by_fields(serializer, theirs), theirs)
    return _by_fields(serializer, theirs)


def _may_stand_in(serializer: Serializer) -> bool:
    return (
        options().data
        and data_changed() is None
        and changing_fields(type(serializer)) is None
        and not any(ancestors_changing_fields(serializer))
    )


def _by_recipe(serializer: Serializer, theirs: Represent) -> Represent | None:
    """Return what represents rows by the recipe of their class, until somebody makes the fields."""
    recipe = recipe_of(serializer)
    if recipe is None:
        return None
    own = vars(serializer)
    by_recipe = by_members(serializer, _kept(recipe.members_of(serializer)), theirs, own)
    by_fields: Represent | None = None

    def represent(row: Any) -> Any:
        nonlocal by_fields
        if "fields" not in own:
            return by_recipe(row)
        by_fields = by_fields or _by_fields(serializer, theirs)
        return by_fields(row)

    return represent


def _from_second_row(make: Callable[[], Represent], theirs: Represent) -> Represent:
    """Leave the first row to DRF: to look at the fields takes longer than one row saves."""
    represent: Represent | None = None
    is_first = True

    def represent_row(row: Any) -> Any:
        nonlocal represent, is_first
        if is_first:
            is_first = False
            return theirs(row)
        represent = represent or make()
        return represent(row)

    return represent_row


def _by_fields(serializer: Serializer, theirs: Represent) -> Represent:
    made = guarded(lambda: MadeFields(serializer, _nested, mark_nested).represent(theirs))
    return theirs if made is None else made


def _kept(members: Members) -> Members:
    """Return `members`, asked once for each class of rows; None where there is a defect in it."""
    by_class: dict[type, list[Member] | None] = {}

    def known(row_class: type) -> list[Member] | None:
        try:
            return by_class[row_class]
        except KeyError:
            found = by_class[row_class] = guarded(lambda: members(row_class))
            return found

    return known


def _nested(serializer: Serializer) -> Represent:
    return represented(serializer, serializer.to_representation)


def mark_rows(serializer: Serializer) -> Mark:
    """Have rowpath represent the rows of `serializer` from now on."""
    return mark(serializer, _where_marked)


def mark_nested(serializer: Serializer) -> None:
    """Have rowpath represent what code of `serializer` gets from super(), from now on."""
    if not is_marked(serializer):
        mark_rows(serializer)


def _where_marked(serializer: Serializer) -> Represent:
    theirs = of_drf(serializer)
    if guarded(lambda: _is_one_row(serializer)):
        return _from_second_row(lambda: represented(serializer, theirs), theirs)
    return represented(serializer, theirs)


def _is_one_row(serializer: Serializer) -> bool:
    """Whether `serializer` is for a row without a recipe, and has no list around it."""
    if serializer.parent is not None:
        return False
    return "fields" in vars(serializer) or not has_recipe(type(serializer))


# Makes of each row the data that DRF's Serializer makes of it, faster.
#
# It stands in a serializer's bases in front of DRF's own: `class BookSerializer(FastSerializer,
# ModelSerializer)`. A to_representation() of the project's that calls super() gets its data from
# it. What it cannot make as DRF does, DRF makes.
#
# It has no docstring: tools that describe an API publish those of its serializers.
class FastSerializer(_Serializing):  # noqa: D101 - see above
    _rowpath_stands_in = True

    # Makes data of one row.
    def to_representation(self, instance: Any) -> Any:  # noqa: D102
        represent = vars(self).get(KEPT)
        if represent is None:
            represent = vars(self)[KEPT] = _instead_of(super().to_representation, self)
        return represent(instance)

    # Without what stands in, which is the instance's own: for copies and pickles.
    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != KEPT}


def _instead_of(behind: Represent, serializer: Serializer) -> Represent:
    """Return what represents rows in the place of `behind`, which comes next in the bases."""
    drfs = guarded(lambda: getattr(behind, "__func__", None) is Serializer.to_representation)
    return represented(serializer, behind) if drfs else behind
