"""Hyperlinks of rows that are there: DRF's own to_representation(), with what is the same kept.

What stands around a key in its URL is made once for a serializer, and again as soon as the request,
the language or the URLs are others than before. A key that is unusual is given to DRF.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import get_ident
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.db.models.query_utils import DeferredAttribute
from django.urls import base, get_script_prefix, get_urlconf
from django.utils.translation import get_language, trans_real
from rest_framework import relations, reverse
from rest_framework.relations import Hyperlink, HyperlinkedRelatedField, PKOnlyObject

from rowpath.fast.django.variables import variable_of
from rowpath.fast.drf.data.by_class import ByClass
from rowpath.fast.drf.data.shipped import rely
from rowpath.fast.drf.links import around
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.forms import Link, LinkKey
from rowpath.fast.stores import kept

# To prepare a URL takes about as long as to make two.
_NOT_PREPARED = 2
_KINDS: Mapping[type, LinkKey] = {int: LinkKey.INTEGER, UUID: LinkKey.UUID, str: LinkKey.TEXT}
# What is in a URL as it is, and makes no segment that is resolved.
_AS_IT_IS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~!$&'()*+,;=:@"

_URLCONFS = variable_of(getattr(base, "_urlconfs", None))
_PREFIXES = variable_of(getattr(base, "_prefixes", None))
_LANGUAGES = variable_of(getattr(trans_real, "_active", None))


@dataclass(frozen=True, slots=True)
class _Prepared:
    before: str
    behind: str
    plain: bytes
    """The bytes that a key may have and that need no quoting."""


def hyperlink(field: HyperlinkedRelatedField) -> Callable[[Any], Any] | None:
    """Return what writes a row as `field` does, whose code is DRF's; None if that has to."""
    is_drfs = field.reverse is reverse.reverse and rely(relations.Hyperlink, "__new__")
    if not is_drfs or not isinstance(field.view_name, str) or not rely(Model, "pk"):
        return None
    theirs, lookup, made = field.to_representation, field.lookup_field, _Made(field)

    def write(row: Any) -> Any:
        if lookup not in _plain_attributes(type(row)) or not made.is_wanted():
            return theirs(row)
        if row.pk in (None, ""):
            return None
        key = getattr(row, lookup)
        prepared = made.of(type(key))
        if prepared is None:
            return theirs(row)
        text = str(key)
        if not text or not text.isascii() or text.encode().translate(None, prepared.plain):
            return theirs(row)
        return Hyperlink(f"{prepared.before}{text}{prepared.behind}", row)

    return write


def _place() -> tuple[object, ...]:
    """Return what is the same as long as the URLs, the prefix and the language are the same.

    Django keeps them in variables of asgiref's, as it does the time zone: each change puts another
    object in. To see that there are the same ones takes a tenth of the time of asking Django.
    """
    if _URLCONFS is None or _PREFIXES is None or _LANGUAGES is None:
        return get_urlconf(), get_script_prefix(), get_language()
    return _URLCONFS.get(None), _PREFIXES.get(None), _LANGUAGES.get(None), get_ident()


@kept
@ByClass
def _plain_attributes(row_class: type) -> frozenset[str]:
    """Return the attributes of rows that may be read twice: a key, and columns of a model."""
    if row_class is PKOnlyObject:
        return frozenset({"pk"})
    if (
        not issubclass(row_class, Model)
        or row_class.__getattribute__ is not object.__getattribute__
    ):
        return frozenset()
    found = {field.attname for field in row_class._meta.concrete_fields}
    plain = {name for name in found if type(getattr(row_class, name, None)) is DeferredAttribute}
    pk = row_class._meta.pk
    is_usual = pk.attname in plain and row_class.pk is Model.pk
    return frozenset({*plain, "pk"}) if is_usual else frozenset()


class _Made:
    """What was prepared for the keys of one field."""

    def __init__(self, field: HyperlinkedRelatedField) -> None:
        self._field = field
        self._rows = 0
        self._known: tuple[object, ...] = ()
        self._by_type: dict[type, _Prepared | None] = {}

    def is_wanted(self) -> bool:
        """Whether there were enough rows for it to be worth while."""
        self._rows += 1
        return self._rows > _NOT_PREPARED

    def of(self, key_class: type) -> _Prepared | None:
        """Return what was prepared for keys of `key_class`; None if DRF has to make their URLs."""
        context = self._field.context
        request = context.get("request")
        now = (_place(), context.get("format"), id(request), getattr(request, "version", None))
        if now != self._known:
            self._known = now
            self._by_type.clear()
        if key_class not in self._by_type:
            self._by_type[key_class] = self._prepared(key_class, context)
        return self._by_type[key_class]

    def _prepared(self, key_class: type, context: Mapping[str, Any]) -> _Prepared | None:
        field = self._field
        if (kind := _KINDS.get(key_class)) is None:
            return None
        link = Link(
            key=kind,
            view_name=str(field.view_name),
            keyword=field.lookup_url_kwarg,
            suffix=field.format,
        )
        try:
            found = around(link, context)
        except CannotCompileError:
            return None
        plain = bytes(set(found.allowed) & set(_AS_IT_IS))
        return _Prepared(found.before, found.behind, plain)
