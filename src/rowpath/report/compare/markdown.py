"""Two runs compared, in Markdown as it goes into a pull request or a job's summary."""

from collections.abc import Iterable, Iterator

from rowpath.lab.comparing.comparison import ChangeVerdict, Comparison
from rowpath.report.compare import sentences
from rowpath.report.markdown_text import inert

_STRONG = (ChangeVerdict.REGRESSION, ChangeVerdict.IMPROVEMENT)


def render(comparison: Comparison) -> str:
    """Return the comparison as GitHub's Markdown."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    for sentence in sentences.failures(comparison):
        yield from (f"> **{inert(sentence)}**", "")
    yield from (inert(sentences.heading(comparison)), "")
    for section in sentences.sections(comparison):
        yield from (f"**{inert(section.title)}**", "")
        yield _row(sentences.HEADERS)
        yield _row(("---", "--:", "--:", "--:", "---"))
        for change, cells in section.lines:
            *figures, said = map(inert, cells)
            yield _row((*figures, f"**{said}**" if change.verdict in _STRONG else said))
        yield ""
    yield from (f"- {inert(sentence)}" for sentence in sentences.notes(comparison))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
