"""Which receivers of a model's signals do nothing for it, proved from their source.

Packages connect receivers of post_init for every model, and have them return at once for those that
are none of their concern. So a receiver's statements are followed here with the model that it would
be called for: as long as each only asks what the model is, its outcome is certain. Whatever else a
receiver does leaves it unproved.
"""

import abc
import ast
import inspect
import linecache
import operator
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary, ref

from django.db import models
from django.db.models.options import Options
from django.db.models.query_utils import DeferredAttribute

from rowpath.fast.bounded import Bounded
from rowpath.fast.codes import nested
from rowpath.fast.stores import kept

# More than any list of models that a receiver looks through.
_STEPS = 10_000


class _UnprovedError(Exception):
    """A step whose outcome is not certain, or that does something."""


@dataclass(frozen=True, slots=True)
class _Instance:
    """Stands for an instance of which only the class is known."""

    model: type[models.Model]


_UNKNOWN = object()


@dataclass(slots=True)
class _Ground:
    """What was found on the way to a verdict, and may be another later."""

    found: list[tuple[Callable[[], Any], Any]] = field(default_factory=list)
    containers: list[tuple[Any, tuple[Any, ...]]] = field(default_factory=list)

    def holds(self) -> bool:
        """Whether all of it is still so."""
        return all(find() is value for find, value in self.found) and all(
            _is_still(items, container) for container, items in self.containers
        )

    def find(self, find: Callable[[], Any]) -> Any:
        """Return what `find` finds."""
        value = find()
        self.found.append((find, value))
        return value


def _items(container: Any) -> tuple[Any, ...]:
    return (*container, *container.values()) if type(container) is dict else tuple(container)


def _is_still(items: tuple[Any, ...], container: Any) -> bool:
    now = _items(container)
    return len(now) == len(items) and all(map(operator.is_, now, items))


@dataclass(frozen=True, slots=True)
class _Verdict:
    does_nothing: bool
    ground: _Ground
    owner: ref[Any] | None


# By function, whose method it is, signal and model. What a verdict stands on leads back to the
# function, so no weak reference would ever let go of one.
_verdicts: Bounded[_Verdict] = kept(Bounded(1_000))


def does_nothing(receiver: Any, signal: object, model: type[models.Model]) -> bool:
    """Whether `receiver` is certain to do nothing when `model` sends pre_init or post_init."""
    owner, function = getattr(receiver, "__self__", None), getattr(receiver, "__func__", receiver)
    if not isinstance(function, FunctionType):
        return False
    key = (function, id(owner), signal is models.signals.post_init, model)
    make = partial(_verdict, receiver, owner, signal, model)
    verdict = _verdicts.get(key, make)
    is_anothers = verdict.owner is not None and verdict.owner() is not owner
    if is_anothers or not verdict.ground.holds():
        verdict = make()
        _verdicts.put(key, verdict)
    return verdict.does_nothing


def _verdict(receiver: Any, owner: Any, signal: object, model: type[models.Model]) -> _Verdict:
    given = {"signal": signal, "sender": model}
    if signal is models.signals.post_init:
        given["instance"] = _Instance(model)
    else:
        given |= {"args": _UNKNOWN, "kwargs": _UNKNOWN}
    following = _Following()
    try:
        following.call(receiver, (), given)
        is_proved = True
    except Exception:  # noqa: BLE001 - whatever it is, nothing is certain
        is_proved = False
    return _Verdict(is_proved, following.ground, None if owner is None else ref(owner))


def name_of(receiver: Any) -> str:
    """Return where `receiver` was written."""
    named = receiver if hasattr(receiver, "__qualname__") else type(receiver)
    return f"{named.__module__}.{named.__qualname__}"


@dataclass(slots=True)
class _Returned:
    value: Any = None


@dataclass(slots=True)
class _Following:
    """Follows functions step by step. Every method raises _UnprovedError."""

    steps: int = 0
    ground: _Ground = field(default_factory=_Ground)

    def call(self, called: Any, args: Sequence[Any], given: Mapping[str, Any]) -> Any:
        """Return what `called` returns."""
        if isinstance(called, MethodType):
            called, args = called.__func__, (called.__self__, *args)
        if called in _ASKING:
            return _ASKING[called](*args, **given)
        if not isinstance(called, FunctionType):
            raise _UnprovedError
        self.ground.find(partial(getattr, called, "__code__"))
        bound = inspect.signature(called, follow_wrapped=False).bind(*args, **given)
        bound.apply_defaults()
        frame = _Frame(called, dict(bound.arguments), self)
        returned = frame.run(_definition(called).body)
        return returned.value if returned is not None else None

    def step(self) -> None:
        """Count a step."""
        self.steps += 1
        if self.steps > _STEPS:
            raise _UnprovedError


