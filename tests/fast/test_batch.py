"""Relations that nobody loaded are loaded at once, and the list is DRF's all the same."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

ALIASES = ("default", "lite")
# Of each case how many statements its list sends, by DRF and with the mixin.
SENT = {
    "a_list": (48, 6),
    "all_loaded": (4, 4),
    "asking": (159, 102),
    "by_a_function": (55, 54),
    "by_slug": (9, 2),
    "changing_queries": (55, 22),
    "clear": (48, 42),
    "copying": (105, 64),
    "deferred": (57, 25),
    "dumping": (47, 14),
    "everything": (49, 7),
    "key_of_a_number": (9, 9),
    "keys_alone": (17, 3),
    "many": (55, 54),
    "mentors": (18, 6),
    "missing": (40, 6),
    "mixed": (44, 10),
    "moving": (41, 6),
    "naming": (59, 18),
    "naming_behind": (59, 18),
    "no_row": (0, 0),
    "novels": (7, 3),
    "of_novels": (12, 12),
    "one_row": (5, 5),
    "overriding": (57, 7),
    "own_making": (9, 9),
    "own_manager": (9, 9),
    "prefetched": (35, 7),
    "prefetching": (47, 28),
    "raw": (55, 54),
    "received": (49, 17),
    "refreshing": (55, 36),
    "refused": (49, 50),
    "renumbering": (71, 29),
    "routed": (49, 49),
    "save": (53, 52),
    "selected": (43, 6),
    "text_of_writer": (7, 2),
    "threaded": (39, 6),
    "told_of": (9, 9),
    "turned_off": (49, 49),
    "twice": (38, 6),
    "two_of_one": (17, 2),
    "undone": (87, 87),
    "unreadable": (4, 5),
    "unordered": (9, 9),
    "unordered_at_once": (9, 2),
    "update": (55, 54),
    "wrapping": (47, 6),
}
# In which no list is read within a transaction: what the database refuses there is the answer.
OUTSIDE = {"refused"}
REPRESENTED = {"overriding", "unreadable"}
# What has rows of PostgreSQL alone, or a function or value that is only there.
ELSEWHERE = {(case, "lite") for case in ("a_list", "by_a_function", "mixed", "twice", "unreadable")}
HUNTED = 40


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_batching") as dsn, inside({"databases": {"default": dsn}}) as running:
        running.call("batching.models:begin")
        yield running


def test_all_cases_are_tried(project: Inside) -> None:
    """What the project has is what stands above."""
    assert project.call("batching.asking:names") == sorted(SENT)


@pytest.mark.parametrize(
    ("case", "alias"),
    [(case, alias) for case in SENT for alias in ALIASES if (case, alias) not in ELSEWHERE],
)
def test_a_list_whose_relations_nobody_loaded_is_drfs(
    project: Inside, case: str, alias: str
) -> None:
    """Bytes, data, calls and what is left of the connection, with so many statements."""
    is_atomic, again = case not in OUTSIDE, alias == "default"
    said = {"alias": alias, "is_atomic": is_atomic, "again": again}

    told = project.call("batching.asking:compared", of=case, **said)

    assert told["ours"] == told["theirs"]
    assert tuple(told["sent"]) == SENT[case]
    assert told["way"] == ("data" if case in REPRESENTED else "instances")


def test_what_the_database_refuses_in_a_transaction_passes(project: Inside) -> None:
    """The transaction is broken then, so no other statement can be tried."""
    said = {"alias": "default", "is_atomic": True, "again": True}

    told = project.call("batching.asking:compared", of="broken", **said)

    assert told["ours"][0][0] == "DataError: division by zero"


def test_that_a_session_has_ended_is_told_as_by_drf(project: Inside) -> None:
    """No other statement is tried, whose error would be that of a connection that is closed."""
    said = {"alias": "default", "is_atomic": False, "again": True}

    told = project.call("batching.asking:compared", of="cut_off", **said)

    assert told["ours"] == told["theirs"]
    assert "terminating connection" in told["ours"][0][0]


@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("seed", [0, 1_000])
def test_random_lists_are_drfs_with_no_more_statements(
    project: Inside, seed: int, alias: str
) -> None:
    """Random serializers, nested and with methods that change what they read or write it."""
    wrong, sent, answered = project.call(
        "batching.hunt:hunted", seed=seed, count=HUNTED, alias=alias
    )

    assert wrong == []
    assert sent[1] < sent[0] * 0.75
    assert answered > HUNTED * 0.8


def test_a_row_that_is_left_asks_for_itself(project: Inside) -> None:
    """What the list has read for it is gone, and a pickle of it has nothing of rowpath's."""
    assert project.call("batching.asking:left") == {"sent": 2, "pickled": False, "wrappers": 0}


def test_a_large_list_is_asked_for_in_pieces(project: Inside) -> None:
    """So that neither parameters nor memory grow with it."""
    theirs, ours = project.call("batching.asking:large")

    assert theirs == 2_501
    assert ours == 1 + 2 + 3


def test_what_is_selected_without_names_is_loaded(project: Inside) -> None:
    """That is what is never null, and what that leads to."""
    assert project.call("batching.asking:planned_of_all") == ["book__writer"]


def test_the_plan_tells_what_is_loaded_at_once_and_why_the_rest_is_not(project: Inside) -> None:
    """Of the relations that the queryset does not load, through those that it does."""
    told = project.call("batching.asking:planned")

    assert told["at_once"] == ["writer__city", "cover", "labels", "chapters__label"]
    assert told["row_by_row"] == {
        "reviews": "the rows of Review are in no certain order",
        "remarks": "the manager of Remark has a get_queryset of its own",
        "made": "Made has a __init__ of its own",
    }
    assert "It loads writer__city, cover, labels, chapters__label at once" in told["text"]


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ('SELECT "a"."b", COUNT(*) AS "n" FROM "a" WHERE "a"."b" IN (1, 2)', True),
        ('(SELECT "a"."b" FROM "a") UNION (SELECT "a"."b" FROM "a")', True),
        ("SELECT nextval('a')", False),
        ('SELECT "own" ("a"."b") FROM "a"', False),
        ("SELECT 1; DELETE FROM a", False),
        ("SELECT a INTO b FROM c", False),
        ("UPDATE a SET b = 1", False),
        ("SAVEPOINT a", False),
        ("WITH a AS (DELETE FROM b RETURNING c) SELECT c FROM a", False),
        ("SET ROLE a", False),
    ],
)
def test_a_statement_only_reads_if_all_that_it_calls_is_known(
    project: Inside, sql: str, *, reads: bool
) -> None:
    assert project.call("batching.asking:only_read", sql=sql) is reads


def test_models_have_nothing_of_rowpaths(project: Inside) -> None:
    """Whoever looks at all that a class has, as DRF's OrderingFilter does, finds Django's."""
    assert project.call("batching.asking:of_rowpath") == []
