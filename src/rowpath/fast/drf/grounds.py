"""Whether the fast path stands on what it was made for: versions, names, and nothing patched."""

import logging
from functools import cache

import django
import rest_framework
from rest_framework import fields, generics, mixins, renderers, response, serializers
from rest_framework.utils import encoders, json

from rowpath.fast.django import private as of_django
from rowpath.fast.django.grounds import GROUNDS
from rowpath.fast.drf import private as of_drf
from rowpath.fast.fallback import FallBack
from rowpath.fast.private import missing
from rowpath.fast.proved import unproved
from rowpath.fast.shipped import Owner, Relied, relied
from rowpath.fast.stores import kept

_log = logging.getLogger("rowpath.fast")

# What is done without, whatever the view and its serializer are. What a view, a paginator, a
# serializer and its fields have of DRF is relied on where each is compared with DRF's own.
_OF_DATA: tuple[tuple[Owner, tuple[str, ...]], ...] = (
    (mixins.ListModelMixin, ("list",)),
    (generics.GenericAPIView, ("get_serializer",)),
    (fields, ("get_attribute", "is_simple_callable")),
    (fields.Field, ("get_attribute", "get_default")),
    (serializers.BaseSerializer, ("__new__", "many_init")),
    (serializers.Serializer, ("to_representation", "fields", "_readable_fields", "data")),
    (serializers.ListSerializer, ("to_representation", "data")),
)
_OF_RENDERING: tuple[tuple[Owner, tuple[str, ...]], ...] = (
    (renderers.JSONRenderer, ("render", "get_indent")),
    (encoders.JSONEncoder, ("default",)),
    (json, ("dumps",)),
    (response.Response, ("rendered_content",)),
)
_OF_ROWS: tuple[tuple[Owner, tuple[str, ...]], ...] = (
    (generics.GenericAPIView, ("paginate_queryset", "paginator")),
)
_ALL = (*GROUNDS, *_OF_DATA, *_OF_ROWS, *_OF_RENDERING)

# Apart from what reading rows stands on: a patched queryset makes the instances that it makes.
relied_for_data = kept(Relied())
_relied_for_rendering = kept(Relied())


def changed() -> FallBack | None:
    """Return why no list of this process is fast now; None if nothing speaks against it."""
    return _unfit() or _patched(relied, _ALL)


def data_changed() -> FallBack | None:
    """Return why rowpath makes no data in this process now; None if nothing speaks against it."""
    return _unfit() or _patched(relied_for_data, _OF_DATA)


def rendering_changed() -> FallBack | None:
    """Return why DRF renders all answers of this process now; None if nothing speaks against it."""
    return _unfit() or _patched(_relied_for_rendering, _OF_RENDERING)


def _patched(known: Relied, grounds: tuple[tuple[Owner, tuple[str, ...]], ...]) -> FallBack | None:
    if (instead := known.check_grounds(grounds) or known.changed()) is not None:
        return FallBack(reason=f"{instead}, not what the library ships")
    return None


@kept
@cache
def _unfit() -> FallBack | None:
    """Return what is wrong with Django or DRF as they are installed; the log says so once."""
    versions = {"Django": django.get_version(), "djangorestframework": rest_framework.VERSION}
    found = unproved(versions) or missing(of_django.NEEDED) or missing(of_drf.NEEDED)
    if found is None:
        return None
    _log.warning("The fast path is off in this process, DRF answers: %s.", found)
    return FallBack(reason=found)
