"""Reads a file of the user's own experiments, and tells what is wrong with it before all else."""

import ast
import re
import shlex
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

from pydantic import TypeAdapter, ValidationError

from rowpath.errors import UsageError
from rowpath.lab.applications import Command
from rowpath.lab.experiment import (
    WHOLE_TABLE,
    Experiment,
    Figure,
    Group,
    Request,
    SameAnswer,
    Variant,
)
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.load.hosts import is_loopback, parts_of
from rowpath.lab.measures import OneAtATime
from rowpath.lab.servers.own_program import at_port

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_MODULE = "rowpath_own_experiments"
_ANY_PORT = 1


def is_own_file(argument: str) -> bool:
    """Return whether an argument names a file of experiments, not an experiment."""
    return argument.endswith(".py")


def own_experiments(path: Path) -> tuple[Experiment, ...]:
    """Run the file at `path`, and return the experiments that stand in it at its top level.

    UsageError with the file and the line for the first thing that is wrong with it.
    """
    text = _text(path)
    tree = _parsed(path, text)
    module = _executed(path, tree)
    found = [
        _Found(name, value, _line_of(tree, name))
        for name, value in vars(module).items()
        if isinstance(value, Experiment)
    ]
    if not found:
        raise _refused(path, 1, "it has no Experiment at its top level")
    for each in found:
        for problem in _problems(each.experiment):
            raise _refused(path, each.line, f"{each.name}: {problem}")
    names = Counter(each.experiment.name for each in found)
    for each in found:
        if names[each.experiment.name] > 1:
            problem = f"more than one experiment is called {each.experiment.name}"
            raise _refused(path, each.line, problem)
    return tuple(each.experiment for each in found)


@dataclass(frozen=True, slots=True)
class _Found:
    """An experiment, the name that it is assigned to, and the line where that is done."""

    name: str
    experiment: Experiment
    line: int


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"Cannot read {path}: {error.strerror}. Give a Python file of experiments."
        ) from error


def _parsed(path: Path, text: bytes) -> ast.Module:
    try:
        return ast.parse(text, filename=str(path))
    except SyntaxError as error:
        raise _refused(path, error.lineno or 1, f"{error.msg} ({type(error).__name__})") from error
    except ValueError as error:  # a null byte
        raise _refused(path, 1, str(error)) from error


def _executed(path: Path, tree: ast.Module) -> ModuleType:
    """Return the module that the file makes; its own folder is where it imports from first."""
    module = ModuleType(_MODULE)
    module.__file__ = str(path.resolve())
    sys.modules[_MODULE] = module  # dataclasses look their module up
    sys.path.insert(0, str(path.resolve().parent))
    try:
        exec(compile(tree, str(path), "exec"), vars(module))  # noqa: S102 the user's own file
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == str(path)]
        line = (lines[-1] if lines else None) or 1
        reason = " ".join(str(error).split())
        raise _refused(path, line, f"{type(error).__name__}: {reason}") from error
    finally:
        sys.path.pop(0)
    return module


def _line_of(tree: ast.Module, name: str) -> int:
    """Return the line that last gives the name a value, 1 where that is nowhere to be seen."""
    lines = [
        node.lineno
        for node in tree.body
        if any(isinstance(each, ast.Name) and each.id == name for each in _targets(node))
    ]
    return lines[-1] if lines else 1


