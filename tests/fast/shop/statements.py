"""What of the fast path's statement the project's own tools see, and how its values are bound."""

import pickle
from contextlib import nullcontext
from typing import Any

from django.core.paginator import Paginator
from django.db import connection, connections, transaction
from django.db.models import F, Q
from django.db.models.sql import Query
from django.test import SimpleTestCase, TestCase
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils.functional import cached_property
from rest_framework.pagination import PageNumberPagination

from fast.shop.answering import asked, how, seen
from fast.shop.asking import ask, same, way_of
from fast.shop.models import Note
from fast.shop.views import NOTES, Flat
from fast.shop.ways import fast

Told = list[Any]


def wrappers() -> Told:
    """Return the statements that a wrapper sees, each with its parameters."""
    seen: Told = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        seen.append([sql, list(params), many, context["connection"] is connections["default"]])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        way = way_of(ask("own/", "fast", User="alice"))
    return [way, seen]


def wrapper_that_refuses() -> list[str]:
    """Return what each way raises when a wrapper lets nothing through."""

    def refuse(*_: Any) -> Any:
        raise RuntimeError("no statement may run here")

    raised = []
    for way in ("drf", "fast"):
        try:
            with connection.execute_wrapper(refuse):
                ask("notes-flat/", way)
        except RuntimeError as error:
            raised.append(str(error))
    return raised


def _changed(change: str, sql: str, params: Any) -> tuple[str, Any]:
    if change == "puts-a-statement-before-it":
        return f"SET application_name = 'named'; {sql}", params
    if change == "puts-a-statement-behind-it":
        return f"{sql}; RESET application_name", params
    if change == "gives-other-parameters":
        return sql, [2 if value == 1 else value for value in params]
    return f"/* of a view */ {sql} /*route='100%%25'*/", params


