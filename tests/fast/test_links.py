"""Hyperlinks are DRF's, and made once for a request where every key stands in the same URL."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

ROWS = (
    *("absolute", "accepted_version", "defaulted", "ascii", "choices", "code", "composed"),
    *("empty", "format_asked", "host_version", "https", "keyword", "language", "many_keys"),
    *("many_texts", "model", "named", "namespace_by_name", "namespaced", "nested", "of_a_request"),
    *(
        "of_the_row",
        "one_by_code",
        "one_by_nick",
        "one_key",
        "one_text",
        "optional",
        "pages",
        "prefixed",
        "queried_version",
        "routed",
    ),
    *(
        "routed_by_suffix",
        "routed_simply",
        "slug",
        "streamed",
        "streamed_of_a_request",
        "suffixed",
        "suffixed_otherwise",
        "unversioned_name",
    ),
    *("versioned", "words"),
)
DRFS = (
    *(
        "any_path",
        "backwards",
        "by_relation",
        "defaulted_first",
        "digits",
        "dotted",
        "looking",
        "looking_behind",
    ),
    *(
        "negative",
        "no_text",
        "not_text",
        "nothing",
        "own_field",
        "own_scheme",
        "slashed",
        "text_key_by_code",
        "twice",
        "unknown",
    ),
    "values",
)
MOVING = ("another_language", "another_prefix", "another_urlconf", "another_version")
# Which have no URL, so that DRF raises.
FAILING = {"negative", "no_text", "not_text", "unknown", "values"}
HUNTED = 150


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_links") as dsn, inside({"databases": {"default": dsn}}) as running:
        running.call("linking.models:begin")
        yield running


def test_all_cases_are_tried(project: Inside) -> None:
    """What the project has is what stands above."""
    assert project.call("linking.asking:names") == [sorted(ROWS), sorted(DRFS), sorted(MOVING)]


@pytest.mark.parametrize("case", ROWS)
def test_links_are_drfs_without_a_row_in_python(project: Inside, case: str) -> None:
    """Status, headers, bytes and data, from rows, by as many statements."""
    told = project.call("linking.asking:compared", of=case)

    assert told["ours"] == told["theirs"]
    assert told["way"] == "rows"
    assert "streamed" in case or told["sent"][1] == told["sent"][0]


@pytest.mark.parametrize("case", DRFS)
def test_a_link_that_is_not_certain_is_made_by_drf(project: Inside, case: str) -> None:
    """So it is DRF's, or the error that DRF raises."""
    told = project.call("linking.asking:compared", of=case)

    assert told["ours"] == told["theirs"]
    assert told["way"] != "rows"


@pytest.mark.parametrize("way", ["instances", "data"])
@pytest.mark.parametrize("case", sorted({*ROWS, *DRFS, *MOVING} - FAILING))
def test_links_of_rows_that_django_reads_are_drfs(project: Inside, case: str, way: str) -> None:
    """Status, headers, bytes and data, whatever is prepared, and whatever changes meanwhile."""
    told = project.call("linking.asking:compared", of=case, way=way)

    assert told["ours"] == told["theirs"]
    assert told["way"].startswith(f"{way}:")


@pytest.mark.parametrize("case", sorted(FAILING))
def test_what_has_no_link_raises_what_drf_raises(project: Inside, case: str) -> None:
    """In a list with a method field too."""
    told = project.call("linking.asking:compared", of=case, way="instances")

    assert told["ours"] == told["theirs"]
    assert "Error" in told["ours"][0] or "ImproperlyConfigured" in told["ours"][0]


@pytest.mark.parametrize(("case", "made"), [("routed", 4), ("one_key", 4), ("many_texts", 8)])
def test_a_url_is_prepared_where_django_reads_the_rows(
    project: Inside, case: str, made: int
) -> None:
    """Django makes those of two rows and of two probes, and of keys that have to be quoted."""
    theirs, ours = project.call("linking.asking:reversed_for", of=case)

    assert theirs > 10
    assert ours == made


@pytest.mark.parametrize("seed", [0, 1_000])
def test_links_of_random_keys_by_random_patterns_are_drfs(project: Inside, seed: int) -> None:
    """Whatever is in a key, and whichever pattern Django takes for it."""
    wrong, as_rows = project.call("linking.hunt:hunted", seed=seed, count=HUNTED)

    assert wrong == []
    assert as_rows > HUNTED / 3


@pytest.mark.parametrize(("case", "way"), [("routed", "rows"), ("looking", "instances")])
def test_the_plan_tells_whether_links_are_prepared(project: Inside, case: str, way: str) -> None:
    """It makes those of the request that it asks with, as a list would."""
    [told] = project.call("linking.asking:planned", of=case)

    assert told == way
