"""A run as one HTML file that needs no network.

The page's Content-Security-Policy forbids everything but its own style sheet and its two scripts,
each named by its hash, so text from a run can never be run, whatever it holds. Vega usually makes
functions from text, which such a policy refuses; its interpreter (`ast: true`) draws the same
charts without, so the policy needs no `unsafe-eval`.
"""

import base64
import hashlib
from functools import cache

import vl_convert
from altair.vegalite import SCHEMA_VERSION as VEGA_LITE_VERSION
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rowpath.lab.record import Run
from rowpath.report import claim_columns, figures, notes, source
from rowpath.report.chapters import chapters
from rowpath.report.findings import findings
from rowpath.report.missing import missing
from rowpath.report.tables import Cell
from rowpath.report.verdicts import SYMBOLS, symbol, tally
from rowpath.report.views import in_order

_BUNDLE_SNIPPET = "window.vegaEmbed = vegaEmbed;"


def render(run: Run) -> str:
    """Return the report of a run as one HTML document, to be written as UTF-8."""
    templates = _templates()
    experiments = in_order(run)
    style = _text(templates, "report.css", source=source)
    page, library = _text(templates, "report.js"), _library()
    return templates.get_template("report.html").render(
        run=run,
        policy=_policy(style=style, scripts=(library, page)),
        style=style,
        library=library,
        script=page,
        experiments=experiments,
        chapters=chapters(run, experiments),
        findings=findings(run),
        has_claims=any(record.claims for record in run.experiments),
        claim_columns=claim_columns.COLUMNS,
        tally=tally(claim for record in run.experiments for claim in record.claims),
        missing=missing(run),
    )


def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("rowpath.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "sort_keys": True}
    environment.globals.update(figures=figures, notes=notes, symbol=symbol, known_verdicts=SYMBOLS)
    environment.filters["words"] = figures.words
    environment.filters["kind"] = _kind
    return environment


def _kind(cell: Cell) -> str:
    """Return the name by which a template finds the macro that lays a cell out."""
    return type(cell).__name__


def _text(templates: Environment, name: str, **values: object) -> Markup:
    return Markup(templates.get_template(name).render(**values))  # noqa: S704 (our own files)


@cache
def _library() -> Markup:
    """Return Vega, Vega-Lite and Vega-Embed in the version that the charts are written for."""
    version = ".".join(VEGA_LITE_VERSION.split(".")[:2])
    bundle = vl_convert.javascript_bundle(_BUNDLE_SNIPPET, vl_version=version)
    # Both would end the script element or change how it is read; in a string, which is the only
    # place where a program has them, the backslash changes nothing.
    inert = bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return Markup(inert)  # noqa: S704 (a library's code)


def _policy(*, style: str, scripts: tuple[str, ...]) -> str:
    allowed = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
