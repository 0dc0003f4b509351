"""What a field reads of a row: DRF's own `get_attribute()`, for the rows and fields that are usual.

A value that asks for more than to be read (a method, an attribute that is not there) is given to
DRF's own code as if that had read it, so that nothing of the project's runs twice.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter, itemgetter
from typing import Any, NoReturn, cast
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Model
from rest_framework import fields
from rest_framework.relations import ManyRelatedField, PrimaryKeyRelatedField, RelatedField

from rowpath.fast.drf.data.shipped import has_drfs, rely

Read = Callable[[Any], Any]

_READING = ("get_attribute",)
_RELATED = ("get_attribute", "use_pk_only_optimization")
_KEY = (*_RELATED, "to_representation")

# Keys that are not called, and that have no key of their own.
_KEYS = frozenset((int, str, UUID, type(None)))


class Unkeyed:
    """A row that stands where a key was looked for."""

    __slots__ = ("row",)

    def __init__(self, row: Any) -> None:
        self.row = row


def read_of(field: fields.Field, row_class: type) -> Read:
    """Return what reads as `field.get_attribute` does, of rows whose class is `row_class`."""
    if not is_drfs_read(field) or _looks_for_key(field):
        return field.get_attribute
    attrs = tuple(field.source_attrs)
    if not attrs:
        return _itself
    if len(attrs) > 1:
        return _walk(field, attrs)
    get = itemgetter(*attrs) if issubclass(row_class, Mapping) else attrgetter(*attrs)
    return _one_step(field, get)


def is_drfs_read(field: fields.Field) -> bool:
    """Whether `field` reads a row as DRF's own do, and asks for nothing else."""
    if isinstance(field, PrimaryKeyRelatedField):
        return has_drfs(field, PrimaryKeyRelatedField, _RELATED)
    if isinstance(field, ManyRelatedField):
        return has_drfs(field, ManyRelatedField, _READING)
    base, names = (RelatedField, _RELATED) if isinstance(field, RelatedField) else _PLAIN
    return has_drfs(field, base, names)


def _looks_for_key(field: fields.Field) -> bool:
    return isinstance(field, (PrimaryKeyRelatedField, ManyRelatedField))


_PLAIN = fields.Field, _READING


def attribute_of(field: fields.Field, row_class: type) -> str | None:
    """Return the one attribute that `read_of` reads of rows whose class is `row_class`.

    None where it reads another thing, or more.
    """
    if not is_drfs_read(field) or _looks_for_key(field) or issubclass(row_class, Mapping):
        return None
    attrs = field.source_attrs
    return attrs[0] if len(attrs) == 1 else None


def reads_itself(field: fields.Field) -> bool:
    """Whether the value of `field` is the row."""
    return not field.source_attrs and is_drfs_read(field) and not _looks_for_key(field)


def found_of(field: fields.Field, row: Any, value: Any) -> Any:
    """Return what DRF makes of `value`, which can be called and was read of `row`."""
    return field.get_attribute(_stand_in(row, 0, _Value(value))) if _is_called(value) else value


def failed_of(field: fields.Field, row: Any, error: Exception) -> Any:
    """Return what DRF makes of it that reading `row` has raised `error`."""
    if isinstance(error, ObjectDoesNotExist):
        return None
    is_known = isinstance(error, (AttributeError, KeyError))
    failure = _Failure(error)
    del error  # which leads to this frame as soon as it is raised
    with failure:
        return field.get_attribute(_stand_in(row, 0, failure)) if is_known else failure.get()


def key_found_of(field: Any, row: Any, key: Any) -> Any:
    """Return what DRF makes of `key`, which was read of `row`; or an Unkeyed."""
    try:
        if fields.is_simple_callable(key):
            key = key()
        return getattr(key, "pk", key)
    except AttributeError:
        pass  # as DRF does, which then reads it as any other
    return _unkeyed(field, row)


def key_failed_of(field: Any, row: Any, error: Exception) -> Any:
    """Return what DRF makes of it that reading the key of `row` has raised `error`."""
    is_known = isinstance(error, AttributeError)
    failure = _Failure(error)
    del error
    with failure:
        return _unkeyed(field, row) if is_known else failure.get()