def wrapper_that_changes(change: str, *, in_transaction: bool) -> Told:
    """Return whether a list whose statement is changed is DRF's, and how it was answered."""
    view = _new_view()

    def changing(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        changed, given = _changed(change, sql, params)
        execute(changed, given, many, context)
        if changed.startswith("SET"):
            context["cursor"].nextset()

    within = transaction.atomic if in_transaction else nullcontext
    with connection.execute_wrapper(changing):
        with within():
            theirs = seen(asked(view))
        with within():
            answer = asked(fast(view))
            ours = seen(answer)
    return [ours == theirs, how(answer)]


def _new_view() -> Any:
    """Return a view of which nothing is known yet."""
    return type("Own", (Flat,), {"queryset": NOTES.filter(owner=1)})


def wrapper_that_keeps_changing() -> Told:
    """Return whether all lists are DRF's, the reasons, and how often the lean statement came."""
    view, statements = _new_view(), []

    def changing(execute: Any, sql: str, *more: Any) -> Any:
        statements.append(sql)
        execute(f"SET application_name = 'named'; {sql}", *more)
        more[-1]["cursor"].nextset()

    with connection.execute_wrapper(changing):
        theirs = seen(asked(view))
        of_drf = statements[0]
        ours = fast(view)
        answers = [asked(ours) for _ in range(100)]
    are_same = all(seen(answer) == theirs for answer in answers)
    lean = sum(sql != of_drf for sql in statements)
    return [are_same, sorted({how(answer) or "" for answer in answers}), lean]


def wrapper_that_refuses_once() -> Told:
    """Return how often a wrapper that refuses all was asked, and what came out of the view."""
    asked = []

    def refuse(_: Any, sql: str, *__: Any) -> Any:
        asked.append(sql)
        raise RuntimeError("no statement may run here")

    try:
        with connection.execute_wrapper(refuse):
            ask("notes-flat/", "fast")
    except RuntimeError as error:
        return [len(asked), str(error)]
    return [len(asked), None]


def wrapper_that_runs_twice() -> Told:
    """Return whether a list that a wrapper runs twice is DRF's, and how it was answered."""

    def twice(execute: Any, *given: Any) -> Any:
        execute(*given)
        return execute(*given)

    theirs = ask("notes-flat/", "drf")
    with connection.execute_wrapper(twice):
        ours = ask("notes-flat/", "fast")
    return [ours.content == theirs.content, way_of(ours)]


def test_case_that_forbids_databases() -> list[str]:
    """Return what each way raises in a test that may not use the database."""

    class Forbidden(SimpleTestCase):
        pass

    raised = []
    Forbidden.setUpClass()
    try:
        for way in ("drf", "fast"):
            try:
                ask("notes-flat/", way)
            except Exception as error:  # noqa: BLE001 - it is compared
                raised.append(f"{type(error).__name__}: {error}")
    finally:
        Forbidden.tearDownClass()
        Forbidden.doClassCleanups()
    return raised


def captured() -> Told:
    """Return what Django's own means of tests see of one list."""
    case = TestCase()
    with case.assertNumQueries(1):
        way = way_of(ask("notes-flat/", "fast"))
    try:
        with case.assertNumQueries(0):
            ask("notes-flat/", "fast")
    except AssertionError as error:
        refused = str(error)
    with CaptureQueriesContext(connection) as queries:
        ask("notes-flat/", "fast")
    return [way, refused, [query["sql"] for query in queries]]


def logged() -> Told:
    """Return what connection.queries has of each way's request under DEBUG, and without it."""
    told: Told = []
    for debug in (True, False):
        with override_settings(DEBUG=debug):
            for way in ("drf", "fast"):
                ask("own/", way, User="alice")  # each request begins a log of its own
                told.append([query["sql"] for query in connection.queries])
    return told


VALUES = (
    "plain",
    "o'hara",
    "''",
    '"quoted"',
    "100%",
    "%s",
    "%(name)s",
    "%%",
    "back\\slash",
    "\\'",
    "$1",
    ":name",
    "{}",
    "; DROP TABLE shop_note; --",
    "\u2028é\U0001f600",
    "",
)


def values() -> Told:
    """Return for each hostile value whether both ways found its note alone, and by which way."""
    home = Note.objects.order_by("id")[0]
    told = []
    for value in VALUES:
        note = Note.objects.create(owner_id=home.owner_id, home_id=home.home_id, text=value)
        for name, conditions in {
            "exact": {"text": value},
            "contains": {"text__contains": value, "pk": note.pk},
            "startswith": {"text__startswith": value, "pk": note.pk},
            "in": {"text__in": [value, "nothing"], "pk": note.pk},
        }.items():
            told.append([value, name, *_found(Note.objects.filter(**conditions), note)])
        note.delete()
    return told


# In this order: each may meet the SQL that was kept for one before it.
CONDITIONS: tuple[Q, ...] = (
    Q(pk=1),
    Q(pk=2),
    Q(pk=True),
    Q(pk=2**70),
    Q(pk__lt=2**70),
    Q(pk__lt=5),
    Q(pk__gt=-(2**70)),
    Q(pk__gt=25),
    Q(pk__gte=25.5),
    Q(pk__gte=25),
    Q(pk__in=[3]),
    Q(pk__in=[3, 3]),
    Q(pk__in=[3, 4]),
    Q(pk__in=[None, 5]),
    Q(pk__in=[2**70, 6]),
    Q(pk__in=[]),
    Q(pk__range=(4, 6)),
    Q(pk__range=(6, 4)),
    Q(topic=None),
    Q(topic=1),
    Q(topic__isnull=False),
    Q(topic__isnull=True),
    Q(topic__in=[1, None]),
    Q(topic__name="open"),
    Q(topic__name="secret"),
    Q(text__iexact="PLAIN 0"),
    Q(text__iexact=None),
    Q(text__icontains="%"),
    Q(text__icontains="AI"),
    Q(text__regex=r"\d\d"),
    Q(text__lt="plain 2"),
    Q(text=1),
    ~Q(pk=1),
    ~Q(pk=2),
    ~Q(topic=1),
    ~Q(topic__name="open"),
    Q(pk=1) | Q(pk=2),
    ~(Q(pk=1) | Q(pk=2)),
    Q(pk=3) | Q(pk=2**70),
    Q(pk=3) & Q(pk=2**70),
    Q(pk=4) | Q(pk__in=[]),
)


def shapes() -> Told:
    """Return for each condition, asked for twice, what differs, or by which way it was answered."""
    told = []
    for at, condition in [*enumerate(CONDITIONS), *enumerate(CONDITIONS)]:
        for rows in (slice(None), slice(2, 4)):
            queryset = Note.objects.filter(condition).order_by("id")[rows]
            view = type("Filtered", (Flat,), {"queryset": queryset})
            theirs, ours = _asked(view), _asked(fast(view))
            same_bytes = theirs.content == ours.content
            told.append([at, _path(ours) if same_bytes else f"{theirs.content} {ours.content}"])
    return told


class _PagesOfTwo(PageNumberPagination):
    page_size = 2


COUNTED = (
    *(Note.objects.filter(condition) for condition in CONDITIONS),
    *(Note.objects.filter(topic__name=name, owner__username="alice") for name in ("open", "no")),
    Note.objects.select_related("topic"),
    Note.objects.none(),
    Note.objects.only("id", "text"),
    Note.objects.filter(home__in=Note.objects.filter(pk__lt=9).values("home")),
    Note.objects.exclude(topic__name="open").distinct(),
    Note.objects.annotate(n=F("id") + 1).filter(n__gt=4),
)


def counts() -> Told:
    """Return for each page, asked for twice, its queryset's number, and what differs or the way.

    Statements that count are compared with their parameters.
    """
    told = []
    for at, counted in [*enumerate(COUNTED), *enumerate(COUNTED)]:
        attributes = {"queryset": counted.order_by("id"), "pagination_class": _PagesOfTwo}
        view = type("Counted", (Flat,), attributes)
        theirs, counts = _counting(view)
        ours, same_counts = _counting(fast(view))
        is_same = theirs.content == ours.content and counts == same_counts
        told.append([at, _path(ours) if is_same else f"{counts} {same_counts}"])
    return told


def _counting(view: Any) -> tuple[Any, Told]:
    seen: Told = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if sql.startswith("SELECT COUNT"):
            seen.append([sql, list(params)])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        return _asked(view), seen


class _KeptCount(Paginator):
    """A package's that keeps counts, by what a queryset's Query is pickled to."""

    @cached_property
    def count(self) -> int:
        query = pickle.loads(pickle.dumps(self.object_list.query))  # noqa: S301 - made here
        kept.append([type(query) is Query, str(query)])
        return int(self.object_list.all().count())


kept: Told = []


def counts_that_are_kept() -> Told:
    """Return how a list is answered whose paginator pickles its Query, and what came of that."""
    pages = type("Kept", (_PagesOfTwo,), {"django_paginator_class": _KeptCount})
    view = type("Pages", (Flat,), {"pagination_class": pages})
    kept.clear()
    theirs, ours = _asked(view), _asked(fast(view))
    return [theirs.content == ours.content, _path(ours), *kept]


def counts_that_are_refused() -> Told:
    """Return how often a wrapper that lets no COUNT through is asked, and what each way raises."""
    view = type("Pages", (Flat,), {"pagination_class": _PagesOfTwo})
    asked_for, raised = [], []

    def refuse(execute: Any, sql: str, *more: Any) -> Any:
        if not sql.startswith("SELECT COUNT"):
            return execute(sql, *more)
        asked_for.append(sql)
        raise RuntimeError("no COUNT may run here")

    for way in (view, fast(view)):
        try:
            with connection.execute_wrapper(refuse):
                _asked(way)
        except RuntimeError as error:
            raised.append([str(error), error.__context__ is None])
    return [len(asked_for), *raised]


def _found(queryset: Any, note: Note) -> Told:
    view = type("Filtered", (Flat,), {"queryset": queryset.order_by("id")})
    answers = [_asked(view), _asked(fast(view))]
    is_found = f'"id":{note.pk},'.encode() in answers[0].content
    is_one = answers[0].content.count(b'"id":') == 1
    return [answers[0].content == answers[1].content, is_found and is_one, _path(answers[1])]


def _asked(view: Any) -> Any:
    from django.test import RequestFactory

    return view.as_view()(RequestFactory().get("/")).render()


def _path(response: Any) -> str | None:
    from rowpath.fast.drf import outcome_of

    outcome = outcome_of(response)
    return outcome.path if outcome else None


def a_percent_sign_without_parameters() -> Told:
    """Return whether SQL with a percent sign of its own and no parameters is run as Django's."""
    queryset = Note.objects.filter(id=F("id") % F("id") + F("id")).order_by("id")
    view = type("Modulo", (Flat,), {"queryset": queryset})
    theirs, ours = _asked(view), _asked(fast(view))
    return [theirs.content == ours.content, len(theirs.content) > 2, _path(ours)]


def as_the_server_got_it() -> Told:
    """Return by which way a list was answered, and its statement as PostgreSQL shows it."""
    answer = same("own/", User="alice")
    with connection.copy().cursor() as other:
        pid = connection.connection.info.backend_pid
        other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
        [query] = other.fetchone()
        other.connection.close()
    return [way_of(answer), query]
