"""Which relations give for many instances at once what they give for each of them alone."""

import inspect
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections, router
from django.db.models import (
    CharField,
    ForeignKey,
    ManyToManyField,
    Model,
    OneToOneField,
    TextField,
)
from django.db.models.fields.files import FileDescriptor, ImageFileDescriptor
from django.db.models.fields.related_descriptors import (
    ForeignKeyDeferredAttribute,
    ForwardManyToOneDescriptor,
    ForwardOneToOneDescriptor,
    ManyToManyDescriptor,
    ReverseManyToOneDescriptor,
    ReverseOneToOneDescriptor,
)
from django.db.models.query_utils import DeferredAttribute

from rowpath.fast.django.kinds import check_sent
from rowpath.fast.django.managers import check_made
from rowpath.fast.django.models import check_base_manager, check_instances
from rowpath.fast.django.prefetches import check_manager
from rowpath.fast.django.ties import in_one_order
from rowpath.fast.fallback import CannotCompileError

_FORWARD = (ForwardManyToOneDescriptor, ForwardOneToOneDescriptor)
_KINDS = (
    *_FORWARD,
    ManyToManyDescriptor,
    ReverseManyToOneDescriptor,
    ReverseOneToOneDescriptor,
)
_MANY = (ManyToManyDescriptor, ReverseManyToOneDescriptor)
_ATTRIBUTES = (DeferredAttribute, FileDescriptor, ForeignKeyDeferredAttribute, ImageFileDescriptor)
# By which Django finds what a field leads to.
_FINDING = (
    *("cache_name", "get_cached_value", "is_cached", "set_cached_value"),
    *("get_extra_descriptor_filter", "get_extra_restriction", "get_joining_fields"),
    *("get_forward_related_filter", "get_reverse_related_filter", "get_lookup"),
    *("get_foreign_related_value", "get_local_related_value", "get_instance_value_for_fields"),
    *("foreign_related_fields", "local_related_fields", "related_fields", "related_query_name"),
)
# Where texts are equal only if they are the same.
_EXACT = frozenset(("postgresql", "sqlite"))
_TEXTS = frozenset(("CharField", "SlugField", "TextField"))

