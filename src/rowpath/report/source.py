"""What a variant is written as and what it sent: Python and SQL, highlighted for HTML."""

import re
from dataclasses import dataclass
from operator import attrgetter

import sqlparse
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import PostgresLexer, PythonLexer
from sqlparse.exceptions import SQLParseError

from rowpath.lab.record import ExperimentRecord, StatementRecord, VariantRecord

_LIGHT, _DARK = "default", "github-dark"
"""Pygments' styles whose every colour has enough contrast on the page's backgrounds."""
_CSS_CLASS = "code"
_LIMIT = re.compile(r"\bLIMIT\s+\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Where and how often a statement was sent by one request."""

    setup: str
    rows: int
    statement: StatementRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class SentStatement:
    """A distinct statement, shown once, with all requests that sent it.

    `limits_differ` says that the requests sent it with other numbers after LIMIT than shown.
    """

    sql: Markup
    sightings: tuple[Sighting, ...]
    limits_differ: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantSource:
    """A variant's code beside its SQL."""

    name: str
    title: str
    app: str
    code: Markup
    statements: tuple[SentStatement, ...]


def sources(record: ExperimentRecord) -> tuple[VariantSource, ...]:
    """Return code and SQL of every variant of an experiment, each once, in their order."""
    variants: dict[str, list[VariantRecord]] = {}
    for variant in sorted(record.variants, key=attrgetter("rows")):
        variants.setdefault(variant.name, []).append(variant)
    order = dict.fromkeys(variant.name for variant in record.variants)
    return tuple(_source(variants[name]) for name in order)


def stylesheet(*, dark: bool) -> str:
    """Return the CSS that colours highlighted code."""
    formatter = _formatter(dark=dark)
    return str(formatter.get_style_defs(f".{_CSS_CLASS}"))  # type: ignore[no-untyped-call] # stubs


def python(code: str) -> Markup:
    """Return Python code as HTML."""
    return _html(code, PythonLexer())


def sql(text: str) -> Markup:
    """Return a statement as HTML, laid out in lines.

    sqlparse refuses what is very long or deep; such a statement is shown as it was sent.
    """
    try:
        laid_out = sqlparse.format(text, reindent=True, keyword_case="upper")
    except SQLParseError:
        laid_out = text
    return _html(laid_out, PostgresLexer())


def _source(variants: list[VariantRecord]) -> VariantSource:
    first = variants[0]
    return VariantSource(
        name=first.name,
        title=first.title,
        app=first.app,
        code=python(first.code),
        statements=_sent(variants),
    )


def _sent(variants: list[VariantRecord]) -> tuple[SentStatement, ...]:
    # Django writes the number into the text, so a statement would stand here once a size.
    grouped: dict[str, list[Sighting]] = {}
    for variant in variants:
        for statement in variant.statements:
            grouped.setdefault(_LIMIT.sub("LIMIT", statement.text), []).append(
                Sighting(setup=variant.setup, rows=variant.rows, statement=statement)
            )
    return tuple(
        SentStatement(
            sql=sql(sightings[0].statement.text),
            sightings=tuple(sightings),
            limits_differ=len({each.statement.text for each in sightings}) > 1,
        )
        for sightings in grouped.values()
    )


def _html(text: str, lexer: Lexer) -> Markup:
    html = highlight(text.strip("\n"), lexer, _formatter(dark=False))
    return Markup(html)  # noqa: S704 (pygments escapes what it highlights)


def _formatter(*, dark: bool) -> HtmlFormatter[str]:
    return HtmlFormatter(style=_DARK if dark else _LIGHT, cssclass=_CSS_CLASS)
