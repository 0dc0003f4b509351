"""What a model's field hands to Python when it is read: the kind of its values.

A field that converts what it reads, or that rowpath has never heard of, has no kind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from django.core.files.storage import FileSystemStorage
from django.db import models

from rowpath.fast.django.overrides import overridden
from rowpath.fast.encoding.writers import Type
from rowpath.fast.fallback import CannotCompileError


class Scalar(Enum):
    """The kinds without parts."""

    TEXT = auto()
    INTEGER = auto()
    DECIMAL = auto()
    FLOAT = auto()
    BOOLEAN = auto()
    DATETIME = auto()
    DATE = auto()
    TIME = auto()
    DURATION = auto()
    UUID = auto()
    JSON = auto()
    ADDRESS = auto()
    BINARY = auto()
    HSTORE = auto()


@dataclass(frozen=True, slots=True)
class ArrayKind:
    """An array whose items are of one kind."""

    item: "Kind"


@dataclass(frozen=True, slots=True)
class FileKind:
    """The name of a file in the plain file storage."""

    base_url: str


Kind = Scalar | ArrayKind | FileKind

_SCALARS: dict[type[models.Field], Scalar] = {
    models.CharField: Scalar.TEXT,
    models.TextField: Scalar.TEXT,
    models.EmailField: Scalar.TEXT,
    models.SlugField: Scalar.TEXT,
    models.URLField: Scalar.TEXT,
    models.FilePathField: Scalar.TEXT,
    models.AutoField: Scalar.INTEGER,
    models.BigAutoField: Scalar.INTEGER,
    models.SmallAutoField: Scalar.INTEGER,
    models.IntegerField: Scalar.INTEGER,
    models.BigIntegerField: Scalar.INTEGER,
    models.SmallIntegerField: Scalar.INTEGER,
    models.PositiveIntegerField: Scalar.INTEGER,
    models.PositiveBigIntegerField: Scalar.INTEGER,
    models.PositiveSmallIntegerField: Scalar.INTEGER,
    models.DecimalField: Scalar.DECIMAL,
    models.FloatField: Scalar.FLOAT,
    models.BooleanField: Scalar.BOOLEAN,
    models.DateTimeField: Scalar.DATETIME,
    models.DateField: Scalar.DATE,
    models.TimeField: Scalar.TIME,
    models.DurationField: Scalar.DURATION,
    models.UUIDField: Scalar.UUID,
    models.GenericIPAddressField: Scalar.ADDRESS,
    models.BinaryField: Scalar.BINARY,
    models.JSONField: Scalar.JSON,
}

# The types of PostgreSQL that columns of a kind may have, for kinds whose values have one str(),
# whether they came as text or in binary.
TYPES_OF_ONE_TEXT: dict[Kind, frozenset[int]] = {
    Scalar.TEXT: frozenset({Type.TEXT, Type.VARCHAR, Type.BPCHAR, Type.NAME}),
    Scalar.INTEGER: frozenset({Type.INT2, Type.INT4, Type.INT8}),
    Scalar.DECIMAL: frozenset({Type.NUMERIC}),
    Scalar.DATETIME: frozenset({Type.TIMESTAMPTZ}),
    Scalar.DATE: frozenset({Type.DATE}),
    Scalar.TIME: frozenset({Type.TIME}),
    Scalar.UUID: frozenset({Type.UUID}),
}

# Whatever decides what Python gets when the column is read.
_READING = (
    "from_db_value",
    "get_db_converters",
    "db_type",
    "db_parameters",
    "cast_db_type",
    "get_internal_type",
    "db_type_parameters",
    "contribute_to_class",
    "descriptor_class",
    "select_format",
    "get_col",
    "cached_col",
    "value_from_object",
    "value_to_string",
    "get_attname",
)

# Whatever decides what the database is asked for.
_SENDING = ("get_prep_value", "get_db_prep_value", "get_placeholder", "to_python")


def check_sent(field: models.Field) -> None:
    """Raise CannotCompileError unless a value of `field` that was read is sent as it is."""
    bases = (models.OneToOneField, models.ForeignKey, *_SCALARS)
    base = next((one for one in type(field).__mro__ if one in bases), models.Field)
    if name := overridden(type(field), base, _SENDING):
        raise CannotCompileError(f"its key is a {_name(field)}, which has a {name}() of its own")
    if isinstance(field, models.ForeignKey):
        check_sent(field.target_field)


def kind_of(field: models.Field) -> Kind:
    """Return the kind of what `field` reads, or raise CannotCompileError."""
    if isinstance(field, models.ForeignKey):
        is_one = isinstance(field, models.OneToOneField)
        _reads_as(field, models.OneToOneField if is_one else models.ForeignKey)
        return kind_of(field.target_field)
    if isinstance(field, models.FileField):
        return _file(field)
    for base in type(field).__mro__:
        if base in _SCALARS:
            return _scalar(field, base, _SCALARS[base])
        if (kind := _POSTGRES.get(f"{base.__module__}.{base.__qualname__}")) is not None:
            _reads_as(field, base)
            return kind(field)
    raise CannotCompileError(f"its column is a {_name(field)}, whose values rowpath does not know")


def _scalar(field: models.Field, base: type[models.Field], kind: Scalar) -> Scalar:
    _reads_as(field, base)
    if isinstance(field, models.JSONField) and field.decoder is not None:
        raise CannotCompileError(f"its column is read with the decoder {field.decoder.__name__}")
    return kind


def _reads_as(field: models.Field, base: type) -> None:
    if name := overridden(type(field), base, _READING):
        raise CannotCompileError(f"its column is a {_name(field)}, which has a {name}() of its own")


def _file(field: models.FileField) -> FileKind:
    base = models.ImageField if isinstance(field, models.ImageField) else models.FileField
    _reads_as(field, base)
    if name := overridden(field.attr_class, base.attr_class, ("url", "name", "__bool__")):
        raise CannotCompileError(f"its files have a {name} of their own")
    # default_storage is a lazy object, which shows the class that it stands for.
    if field.storage.__class__ is not FileSystemStorage:
        raise CannotCompileError(
            f"its files are kept by {field.storage.__class__.__name__}, which makes their URLs"
        )
    base_url = field.storage.base_url
    if base_url is None or not base_url.endswith("/") or "/." in base_url:
        raise CannotCompileError(f"its files are served from the base_url {base_url!r}")
    return FileKind(base_url)


def _array(field: models.Field) -> ArrayKind:
    if isinstance(field.base_field, (models.FileField, models.BinaryField)):
        raise CannotCompileError("its array has the items' stored values, not the objects")
    if hasattr(field.base_field, "from_db_value"):
        raise CannotCompileError(f"its array's items are converted by {_name(field.base_field)}")
    return ArrayKind(kind_of(field.base_field))


# By name: importing django.contrib.postgres needs psycopg, which a project on SQLite lacks.
_POSTGRES: dict[str, Callable[[models.Field], Kind]] = {
    "django.contrib.postgres.fields.array.ArrayField": _array,
    "django.contrib.postgres.fields.hstore.HStoreField": lambda _: Scalar.HSTORE,
}


def _name(field: models.Field) -> str:
    return type(field).__name__
