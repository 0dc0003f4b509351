"""A run as one HTML file that needs no network.

The page's Content-Security-Policy forbids everything but its own style sheet and its two scripts,
each named by its hash, so text from a run can never be run, whatever it holds. Vega usually makes
functions from text, which such a policy refuses; its interpreter (`ast: true`) draws the same
charts without, so the policy needs no `unsafe-eval`.
"""

from jinja2 import Environment

from rowpath.lab.record import Run
from rowpath.report import claim_columns, figures, notes, page, trust
from rowpath.report.chapters import chapters
from rowpath.report.findings import findings
from rowpath.report.missing import missing
from rowpath.report.tables import Cell
from rowpath.report.verdicts import SYMBOLS, other_versions, symbol, tally
from rowpath.report.views import in_order


def render(run: Run) -> str:
    """Return the report of a run as one HTML document, to be written as UTF-8."""
    templates = _templates()
    experiments = in_order(run)
    return templates.get_template("report.html").render(
        run=run,
        **page.frame(templates),
        experiments=experiments,
        chapters=chapters(run, experiments),
        findings=findings(run),
        has_claims=any(record.claims for record in run.experiments),
        claim_columns=claim_columns.COLUMNS,
        tally=tally(claim for record in run.experiments for claim in record.claims),
        other_versions=other_versions(
            claim for record in run.experiments for claim in record.claims
        ),
        missing=missing(run),
        is_traced=_is_traced(run),
        failures=trust.failures(run),
        trust_summary=trust.summary(run),
        trust_stages=trust.stages(run),
    )


def _is_traced(run: Run) -> bool:
    """Return whether instruments saw any request: what they see is explained where they did."""
    return any(figures.is_traced(each) for record in run.experiments for each in record.variants)


def _templates() -> Environment:
    environment = page.templates()
    environment.globals.update(figures=figures, notes=notes, symbol=symbol, known_verdicts=SYMBOLS)
    environment.filters["words"] = figures.words
    environment.filters["kind"] = _kind
    return environment


def _kind(cell: Cell) -> str:
    """Return the name by which a template finds the macro that lays a cell out."""
    return type(cell).__name__