ADD_AN_ORDER = (
    'Add the primary key to its Meta.ordering, or say ROWPATH = {"batch": "unordered"}: then its '
    "rows come in the order that they have for prefetch_related()."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A relation of a model's instances."""

    name: str
    descriptor: Any
    to: type[Model]
    is_many: bool
    key: str
    """The attribute of an instance by which the others are found."""
    back: Any = None
    """What leads back from each of them: its cached value is the instance, as Django sets it."""
    is_ordered: bool = True
    """Whether the others of one instance are in one order, whatever the database's plan is."""

    @property
    def is_forward(self) -> bool:
        """Whether the instance has the key of the other one."""
        return type(self.descriptor) in _FORWARD

    def is_inherited(self, instance: Model) -> bool:
        """Whether Django takes the others from the parent of `instance`, which it has."""
        if self.is_many:  # since Django 6.1
            links: Any = instance._meta.parents.values()
            return any(link is not None and link.is_cached(instance) for link in links)
        if not self.is_forward:
            return False
        link: Any = instance._meta.get_ancestor_link(self.descriptor.field.model)
        return link is not None and link.is_cached(instance)

    def prefetcher(self, instance: Model) -> Any:
        """Return what has get_prefetch_querysets()."""
        return getattr(instance, self.name) if self.is_many else self.descriptor


def leads_to(model: type[Model], name: str) -> type[Model] | None:
    """Return the model to which the relation `name` leads; None if there is none to be loaded."""
    descriptor = inspect.getattr_static(model, name, None)
    return None if type(descriptor) not in _KINDS else _of(name, descriptor).to


def relation_of(model: type[Model], name: str, *, is_given: bool = False) -> Relation:
    """Return the relation `name` of `model`.

    Raises CannotCompileError if it may give another thing for many instances at once. With
    `is_given` others than its manager say which rows it has.
    """
    descriptor: Any = inspect.getattr_static(model, name, None)
    if type(descriptor) not in _KINDS:
        raise CannotCompileError(f"{model.__name__}.{name} is no relation of Django's own")
    if router.routers:
        raise CannotCompileError("a database router may look at each row")
    found = _of(name, descriptor)
    _check_fields(descriptor)
    check_instances(found.to)
    _check_attributes(found.to)
    if not found.is_many:
        check_base_manager(found.to)
        return found
    check_made(found.to) if is_given else check_manager(found.to)
    return found


def in_no_order(relation: Relation) -> CannotCompileError:
    """Return the error that says that the rows of `relation` are in no order."""
    return CannotCompileError(
        f"the rows of {relation.to.__name__} are in no certain order", change=ADD_AN_ORDER
    )


def name_of_manager(model: type[Model], made_by: type) -> str | None:
    """Return the to-many relation of `model` for which Django has made the class of a manager."""
    return managers_of(model).get(made_by)


def managers_of(model: type[Model]) -> dict[type, str]:
    """Return the classes of managers that Django makes for the to-many relations of `model`."""
    meta = model._meta
    names = (
        *(one.get_accessor_name() for one in meta.related_objects),
        *(one.name for one in meta.many_to_many),
    )
    found: dict[type, str] = {}
    for name in filter(None, names):
        descriptor: Any = inspect.getattr_static(model, name, None)
        if type(descriptor) in _MANY:
            found[descriptor.related_manager_cls] = name
    return found


def _of(name: str, descriptor: Any) -> Relation:
    kind = type(descriptor)
    if kind in _FORWARD:
        field = descriptor.field
        remote = field.remote_field
        return Relation(
            name=name,
            descriptor=descriptor,
            to=remote.model,
            is_many=False,
            key=field.attname,
            back=None if remote.multiple else remote,
        )
    if kind is ReverseOneToOneDescriptor:
        field = descriptor.related.field
        to = descriptor.related.related_model
        key = _only(field.foreign_related_fields).attname
        return Relation(name=name, descriptor=descriptor, to=to, is_many=False, key=key, back=field)
    rel = descriptor.rel
    if kind is ReverseManyToOneDescriptor:
        return Relation(
            name=name,
            descriptor=descriptor,
            to=rel.related_model,
            is_many=True,
            key=_only(rel.field.foreign_related_fields).attname,
            back=rel.field,
            is_ordered=in_one_order(rel.related_model, frozenset((rel.field.attname,))),
        )
    to = rel.related_model if descriptor.reverse else rel.model
    return Relation(
        name=name,
        descriptor=descriptor,
        to=to,
        is_many=True,
        key=_only(_source(descriptor).foreign_related_fields).attname,
        is_ordered=in_one_order(to, frozenset()),
    )


def _source(descriptor: Any) -> Any:
    """Return the field of the table between that leads to the instance itself."""
    field = descriptor.rel.field
    name = field.m2m_reverse_field_name() if descriptor.reverse else field.m2m_field_name()
    return descriptor.rel.through._meta.get_field(name)


def _only(fields: Any) -> Any:
    if len(fields) != 1:
        raise CannotCompileError("its key has several columns")
    return fields[0]


def _check_fields(descriptor: Any) -> None:
    """Raise CannotCompileError unless the relation is found by one key, as Django finds it."""
    if type(descriptor) is ManyToManyDescriptor:
        _check_field(descriptor.rel.field, ManyToManyField)
        through: Any = descriptor.rel.through
        fields: list[Any] = [*filter(_leads_on, through._meta.fields)]
    elif type(descriptor) in _FORWARD:
        fields = [descriptor.field]
    elif type(descriptor) is ReverseOneToOneDescriptor:
        fields = [descriptor.related.field]
    else:
        fields = [descriptor.rel.field]
        _check_way_back(descriptor.rel.field)
    field: Any
    for field in fields:
        base = OneToOneField if isinstance(field, OneToOneField) else ForeignKey
        _check_field(field, base)
        check_sent(field)
        _only(field.foreign_related_fields)
        if field.remote_field.parent_link:
            raise CannotCompileError("it leads to the parent or the child of a row")
        to: Any = field.remote_field.model
        if not all(one._meta.managed for one in (to, field.model)):
            raise CannotCompileError(f"the keys of {to.__name__} need not hold: it is not managed")


def _check_way_back(field: Any) -> None:
    """Raise CannotCompileError if more happens than Django's where a row learns whose it is."""
    found = inspect.getattr_static(field.model, field.name, None)
    if type(found) not in _FORWARD:
        raise CannotCompileError(f"{field.model.__name__}.{field.name} is no relation of Django's")


def _leads_on(field: Any) -> bool:
    return bool(field.is_relation)


def _check_attributes(model: type[Model]) -> None:
    """Raise CannotCompileError if a value of an instance may be more than what was read."""
    for field in model._meta.concrete_fields:
        found = inspect.getattr_static(model, field.attname, None)
        if type(found) not in _ATTRIBUTES:
            raise CannotCompileError(f"{model.__name__}.{field.attname} is not the plain column")


def _check_field(field: Any, base: type) -> None:
    if not isinstance(field, base):
        raise CannotCompileError(f"{field} is a {type(field).__name__}")
    for name in _FINDING:
        ours = inspect.getattr_static(base, name, None)
        if inspect.getattr_static(type(field), name, None) is not ours:
            raise CannotCompileError(f"{type(field).__name__} has a {name} of its own")


def usual_key(relation: Relation, instance: Model, key: Any) -> bool:
    """Whether rows are found by `key` if, and only if, they have a key that is equal to it."""
    columns = _columns(relation)
    if type(key) in (int, UUID):
        # Which a database finds as a text where that is what it has.
        return not any(isinstance(column, (CharField, TextField)) for column in columns)
    if type(key) is not str:
        return False
    vendor = connections[instance._state.db or "default"].vendor
    return vendor in _EXACT and all(map(is_exact_text, columns))


def _columns(relation: Relation) -> tuple[Any, ...]:
    descriptor = relation.descriptor
    if type(descriptor) is ManyToManyDescriptor:
        source = _source(descriptor)
        return (source.target_field,)
    if type(descriptor) in _FORWARD:
        return (descriptor.field.target_field,)
    field = descriptor.related.field if not relation.is_many else descriptor.rel.field
    return (field.target_field,)


def is_exact_text(field: Any) -> bool:
    """Whether values of `field` are texts that are equal only if they are the same."""
    return field.get_internal_type() in _TEXTS and getattr(field, "db_collation", None) is None