def _targets(node: ast.stmt) -> Sequence[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def _refused(path: Path, line: int, problem: str) -> UsageError:
    return UsageError(
        f"Cannot run {path}, line {line}: {problem.rstrip('.')}. "
        "Correct the file; nothing was started."
    )


def _problems(experiment: Experiment) -> Iterator[str]:
    """Yield what is wrong; what comes later may rest on what came before."""
    yield from _mistyped(experiment)
    if experiment.name in {each.name for each in EXPERIMENTS}:
        yield f"a built-in experiment is called {experiment.name}, too"
    if experiment.data is not None:
        yield "its data is one of the lab's datasets; own applications have none, so set data=None"
    yield from _unfit_names(experiment)
    for group in experiment.groups:
        yield from _of_group(group)
    for claim in experiment.claims:
        for name in (claim.variant, claim.baseline):
            if name not in {variant.name for variant in experiment.variants}:
                yield f"a claim speaks of {name!r}, which is no variant"


def _mistyped(value: object) -> Iterator[str]:
    """Yield each field, at any depth, whose value is of another type than is declared."""
    if isinstance(value, tuple):
        for each in value:
            yield from _mistyped(each)
    if not is_dataclass(value) or isinstance(value, type):
        return
    hints = get_type_hints(type(value))
    for field in fields(value):
        held = getattr(value, field.name)
        try:
            TypeAdapter(hints[field.name]).validate_python(held, strict=True)
        except ValidationError as error:
            first = error.errors()[0]
            yield f"{field.name} of {type(value).__name__} is {held!r}: {first['msg']}"
        else:
            yield from _mistyped(held)


def _unfit_names(experiment: Experiment) -> Iterator[str]:
    if not experiment.groups:
        yield "it has no groups"
    names = [variant.name for variant in experiment.variants]
    kinds = (("variant", names), ("group", [group.name for group in experiment.groups]))
    for kind, each in kinds:
        for name, count in Counter(each).items():
            if count > 1:
                yield f"{count} {kind}s are called {name}"
    apps = {variant.application for variant in experiment.variants}
    for name, count in Counter(str(app) for app in apps).items():
        if count > 1:
            yield f"{count} different applications are called {name}"
    for name in (experiment.name, *names, *map(str, apps)):
        if not _NAME.fullmatch(name):
            yield f"the name {name!r} has other characters than letters, digits, '.', '_' and '-'"


def _of_group(group: Group) -> Iterator[str]:
    if group.baseline not in {variant.name for variant in group.variants}:
        yield f"the baseline {group.baseline!r} of the group {group.name} is none of its variants"
    if not isinstance(group.measure, OneAtATime):
        yield f"the group {group.name} is not measured one request at a time"
    if group.leads is Figure.MEMORY:
        yield f"the group {group.name} is about memory, which is not known of own applications"
    if group.of:
        yield f"the group {group.name} speaks of the lab's table {group.of!r}"
    if not group.sizes or any(size <= WHOLE_TABLE for size in group.sizes + group.thorough_sizes):
        yield f"the sizes of the group {group.name} are not all above 0"
    for variant in group.variants:
        yield from _of_variant(variant)


def _of_variant(variant: Variant) -> Iterator[str]:
    if not isinstance(variant.asks, Request) or not isinstance(variant.expects, SameAnswer):
        yield f"the variant {variant.name} does not ask by a Request and expect a SameAnswer"
        return
    if len(variant.conditions) != 1 or variant.beside or variant.memory_limit_mib:
        yield f"the variant {variant.name} has conditions, company or limits of the lab's own"
    if not variant.asks.path.startswith("/"):
        yield f"the path {variant.asks.path!r} of {variant.name} does not begin with /"
    app = variant.asks.app
    url = at_port(app.url, _ANY_PORT)
    try:
        outside = not is_loopback(url)
        parts = parts_of(url)
    except UsageError as error:
        yield str(error)
        return
    if outside:
        yield f"{app.url} is no address of this machine's loopback"
    if parts.scheme != "http" or parts.path.strip("/") or parts.query:
        yield f"{app.url} is not http://host:port alone; the path stands in the Request"
    if isinstance(app, Command):
        yield from _of_command(app)


def _of_command(app: Command) -> Iterator[str]:
    try:
        words = shlex.split(app.command)
    except ValueError as error:
        yield f"the command {app.command!r} cannot be split: {error}"
        return
    if not words:
        yield f"the command of {app.name} is empty"
    if not app.ready.startswith("/"):
        yield f"the path {app.ready!r} by which {app.name} is ready does not begin with /"
