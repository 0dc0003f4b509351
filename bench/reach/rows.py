"""Makes some rows for the models of a project's lists, of whatever fields these have.

No model's own save() is called, and no receiver of a signal but those of a model with a parent's
table, so that nothing is sent to anybody. Each is inserted in a savepoint of its own: what the
database refuses is left out.
"""

# ruff: noqa: ANN401, SLF001 - any model and field, by what Django says of them

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import models, transaction

ROWS = 3
"""As many as each table gets, if it has none of its own: with nulls where they may be, and not."""
DEPTH = 4
"""How many relations are followed to make what a row needs."""
NOBODY = "http://localhost:9"
"""Where nobody listens, on this machine: some lists ask the servers that their rows name."""
DAY = date(2030, 1, 1)
# The first that fits; a field of a project's own is most often one of these with something more.
# In quotes, since Django's Field takes no parameters when it runs.
VALUES: "tuple[tuple[type[models.Field[Any, Any]], Any], ...]" = (
    (models.BooleanField, lambda _: False),
    (models.EmailField, lambda number: f"row{number}@example.com"),
    (models.URLField, lambda number: f"{NOBODY}/{number}"),
    (models.SlugField, lambda number: f"row-{number}"),
    (models.CharField, lambda number: f'row {number} "é"'),
    (models.FileField, lambda number: f"row{number}.txt"),
    (models.TextField, lambda number: f"row {number}\nof several lines"),
    (models.IntegerField, lambda number: number),
    (models.FloatField, lambda number: number + 0.1),
    (models.DecimalField, lambda _: Decimal(1)),
    (models.DateTimeField, lambda number: datetime(2030, 1, 1, 12, 30, number, 5, UTC)),
    (models.DateField, lambda number: DAY + timedelta(days=number)),
    (models.TimeField, lambda number: time(12, number)),
    (models.DurationField, lambda number: timedelta(days=1, seconds=number)),
    (models.UUIDField, lambda _: uuid.uuid4()),
    (models.GenericIPAddressField, lambda number: f"10.0.0.{number}"),
    (models.BinaryField, lambda _: b"\0"),
    (models.JSONField, lambda number: {"row": number}),
)


def fill(wanted: Iterable[type[models.Model]]) -> None:
    """Give each table some rows, if its fields are of kinds that are known here."""
    for model in dict.fromkeys(wanted):
        there = model._base_manager.count()
        for number in range(there, ROWS):
            made(model, number, DEPTH)


def made(model: type[models.Model], number: int, depth: int) -> models.Model | None:
    """Return a new row of the table; None if it cannot be made."""
    try:
        with transaction.atomic():
            row = model(**values(model, number, depth))
            if model._meta.parents:
                models.Model.save_base(row, force_insert=True)  # bulk_create() has no parents
            else:
                model._base_manager.bulk_create([row])
            relate(row)
    except Exception:  # noqa: BLE001 - a table with rules of its own stays as it is
        return None
    return row


def values(model: type[models.Model], number: int, depth: int) -> Mapping[str, Any]:
    """Return the values that the row does not have by itself; every second has its nulls."""
    given: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.has_default() or (field.primary_key and isinstance(field, models.AutoField)):
            continue
        if field.null and number % 2:
            given[field.name] = None
        elif isinstance(field, models.ForeignKey):
            given[field.name] = related(field, number, depth)
        elif (value := value_of(field, number)) is not None:
            given[field.name] = value
    return given


def related(field: Any, number: int, depth: int) -> models.Model | None:
    """Return a row that the foreign key may lead to; none of the same table, and none if it may."""
    model: type[models.Model] = field.related_model
    if model._meta.label == "contenttypes.ContentType":  # of what has a list, as generic keys want
        return model._base_manager.filter(**label(field.model)).first()
    free = model._base_manager.all()
    if field.unique:
        free = free.exclude(pk__in=field.model._base_manager.values(field.attname))
    if (there := free.order_by("pk").first()) is not None:
        return there
    return None if field.null or not depth else made(model, number, depth - 1)


def label(model: type[models.Model]) -> dict[str, Any]:
    """Return what ContentType calls the model."""
    return {"app_label": model._meta.app_label, "model": model._meta.model_name}


def value_of(field: Any, number: int) -> Any:
    """Return a value for a column, or None for one that is not known here."""
    if field.choices:
        first = next(iter(field.flatchoices), None)
        return None if first is None else first[0]
    value = next((make(number) for kind, make in VALUES if isinstance(field, kind)), None)
    longest = getattr(field, "max_length", None)
    return value[:longest] if longest and isinstance(value, str) else value


def relate(row: models.Model) -> None:
    """Put two rows, as far as they are there, behind each many-to-many field of the row."""
    fields: Iterable[Any] = row._meta.many_to_many
    for field in fields:
        through = field.remote_field.through
        if not through._meta.auto_created:
            continue
        others = field.related_model._base_manager.order_by("pk")[:2]
        names = (field.m2m_field_name(), field.m2m_reverse_field_name())
        pairs = [through(**dict(zip(names, (row, other), strict=True))) for other in others]
        through._base_manager.bulk_create(pairs, ignore_conflicts=True)