def _unkeyed(field: Any, row: Any) -> Unkeyed | None:
    found = super(RelatedField, field).get_attribute(row)
    return None if found is None else Unkeyed(found)


def key_attribute_of(field: fields.Field, row_class: type) -> str | None:
    """Return the attribute that is the key to which `field` points.

    None where DRF's own code has to look for the key.
    """
    if not isinstance(field, PrimaryKeyRelatedField) or len(field.source_attrs) != 1:
        return None
    if not has_drfs(field, PrimaryKeyRelatedField, _KEY) or not issubclass(row_class, Model):
        return None
    is_djangos = row_class.serializable_value is Model.serializable_value
    if not (is_djangos and rely(Model, "serializable_value")):
        return None
    return _attribute_of_key(row_class, field.source_attrs[0])


def key_read_of(field: fields.Field, row_class: type) -> Read | None:
    """Return what reads the key to which `field` points, without the row to which it belongs.

    It may return an Unkeyed instead. None where DRF's own code has to look for the key.
    """
    name = key_attribute_of(field, row_class)
    if name is None:
        return None
    get = attrgetter(name)

    def read(row: Any) -> Any:
        try:
            key = get(row)
            if type(key) in _KEYS:
                return key
            if fields.is_simple_callable(key):
                key = key()
            return getattr(key, "pk", key)
        except AttributeError:
            pass  # as DRF does, which then reads it as any other
        return _unkeyed(field, row)

    return read


def _attribute_of_key(model: type[Model], name: str) -> str | None:
    """Return the attribute that Model.serializable_value() reads for `name`."""
    try:
        return getattr(model._meta.get_field(name), "attname", None)
    except FieldDoesNotExist:
        return name


def _itself(row: Any) -> Any:
    return row


def _one_step(field: fields.Field, get: Read) -> Read:
    def read(row: Any) -> Any:
        try:
            value = get(row)
        except ObjectDoesNotExist:
            return None
        except (AttributeError, KeyError) as error:
            failure = _Failure(error)
        else:
            if callable(value) and _is_called(value):
                return field.get_attribute(_stand_in(row, 0, _Value(value)))
            return value
        with failure:
            return field.get_attribute(_stand_in(row, 0, failure))

    return read


def _walk(field: fields.Field, attrs: tuple[str, ...]) -> Read:
    def read(row: Any) -> Any:
        value = row
        for index, attr in enumerate(attrs):
            try:
                value = value[attr] if isinstance(value, Mapping) else getattr(value, attr)
            except ObjectDoesNotExist:
                return None
            except (AttributeError, KeyError) as error:
                failure = _Failure(error)
                break
            if callable(value) and _is_called(value):
                return field.get_attribute(_stand_in(row, index, _Value(value)))
        else:
            return value
        with failure:
            return field.get_attribute(_stand_in(row, index, failure))

    return read


def _is_called(value: Any) -> bool:
    """Whether DRF calls `value`, or says why it cannot."""
    try:
        return fields.is_simple_callable(value)
    except fields.BuiltinSignatureError:
        return True


class _Value:
    """What was found."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def get(self) -> Any:
        return self.value


class _Failure:
    """What was raised instead, until the end of its block.

    An error leads to the frames that it has passed, which must not lead back to it.
    """

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error

    def get(self) -> NoReturn:
        raise cast("Exception", self.error)

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        self.error = None


class _StandIn:
    """Stands for a row of which one step was taken already, and gives what that has given."""

    __slots__ = ("held", "row_class")

    def __init__(self, row_class: type, held: _Value | _Failure) -> None:
        self.row_class = row_class
        self.held = held

    def __getattribute__(self, name: str) -> Any:
        own = object.__getattribute__
        # By which DRF tells a mapping, and which it names in its message.
        return own(self, "row_class") if name == "__class__" else own(self, "held").get()

    def __getitem__(self, key: str) -> Any:
        return object.__getattribute__(self, "held").get()


def _stand_in(row: Any, steps: int, held: _Value | _Failure) -> _StandIn:
    """Return what has `held` behind `steps` steps more than one."""
    for _ in range(steps):
        held = _Value(_StandIn(object, held))
    return _StandIn(row.__class__, held)