@dataclass(slots=True)
class _Frame:
    """One call of a function."""

    function: FunctionType
    names: dict[str, Any]
    following: _Following
    _closure: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self._closure = dict(
            zip(self.function.__code__.co_freevars, self.function.__closure__ or (), strict=True)
        )

    def run(self, body: list[ast.stmt]) -> _Returned | None:
        """Follow `body`; None if it ends without a return."""
        for statement in body:
            self.following.step()
            if (returned := self._statement(statement)) is not None:
                return returned
        return None

    def _statement(self, statement: ast.stmt) -> _Returned | None:
        match statement:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return None
            case ast.Return(value=value):
                return _Returned(None if value is None else self.value(value))
            case ast.If(test=test, body=body, orelse=orelse):
                return self.run(body if _is_true(self.value(test)) else orelse)
            case ast.For(target=ast.Name(id=name), iter=iterated, body=body, orelse=[]):
                return self._loop(name, self.value(iterated), body)
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                self.names[name] = self.value(value)
                return None
            case ast.ImportFrom(module=module, names=imported, level=level):
                self._import(module, imported, level)
                return None
        raise _UnprovedError

    def _loop(self, name: str, iterated: Any, body: list[ast.stmt]) -> _Returned | None:
        if type(iterated) not in _CONTAINERS:
            raise _UnprovedError
        for one in list(iterated):
            self.names[name] = one
            if (returned := self.run(body)) is not None:
                return returned
        return None

    def _import(self, module: str | None, imported: list[ast.alias], level: int) -> None:
        package = self.function.__globals__["__package__"].split(".")
        base = package[: len(package) - level + 1] if level else []
        # What was imported before: importing may do anything.
        found = sys.modules[".".join([*base, *(module.split(".") if module else [])])]
        for one in imported:
            self.names[one.asname or one.name] = self._found_in(vars(found), one.name)

    def _found_in(self, names: dict[str, Any], name: str) -> Any:
        return self.following.ground.find(partial(names.__getitem__, name))

    def value(self, expression: ast.expr) -> Any:
        """Return what `expression` is."""
        self.following.step()
        value = self._value(expression)
        if type(value) in (list, set, dict):
            self.following.ground.containers.append((value, _items(value)))
        return value

    def _value(self, expression: ast.expr) -> Any:  # noqa: PLR0911 - one for each kind
        match expression:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._name(name)
            case ast.Attribute(value=owner, attr=name):
                return self._attribute(self.value(owner), name)
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(key))):
                return _item(self.value(owner), key)
            case ast.Tuple() | ast.List() | ast.Set():
                return _BUILT[type(expression)](self.value(one) for one in expression.elts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not _is_true(self.value(operand))
            case ast.BoolOp(op=op, values=[*first, last]):
                return self._either(first, last, until=isinstance(op, ast.Or))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _compared(self.value(left), op, self.value(right))
            case ast.Call(func=called, args=args, keywords=keywords):
                return self._call(called, args, keywords)
        raise _UnprovedError

    def _either(self, first: list[ast.expr], last: ast.expr, *, until: bool) -> Any:
        for one in first:
            if _is_true(value := self.value(one)) is until:
                return value
        return self.value(last)

    def _name(self, name: str) -> Any:
        if name in self.names:
            return self.names[name]
        code = self.function.__code__
        if name in code.co_varnames or name in code.co_cellvars:
            raise _UnprovedError
        if name in self._closure:
            return self.following.ground.find(
                partial(getattr, self._closure[name], "cell_contents")
            )
        if name in self.function.__globals__:
            return self._found_in(self.function.__globals__, name)
        return vars(sys.modules["builtins"])[name]

    def _attribute(self, owner: Any, name: str) -> Any:
        if isinstance(owner, (_Instance, type)) or type(owner) is Options:
            return _of_class(owner, name)
        if isinstance(owner, ModuleType):
            return self._found_in(vars(owner), name)
        if type(owner).__getattribute__ not in _OWN_READING:
            raise _UnprovedError
        found = inspect.getattr_static(owner, name)
        if name in vars(owner) and found is vars(owner)[name]:
            return self._found_in(vars(owner), name)
        return MethodType(found, owner) if isinstance(found, FunctionType) else _plain(found)

    def _call(self, called: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> Any:
        match called:
            case ast.Attribute(value=owner, attr="get") if len(args) == 1 and not keywords:
                asked = self.value(owner)
                if type(asked) is dict:
                    return asked.get(self.value(args[0]))
        given = {str(one.arg): self.value(one.value) for one in keywords}
        if "None" in given:  # **options
            raise _UnprovedError
        return self.following.call(self.value(called), [self.value(one) for one in args], given)


_CONTAINERS = (list, tuple, set, frozenset, dict)
_PLAIN = (bool, int, str)
_OWN_READING: tuple[Any, ...] = (object.__getattribute__,)
_OF_CLASSES = ("__name__", "__qualname__", "__module__")
_BUILT: dict[type, Callable[[Iterator[Any]], Any]] = {
    ast.Tuple: tuple,
    ast.List: list,
    ast.Set: set,
}


def _is_true(value: Any) -> bool:
    if value is None or type(value) in (*_PLAIN, *_CONTAINERS):
        return bool(value)
    raise _UnprovedError


def _of_class(owner: Any, name: str) -> Any:
    """Return an attribute of a class, or one of an instance that its class has."""
    if isinstance(owner, _Instance):
        return {"__class__": owner.model, "_meta": owner.model._meta}[name]
    if type(owner) is Options or name in _OF_CLASSES:
        return getattr(owner, name)
    return _plain(_static(owner, name))


def _static(cls: type, name: str, *default: Any) -> Any:
    if type(cls).__getattribute__ is not type.__getattribute__:
        raise _UnprovedError
    return inspect.getattr_static(cls, name, *default)


def _plain(found: Any) -> Any:
    """Return what a class has if reading it from there runs no code."""
    if isinstance(found, staticmethod):
        return found.__func__
    if isinstance(found, (FunctionType, type)) or not hasattr(type(found), "__get__"):
        return found
    raise _UnprovedError


def _item(owner: Any, key: str) -> Any:
    if type(owner) is not dict:
        raise _UnprovedError
    return owner[key]


def _compared(left: Any, op: ast.cmpop, right: Any) -> bool:
    match op:
        case ast.Is():
            return _certain(left) is _certain(right)
        case ast.IsNot():
            return _certain(left) is not _certain(right)
        case ast.Eq():
            return bool(_comparable(left) == _comparable(right))
        case ast.NotEq():
            return bool(_comparable(left) != _comparable(right))
        case ast.In():
            return _comparable(left) in _comparable(right)
        case ast.NotIn():
            return _comparable(left) not in _comparable(right)
    raise _UnprovedError


def _certain(value: Any) -> Any:
    if value is _UNKNOWN:
        raise _UnprovedError
    return value


def _comparable(value: Any) -> Any:
    """Return `value` if comparing it runs no code of anybody's."""
    if type(value) in _CONTAINERS:
        for one in value:
            _comparable(one)
        return value
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, type) and type(value).__eq__ is object.__eq__:
        return value
    raise _UnprovedError


def _is_instance(value: Any, classes: Any) -> bool:
    _check_classes(classes)
    if isinstance(value, _Instance):
        return issubclass(value.model, classes)
    return isinstance(_certain(value), classes)


def _is_subclass(cls: Any, classes: Any) -> bool:
    _check_classes(classes)
    return issubclass(_certain(cls), classes)


_CLASSES_ASK_BY: tuple[Any, ...] = (type, abc.ABCMeta)


def _check_classes(classes: Any) -> None:
    for one in classes if type(classes) is tuple else (classes,):
        for check in ("__instancecheck__", "__subclasscheck__"):
            asks = getattr(type(one), check)
            if all(asks is not getattr(known, check) for known in _CLASSES_ASK_BY):
                raise _UnprovedError


def _has(owner: Any, name: str) -> bool:
    """Return whether a class or an instance has an attribute, if neither answer runs code."""
    cls, asked = (owner.model,) * 2 if isinstance(owner, _Instance) else (owner, type(owner))
    if not isinstance(cls, type):
        raise _UnprovedError
    found = _static(cls, name, _UNKNOWN)
    if found is _UNKNOWN:
        if name == "_state" or inspect.getattr_static(asked, "__getattr__", None) is not None:
            raise _UnprovedError
        return False
    if not isinstance(found, (classmethod, DeferredAttribute)):
        _plain(found)
    return True


def _get(owner: Any, name: str, *default: Any) -> Any:
    if not isinstance(owner, (_Instance, type)):
        raise _UnprovedError
    return _of_class(owner, name) if not default or _has(owner, name) else default[0]


def _type(value: Any) -> type:
    return value.model if isinstance(value, _Instance) else type(_certain(value))


def _of_classes(ask: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: False if isinstance(value, _Instance) else ask(_certain(value))


_ASKING: dict[Any, Callable[..., Any]] = {
    isinstance: _is_instance,
    issubclass: _is_subclass,
    hasattr: _has,
    getattr: _get,
    type: _type,
    inspect.isclass: _of_classes(inspect.isclass),
    inspect.isabstract: _of_classes(inspect.isabstract),
}

_definitions: WeakKeyDictionary[FunctionType, tuple[CodeType, ast.FunctionDef | None]]
_definitions = kept(WeakKeyDictionary())


def _definition(function: FunctionType) -> ast.FunctionDef:
    """Return the source of `function`, if that is what runs."""
    code, found = _definitions.get(function, (None, None))
    if code is not function.__code__:
        found = _read(function.__code__)
        _definitions[function] = function.__code__, found
    if found is None:
        raise _UnprovedError
    return found


def _read(code: CodeType) -> ast.FunctionDef | None:
    if code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        return None
    source = "".join(linecache.getlines(code.co_filename))
    try:
        compiled = compile(source, code.co_filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    # The file may be another by now, or something may have rewritten what was read from it.
    if code not in nested(compiled):
        return None
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return next((node for node in found if _is_of(node, code)), None)


def _is_of(node: ast.FunctionDef, code: CodeType) -> bool:
    lines = [node.lineno, *(one.lineno for one in node.decorator_list)]
    return node.name == code.co_name and min(lines) == code.co_firstlineno
