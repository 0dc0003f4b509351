"""What relations are loaded by, and past, in Django."""

from django.db.models import base, query
from django.db.models.fields import mixins, related_descriptors

from rowpath.fast.shipped import Owner, Relied
from rowpath.fast.stores import kept

_TO_ONE = ("__get__", "get_queryset", "get_prefetch_querysets")

# A tool that has put itself into one of these has to see each statement.
_GROUNDS: tuple[tuple[Owner, tuple[str, ...]], ...] = (
    (mixins.FieldCacheMixin, ("get_cached_value", "is_cached", "set_cached_value")),
    (related_descriptors.ForwardManyToOneDescriptor, (*_TO_ONE, "get_object")),
    (related_descriptors.ForwardOneToOneDescriptor, (*_TO_ONE, "get_object")),
    (related_descriptors.ReverseOneToOneDescriptor, _TO_ONE),
    (related_descriptors.ReverseManyToOneDescriptor, ("__get__", "related_manager_cls")),
    (related_descriptors.ManyToManyDescriptor, ("related_manager_cls",)),
    (
        related_descriptors,
        ("create_reverse_many_to_one_manager", "create_forward_many_to_many_manager"),
    ),
    (query.QuerySet, ("__iter__", "_fetch_all", "_clone", "get")),
    (query.ModelIterable, ("__iter__", "__init__")),
    (base.Model, ("__init__", "from_db", "pk")),
)

_relied = kept(Relied())


def peers_changed() -> str | None:
    """Return what is not what Django ships of what relations are loaded by; None if all is."""
    instead = _relied.check_grounds(_GROUNDS) or _relied.changed()
    return None if instead is None else f"{instead}, not what the library ships"
