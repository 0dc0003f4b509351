"""What a shadow request does when DRF agrees, when it does not, and when rows change meanwhile."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from rest_framework.serializers import CharField

from fast.shop.asking import ask, way_of
from fast.shop.views import FlatFields, NoteFields

Told = dict[str, Any]
SERIALIZERS: dict[str, Any] = {"notes-flat/": FlatFields, "own-pages/": NoteFields}


class Shouting(CharField):
    def to_representation(self, value: Any) -> str:
        return str(super().to_representation(value)).upper()


class Failing(CharField):
    def to_representation(self, value: Any) -> str:
        raise ArithmeticError(value)


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[list[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append([record.levelname, record.getMessage()])


@contextmanager
def log() -> Iterator[list[list[str]]]:
    logger, kept = logging.getLogger("rowpath.fast"), _Kept()
    logger.addHandler(kept)
    logger.setLevel(logging.INFO)
    try:
        yield kept.messages
    finally:
        logger.removeHandler(kept)


@contextmanager
def declared(path: str, field: CharField) -> Iterator[None]:
    """Change a serializer's field while the process runs, which the plan made before never sees."""
    declared = SERIALIZERS[path]._declared_fields  # noqa: SLF001 - where its fields are
    declared["text"] = field
    try:
        yield
    finally:
        del declared["text"]


def statements(share: float, requests: int) -> list[int]:
    """Return how many statements each of several requests ran."""
    counts = []
    with override_settings(ROWPATH={"shadow": share}):
        for _ in range(requests):
            with CaptureQueriesContext(connection) as captured:
                assert way_of(ask("notes-flat/", "fast")) == "compiled"
            counts.append(len(captured))
    return counts


def agreement() -> Told:
    with override_settings(ROWPATH={"shadow": 1.0}), log() as messages:
        ways = [way_of(ask(f"{name}/", "fast")) for name in ("notes", "notes-flat", "whole")]
    return {"ways": ways, "messages": messages}


def difference(path: str) -> Told:
    """Ask before a field changes, after it, and once more; then another view."""
    with override_settings(ROWPATH={"shadow": 1.0}):
        before = ask(path, "fast", User="alice")
        with log() as messages, declared(path, Shouting()):
            answers = [ask(path, "fast", User="alice") for _ in range(2)]
            theirs = ask(path, "drf", User="alice")
        other = ask("whole/", "fast")
    return {
        "before": before.content.decode(),
        "theirs": theirs.content.decode(),
        "answers": [answer.content.decode() for answer in answers],
        "ways": [way_of(answer) for answer in (before, *answers)],
        "other": way_of(other),
        "messages": messages,
    }


def failure() -> Told:
    with override_settings(ROWPATH={"shadow": 1.0}):
        ask("notes-flat/", "fast")
        with log() as messages, declared("notes-flat/", Failing()):
            raised = _raised()
        afterwards = way_of(ask("notes-flat/", "fast"))
    return {"raised": raised, "afterwards": afterwards, "messages": messages}


def _raised() -> str:
    try:
        ask("notes-flat/", "fast")
    except ArithmeticError as error:
        return type(error).__name__
    return "nothing"


def change_meanwhile() -> Told:
    """Let another session change a row right after the lean statement has run."""
    other = connection.copy()
    changed = False

    def change(text: str) -> None:
        with other.cursor() as cursor:
            cursor.execute("UPDATE shop_note SET text = %s WHERE id = 1", [text])

    def change_after(execute: Any, *arguments: Any) -> Any:
        nonlocal changed
        result = execute(*arguments)
        if not changed:
            changed = True
            change("changed meanwhile")
        return result

    with override_settings(ROWPATH={"shadow": 1.0}), log() as messages:
        with connection.execute_wrapper(change_after):
            answer = ask("notes-flat/", "fast")
        afterwards = ask("notes-flat/", "fast")
        change("plain 0")
    other.close()
    return {
        "is_drfs": answer.content == afterwards.content and b"changed meanwhile" in answer.content,
        "afterwards": way_of(afterwards),
        "messages": messages,
    }
