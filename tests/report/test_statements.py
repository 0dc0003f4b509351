import dataclasses

import pytest
from record_parts import HOSTILE, timed
from report_runs import experiment

from rowpath.lab.record import PlaceRecord, StatementRecord, VariantRecord
from rowpath.report.notes import plan_seen, shortened, source
from rowpath.report.notes import sent as sent_in_words
from rowpath.report.statements import Shown, sent, shown_plan, shown_sql

_CHOSEN = "SELECT a FROM t WHERE id IN ({ids})"
_INSERT = "INSERT INTO t VALUES {rows}"


def inserting(rows: int) -> str:
    """Return an INSERT of so many rows of placeholders."""
    return _INSERT.format(rows=", ".join(["(%s, %s)"] * rows))


def statement(text: str, *, plan: str | None = None, rows: int | None = 1) -> StatementRecord:
    """Return a statement that was sent once."""
    return StatementRecord(text=text, count=1, duration_ms=2.0, rows=rows, plan=plan)


def sending(
    *statements: StatementRecord, rows: int = 100, setup: str = "controlled"
) -> VariantRecord:
    """Return a variant that sent these statements."""
    return timed("x", ms=1.0, rows=rows, setup=setup, statements=statements)


def test_rows_that_repeat_are_left_out_and_counted() -> None:
    """Of five hundred rows of placeholders two are shown, with how many more there are."""
    text = inserting(500)

    shown = shown_sql(text)

    assert shown.text == "INSERT INTO t VALUES (%s, %s), (%s, %s), /* 498 more */"
    assert shown.whole == len(text)
    assert shortened(shown) == "Shortened: all 5,019 characters are in the run's JSON file."


@pytest.mark.parametrize(
    ("repeated", "shown"),
    [
        (", ".join(["%s"] * 30), "%s, %s, /* 28 more */"),
        (
            ", ".join(f"%(id_{place})s::BIGINT" for place in range(30)),
            "%(id_0)s::BIGINT, %(id_1)s::BIGINT, /* 28 more */",
        ),
        (
            " ".join(["WHEN (id = %s) THEN %s"] * 30),
            "WHEN (id = %s) THEN %s WHEN (id = %s) THEN %s /* 28 more */",
        ),
    ],
)
def test_what_frameworks_repeat_is_left_out(repeated: str, shown: str) -> None:
    """Lists of values of Django and SQLAlchemy, and the cases of a bulk_update, are shortened."""
    assert shown_sql(_CHOSEN.format(ids=repeated)).text == _CHOSEN.format(ids=shown)


def test_a_short_statement_is_shown_as_it_was_sent() -> None:
    """Three values are no repetition that anybody needs to be spared."""
    text = "SELECT a FROM t WHERE a IN (%s, %s, %s) AND b IN ((%s, %s), (%s, %s))"

    assert shown_sql(text) == Shown(text=text, whole=None)
    assert shortened(shown_sql(text)) == ""


def test_a_statement_without_repetition_is_cut() -> None:
    """Nothing is longer than a reader can use, however it came to be so long."""
    text = "SELECT " + ", ".join(f"column_{place}" for place in range(50_000))

    shown = shown_sql(text)

    assert len(shown.text) < 4_000
    assert shown.text.endswith(" \N{HORIZONTAL ELLIPSIS}")
    assert shown.whole == len(text)


def test_a_plan_is_cut_line_by_line_and_in_whole() -> None:
    """A condition with thousands of values does not hide the lines below it."""
    condition = "  Index Cond: (id = ANY ('{" + ",".join(map(str, range(9_000))) + "}'::bigint[]))"

    shown = shown_plan(f"Index Scan on t\n{condition}\n  Buffers: 3")

    assert shown.text.endswith(" \N{HORIZONTAL ELLIPSIS}\n  Buffers: 3")
    assert len(shown.text) < 400
    assert shown.whole is not None
    assert len(shown_plan("Append\n" * 50_000).text) < 7_000


def test_a_plan_that_ends_its_last_line_is_whole() -> None:
    """A line's end at the end is nothing left out."""
    assert shown_plan("Seq Scan on t\n") == Shown(text="Seq Scan on t", whole=None)


def test_a_list_of_values_as_long_as_the_size_makes_no_other_statement() -> None:
    """A prefetch at two sizes is one statement, and its text the shorter."""
    few, many = (_CHOSEN.format(ids=", ".join(["%s"] * rows)) for rows in (2, 300))

    (only,) = sent([sending(statement(few), rows=2), sending(statement(many), rows=300)])

    assert only.shown.text == few
    assert only.varies
    assert [each.rows for each in only.sightings] == [2, 300]


