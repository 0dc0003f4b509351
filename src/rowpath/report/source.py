"""What a variant is written as and what it sent: Python and SQL, highlighted for HTML."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

import sqlparse
from markupsafe import Markup
from pygments import highlight
from pygments.filter import Filter
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import DiffLexer, PostgresLexer, PythonLexer
from pygments.token import Name, Punctuation, Text, Whitespace
from sqlparse.exceptions import SQLParseError

from rowpath.lab.record import VariantRecord
from rowpath.report.statements import MOST_STATEMENTS, Sent, sent

_LIGHT, _DARK = "default", "github-dark"
"""Pygments' styles whose every colour has enough contrast on the page's backgrounds."""
_CSS_CLASS = "code"
_PLAIN = {Name, Punctuation, Whitespace}
_MOST_LAYOUT = 5
"""A statement that its layout makes so many times as long is mostly white space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentStatement:
    """A distinct statement as HTML, with all that was seen of it."""

    sql: Markup
    sent: Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantSource:
    """A variant's code beside its SQL; `hidden` is how many distinct statements are not shown."""

    name: str
    title: str
    app: str
    code: Markup
    statements: tuple[SentStatement, ...]
    hidden: int


def sources(variants: Iterable[VariantRecord]) -> tuple[VariantSource, ...]:
    """Return code and SQL of every variant, each once for all set-ups and sizes, in their order."""
    grouped: dict[str, list[VariantRecord]] = {}
    for variant in variants:
        grouped.setdefault(variant.name, []).append(variant)
    return tuple(_source(sorted(same, key=attrgetter("rows"))) for same in grouped.values())


def stylesheet(*, dark: bool) -> str:
    """Return the CSS that colours highlighted code."""
    formatter = _formatter(dark=dark)
    return str(formatter.get_style_defs(f".{_CSS_CLASS}"))  # type: ignore[no-untyped-call] # stubs


def python(code: str) -> Markup:
    """Return Python code as HTML."""
    return _html(code, PythonLexer())


def difference(text: str) -> Markup:
    """Return a unified diff as HTML."""
    return _html(text, DiffLexer())


@cache  # variants often send the same statement, and laying one out takes a while
def sql(text: str) -> Markup:
    """Return a statement as HTML, laid out in lines.

    sqlparse refuses what is very long or deep, and indents long lists by more at every item; such
    a statement is shown as it was sent.
    """
    try:
        laid_out = sqlparse.format(text, reindent=True, keyword_case="upper")
    except SQLParseError:
        laid_out = text
    return _html(laid_out if len(laid_out) < _MOST_LAYOUT * len(text) else text, PostgresLexer())


def _source(variants: list[VariantRecord]) -> VariantSource:
    first, statements = variants[0], sent(variants)
    return VariantSource(
        name=first.name,
        title=first.title,
        app=first.app,
        code=python(first.code),
        statements=tuple(
            SentStatement(sql=sql(each.shown.text), sent=each)
            for each in statements[:MOST_STATEMENTS]
        ),
        hidden=max(0, len(statements) - MOST_STATEMENTS),
    )


class _PlainFilter(Filter):
    """Takes out the marks that no style colours, which are most of a statement's weight."""

    def filter(
        self, lexer: Lexer | None, stream: Iterable[tuple[Any, str]]
    ) -> Iterator[tuple[Any, str]]:
        """Yield names, punctuation and spaces as plain text."""
        del lexer  # pygments'
        for kind, value in stream:
            yield (Text if kind in _PLAIN else kind), value


def _html(text: str, lexer: Lexer) -> Markup:
    lexer.add_filter(_PlainFilter())
    html = highlight(text.strip("\n"), lexer, _formatter(dark=False))
    return Markup(html)  # noqa: S704 (pygments escapes what it highlights)


def _formatter(*, dark: bool) -> HtmlFormatter[str]:
    return HtmlFormatter(style=_DARK if dark else _LIGHT, cssclass=_CSS_CLASS)
