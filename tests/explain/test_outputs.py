"""The forms that findings are written in, of an explanation made by hand."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from sarif_pydantic import Sarif

from explain.made_explanation import SOURCE, explanation_of
from rowpath.errors import UsageError
from rowpath.explain import baseline
from rowpath.explain.baseline import from_json, without
from rowpath.explain.changes.edits import insertion
from rowpath.explain.values import Confidence, Explanation, Kind
from rowpath.report.explain import github, markdown, terminal
from rowpath.report.explain.sarif import to_sarif
from rowpath.report.explain.sentences import changed_lines
from rowpath.stats.interval import Interval


@pytest.fixture
def explanation(tmp_path: Path) -> Explanation:
    """A proved finding with a change, and advice on a statement."""
    return explanation_of(tmp_path)


def test_markdown_has_the_change_as_a_diff(explanation: Explanation) -> None:
    """A table of requests comes first, then each finding with its place and its proof."""
    lines = markdown.render(explanation).splitlines()

    assert lines[2] == "| `/books/` | 25 | 20.0 | 2 |"
    assert lines[4] == "**proved: 1 statement for every Book** (24 statements of 25 of `/books/`)"
    assert '+titel = "ä𝄞"; books = Book.objects.all().select_related("author")' in lines
    assert 'SELECT "a|b"' in lines


def test_github_gets_a_line_for_each_finding(explanation: Explanation) -> None:
    """What would end a property or a line is escaped, as GitHub says."""
    first, second = github.render(explanation).splitlines()

    assert first.startswith(
        "::warning file=shop.py,line=1,title=rowpath proved%3A 1 statement for every Book::"
        "/books/%0A-"
    )
    assert second.startswith("::notice file=shop.py,line=1,title=rowpath advice%3A ")
    assert second.endswith("::/books/%0AAsk once: 100%25.")


def overview_of(explanation: Explanation, **changed: object) -> str:
    """The line of a request in the overview of many, whose proved finding is another."""
    (request,) = explanation.requests
    finding = replace(request.findings[0], **changed)  # type: ignore[arg-type]
    one = replace(request, statements=1, findings=(finding,))
    many = replace(explanation, requests=(one,) * 4)
    return terminal.render(many).plain.splitlines()[0]


@pytest.mark.parametrize(
    ("high", "told"), [(0.6, "10.0 ms can be saved"), (1.1, "1 proved, without a difference")]
)
def test_a_change_that_spares_no_statement_is_told_by_its_time(
    explanation: Explanation, high: float, told: str
) -> None:
    """What is proved never counts as a finding without a change."""
    ratio = Interval(estimate=0.5, low=0.4, high=high)
    proof = explanation.requests[0].findings[0].proof
    assert proof is not None
    line = overview_of(explanation, proof=replace(proof, statements_before=1, ratio=ratio))

    assert line.startswith("/books/      1 statement ")
    assert told in line


def test_advice_alone_has_no_change(explanation: Explanation) -> None:
    """Its number is told where nothing can be saved."""
    line = overview_of(explanation, confidence=Confidence.ADVICE)

    assert line.endswith("1 without a change")


def test_a_change_elsewhere_says_where(explanation: Explanation, tmp_path: Path) -> None:
    """Below the line that reads stands the file that is changed; empty lines are left out."""
    models = tmp_path / "models.py"
    models.write_text("class Book:\n    title = 1\n")
    edit = insertion(str(models), 2, 13, "\n\n    class Meta:\n        indexes = []")
    finding = replace(explanation.requests[0].findings[0], edits=(edit,))

    assert changed_lines(finding, str(tmp_path)) == [
        "models.py:2",
        "+    class Meta:",
        "+        indexes = []",
    ]


def test_what_is_about_no_statement_has_no_share(explanation: Explanation) -> None:
    """Columns that nobody reads are none of a request's statements."""
    (request,) = explanation.requests
    finding = replace(request.findings[0], statements=0)
    one = replace(explanation, requests=(replace(request, findings=(finding,)),))

    assert "**proved: 1 statement for every Book** (`/books/`)" in markdown.render(one)
    assert "1 statement for every Book\n" in terminal.render(one).plain


def sarif(explanation: Explanation) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(to_sarif(explanation))["runs"][0]
    return run


def test_sarif_has_the_fix_in_its_own_columns(explanation: Explanation) -> None:
    """Columns count from 1 in UTF-16, where bytes of UTF-8 are more."""
    proved, advice = sarif(explanation)["results"]
    (change,) = proved["fixes"][0]["artifactChanges"]
    end = len(SOURCE.strip()) + 1 + 1  # the clef takes two

    assert change["artifactLocation"] == {"uri": "shop.py", "uriBaseId": "ROOT"}
    assert change["replacements"] == [
        {
            "deletedRegion": {
                "startLine": 1,
                "startColumn": end,
                "endLine": 1,
                "endColumn": end,
            },
            "insertedContent": {"text": '.select_related("author")'},
        }
    ]
    assert (proved["level"], advice["level"], "fixes" in advice) == ("warning", "note", False)


def test_sarif_names_only_rules_that_it_declares(explanation: Explanation) -> None:
    """Each kind of finding is a rule with a sentence."""
    run = sarif(explanation)
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}

    assert rules == set(Kind)
    assert {result["ruleId"] for result in run["results"]} <= rules


def unknown(model: BaseModel) -> Iterator[str]:
    """Yield the names in a model, and in what it holds, that its class does not declare."""
    yield from model.model_extra or ()
    for name in type(model).model_fields:
        value = getattr(model, name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, BaseModel):
                yield from unknown(each)


def test_sarif_keeps_to_the_models_of_its_standard(explanation: Explanation) -> None:
    """Every name is one of SARIF 2.1.0, with a value of its type."""
    log = Sarif.model_validate_json(to_sarif(explanation))

    assert list(unknown(log)) == ["columnKind"]  # of the standard's runs; the models lack it
    assert log.runs[0].results is not None
    assert len(log.runs[0].results) == 2


def test_a_baseline_accepts_what_it_was_written_of(explanation: Explanation) -> None:
    """With its own baseline a run has no findings, whatever line they have moved to."""
    accepted = from_json(baseline.to_json(explanation), "baseline.json")
    new = without(explanation, accepted)

    assert new.requests[0].findings == ()
    assert new.notes == ("2 findings are accepted by the baseline",)
    assert {each.function for each in accepted} == {"books", "lookup"}
    assert b'"line"' not in baseline.to_json(explanation)


def test_a_baseline_does_not_accept_what_is_new(explanation: Explanation) -> None:
    """A finding of another relation stays."""
    accepted = {
        each for each in from_json(baseline.to_json(explanation), "-") if each.path != "author"
    }
    (request,) = without(explanation, frozenset(accepted)).requests

    assert [each.paths for each in request.findings] == [("author",)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"[", "Expecting"),
        (b"{}", "there is no 'schema_version'"),
        (b'{"schema_version": 2, "accepted": []}', "its schema_version is 2, not 1"),
        (b'{"schema_version": 1, "accepted": [{}]}', "there is no 'kind'"),
    ],
)
def test_what_is_no_baseline_is_told(text: bytes, reason: str) -> None:
    """The reason is told, and how to write one."""
    with pytest.raises(UsageError, match=f"Cannot read the baseline b.json: {reason}"):
        from_json(text, "b.json")