def test_batches_of_one_request_are_one_sighting() -> None:
    """A last batch that is shorter than the others is counted with them."""
    first, last = (
        dataclasses.replace(
            statement(inserting(rows), rows=rows),
            count=count,
        )
        for rows, count in ((500, 3), (20, 1))
    )

    (only,) = sent([sending(first, last)])

    (sighting,) = only.sightings
    assert (sighting.count, sighting.sent_rows, sighting.duration_ms) == (4, 520, 4.0)


def test_savepoints_are_one_statement() -> None:
    """Django numbers its savepoints, and a loop of them is still a loop."""
    loop = [statement(f'SAVEPOINT "s14_x{number}"', rows=None) for number in range(50)]

    (only,) = sent([sending(*loop)])

    assert only.sightings[0].count == 50
    assert only.sightings[0].sent_rows is None


def test_plans_that_differ_in_numbers_alone_are_shown_once() -> None:
    """A plan's costs and values change with every size; its form is what a reader looks for."""
    plans = ["Seq Scan on t  (cost=0..9 rows=9)", "Seq Scan on t  (cost=0..50.5 rows=300)"]
    small, large = (
        sending(statement("SELECT 1", plan=plan), rows=rows)
        for plan, rows in zip(plans, (9, 300), strict=True)
    )

    (only,) = sent([small, large])

    (plan,) = only.plans
    assert plan.shown.text == plans[0]
    assert plan_seen(plan, names_setups=False) == "9 and 300 rows (numbers from the first)"


def test_plans_of_another_form_are_shown_with_where_they_were_seen() -> None:
    """Each distinct plan stands once, with its set-ups and sizes."""
    variants = [
        sending(statement("SELECT 1", plan=plan), rows=rows, setup=setup)
        for plan, rows, setup in (
            ("Seq Scan on t", 1, "as-told"),
            ("Index Scan on t", 1, "controlled"),
            ("Seq Scan on t", 1_000, "as-told"),
            ("Seq Scan on t", 1_000, "controlled"),
        )
    ]

    (only,) = sent(variants)

    assert [plan_seen(plan, names_setups=True) for plan in only.plans] == [
        "as told, 1 and 1,000 rows; controlled, 1,000 rows",
        "controlled, 1 row",
    ]


def place(line: int, count: int) -> PlaceRecord:
    """Return a line of a file that sent a statement so often."""
    return PlaceRecord(
        file="shop/views.py", line=line, function="List.get", code="list(rows)", count=count
    )


def test_a_line_is_told_once_with_the_most_that_it_sent() -> None:
    """Over sizes and batches it is one place; its count is that of a request."""
    small, first, last = (
        dataclasses.replace(statement(inserting(rows)), count=count, places=(place(3, count),))
        for rows, count in ((10, 1), (500, 3), (20, 1))
    )

    (only,) = sent([sending(small, rows=10), sending(first, last, rows=1_520)])

    (found,) = only.sources
    assert source(found) == "shop/views.py:3 in List.get, 4 times a request"


def test_duplicates_are_told_with_how_often_a_statement_is_sent() -> None:
    """A loop that asks again for what it has is another mistake than one that does not."""
    asked = dataclasses.replace(statement("SELECT 1"), count=40, duplicates=30)

    (only,) = sent([sending(asked)])

    assert sent_in_words(only.sightings) == (
        "sent 40 times a request, 30 of them with the values of another, 2.00 ms in all"
    )


def test_a_statement_that_nobody_explains_has_no_plan() -> None:
    """COPY and SET have none."""
    (only,) = sent([sending(statement("COPY t FROM STDIN"))])

    assert only.plans == ()


def test_hostile_text_is_only_text() -> None:
    """What statements are told apart by does not act on what they hold."""
    assert shown_sql(HOSTILE).text == HOSTILE
    assert len(sent([sending(statement(HOSTILE), statement("SELECT 1"))])) == 2


def test_every_statement_of_the_whole_run_is_short_enough_to_lay_out() -> None:
    """What is shown of a bulk insert is far from what the layouter refuses."""
    texts = [
        each.shown.text for variant in experiment("writes").variants for each in sent([variant])
    ]

    assert max(map(len, texts)) < 4_000
