"""Section 6 of the talk: one page with nine statistics, and what async, threads and connections do.

Each statistic is one statement. A dude is looked up and its fights are counted before them.
"""

from dataclasses import replace

from rowpath.lab.applications import App
from rowpath.lab.conditions import Conditions, ServerKind
from rowpath.lab.experiment import (
    Answer,
    Claim,
    Endpoint,
    Experiment,
    Group,
    Shape,
    Step,
    Told,
    Variant,
)
from rowpath.lab.measures import THROUGHPUT, ManyUsers

PLAYER_FIGHTS = 250_000
"""A quarter of what the dataset has by default: the statements take most of the page's time, and a
hundred users are answered within seconds."""
CONNECTIONS = 8
"""A worker's pool: as many as gunicorn's worker with threads has threads."""

GUNICORN = Conditions(name="gunicorn-sync", server=ServerKind.GUNICORN, pool=CONNECTIONS)
GUNICORN_THREADS = Conditions(
    name="gunicorn-gthread", server=ServerKind.GUNICORN_THREADS, pool=CONNECTIONS
)
UVICORN = Conditions(name="uvicorn", server=ServerKind.UVICORN, pool=CONNECTIONS)
GUNICORN_UVICORN = Conditions(
    name="gunicorn-uvicorn", server=ServerKind.GUNICORN_UVICORN, pool=CONNECTIONS
)
AS_TOLD = Conditions(
    name="uvicorn-without-pool", server=ServerKind.UVICORN, django_keeps_connections=False
)
"""Django's connections as they are by default: one for a thread, closed after its request."""

PAGE = Answer(
    shape=Shape.TOTALS,
    expected="""
        WITH played AS MATERIALIZED (
            SELECT player_fight.id, fight_id, role, dps, deaths, account.name AS account,
                   profession.name AS profession, boss.title AS boss, encounter_type,
                   is_success, duration_ms, time_end,
                   time_end >= timestamptz '2023-09-01 00:00Z' - interval '182 days' AS is_recent
            FROM player_fight
            JOIN character ON character.id = character_id
            JOIN account ON account.id = account_id
            JOIN specialization ON specialization.id = specialization_id
            JOIN profession ON profession.id = specialization.profession_id
            JOIN fight ON fight.id = fight_id
            JOIN boss ON boss.id = boss_id
            JOIN report ON report.id = report_id
            WHERE player_fight.id <= %(rows)s
              AND account.name = (SELECT gw2_account_name FROM dude WHERE id = 1)
        ), statistics (name, place, line) AS (
            SELECT 'most_played_classes',
                   row_number() OVER (ORDER BY count(*) DESC, profession),
                   jsonb_build_object('profession', profession, 'fights', count(*))
            FROM played GROUP BY profession
            UNION ALL (
                SELECT 'last_ten_logs', -fight_id,
                       jsonb_build_object('fight_id', fight_id, 'boss', boss,
                                          'is_success', is_success, 'duration_ms', duration_ms)
                FROM played ORDER BY fight_id DESC LIMIT 10
            )
            UNION ALL
            SELECT 'stats_per_role', row_number() OVER (ORDER BY role),
                   jsonb_build_object('role', role, 'fights', count(*), 'best_dps', max(dps))
            FROM played GROUP BY role
            UNION ALL
            SELECT 'stats_per_encounter_type', row_number() OVER (ORDER BY encounter_type),
                   jsonb_build_object('encounter_type', encounter_type, 'fights', count(*),
                                      'won', count(*) FILTER (WHERE is_success))
            FROM played GROUP BY encounter_type
            UNION ALL
            SELECT 'stats_deaths', 1,
                   jsonb_build_object('account', account, 'all', sum(deaths), 'recent',
                                      coalesce(sum(deaths) FILTER (WHERE is_recent), 0))
            FROM played GROUP BY account
            UNION ALL
            SELECT 'stats_downed', 1,
                   jsonb_build_object('account', account, 'all', count(*),
                                      'recent', count(*) FILTER (WHERE is_recent))
            FROM played WHERE deaths > 0 GROUP BY account
            UNION ALL
            SELECT 'stats_consumables', row_number() OVER (ORDER BY count(*) DESC, tag.name),
                   jsonb_build_object('tag', tag.name, 'fights', count(*))
            FROM played JOIN fight_tags USING (fight_id) JOIN tag ON tag.id = tag_id
            GROUP BY tag.name
            UNION ALL
            SELECT 'stats_mechanics_fails', row_number() OVER (ORDER BY count(*) DESC, boss),
                   jsonb_build_object('boss', boss, 'fails', count(*), 'deaths', sum(deaths))
            FROM played WHERE NOT is_success GROUP BY boss
            UNION ALL
            SELECT 'stats_success_fail_per_day', row_number() OVER (ORDER BY day),
                   jsonb_build_object('day', day,
                                      'success', count(*) FILTER (WHERE is_success),
                                      'fail', count(*) FILTER (WHERE NOT is_success))
            FROM played, LATERAL (SELECT (time_end AT TIME ZONE 'UTC')::date AS day) AS ended
            GROUP BY day
        ), lists (name, lines) AS (
            SELECT name, jsonb_agg(line ORDER BY place) FROM statistics GROUP BY name
        ), page (lists) AS (SELECT coalesce(jsonb_object_agg(name, lines), '{}') FROM lists)
        SELECT (SELECT count(*) FROM played) AS total_player_fights,
               coalesce(lists -> 'most_played_classes', '[]') AS most_played_classes,
               coalesce(lists -> 'last_ten_logs', '[]') AS last_ten_logs,
               coalesce(lists -> 'stats_per_role', '[]') AS stats_per_role,
               coalesce(lists -> 'stats_per_encounter_type', '[]') AS stats_per_encounter_type,
               coalesce(lists -> 'stats_deaths', '[]') AS stats_deaths,
               coalesce(lists -> 'stats_downed', '[]') AS stats_downed,
               coalesce(lists -> 'stats_consumables', '[]') AS stats_consumables,
               coalesce(lists -> 'stats_mechanics_fails', '[]') AS stats_mechanics_fails,
               coalesce(lists -> 'stats_success_fail_per_day', '[]') AS stats_success_fail_per_day
        FROM page
    """,
)
STATEMENTS = 11
"""The dude, the number of its fights, and the nine."""

_STATISTICS = ("nine_statistics", "fights_of")


def _django(name: str, title: str, *code: str, conditions: tuple[Conditions, ...]) -> Variant:
    return Variant(
        name=name,
        title=f"Django: {title}",
        asks=Endpoint(app=App.DJANGO, code=(*code, *_STATISTICS)),
        expects=PAGE,
        statements=STATEMENTS,
        conditions=conditions,
    )


def _fastapi(name: str, title: str, *code: str, conditions: tuple[Conditions, ...]) -> Variant:
    return Variant(
        name=name,
        title=f"FastAPI: {title}",
        asks=Endpoint(app=App.FASTAPI, code=(*code, "nine_statistics", "of_account")),
        expects=PAGE,
        statements=STATEMENTS,
        conditions=conditions,
    )


ASGI = (UVICORN, GUNICORN_UVICORN)
EACH_SERVER = (GUNICORN, GUNICORN_THREADS, *ASGI)

VARIANTS = (
    _django("sync", "a sync view", "SyncPage", "page_of", conditions=(*EACH_SERVER, AS_TOLD)),
    _django(
        "dummy-async",
        "async by itself: sync functions awaited in their turn (6.2)",
        "DummyAsyncPage",
        "dude_retrieve",
        conditions=(GUNICORN, UVICORN, AS_TOLD),
    ),
    _django(
        "async-orm",
        "async by itself: the async ORM, awaited in turn",
        "AsyncOrmPage",
        "rows_async",
        conditions=ASGI,
    ),
    _django(
        "async-orm-gathered",
        "async by itself: the async ORM gathered, which has one thread",
        "AsyncOrmGatheredPage",
        "rows_async",
        conditions=(UVICORN,),
    ),
    _django(
        "tasks-as-told",
        "threads that keep connections: a task and a thread each, awaited at once (6.2)",
        "TasksAsToldPage",
        "in_separate_thread",
        conditions=(AS_TOLD,),
    ),
    _django(
        "tasks-awaited",
        "threads in turn: a task and a thread each, awaited at once",
        "TasksAwaitedPage",
        "released",
        conditions=(UVICORN,),
    ),
    _django(
        "sync-one-at-a-time",
        "the server's threads: a sync view, one connection in use at a time",
        "SyncPageOneConnection",
        "released",
        conditions=(GUNICORN_THREADS, UVICORN),
    ),
    _django(
        "threads-one-at-a-time",
        "threads at once: gathered, one connection in use at a time",
        "ThreadsOneConnectionPage",
        "alone",
        "released",
        conditions=(UVICORN,),
    ),
    _django(
        "threads-gathered",
        "threads and connections: gathered, a connection each",
        "ThreadsGatheredPage",
        "released",
        conditions=ASGI,
    ),
    _fastapi("fastapi-sync", "a sync session", "sync_page", "dude_and_total", conditions=ASGI),
    _fastapi(
        "fastapi-async",
        "async by itself: an AsyncSession, awaited in turn",
        "async_page",
        "dude_and_total_async",
        conditions=ASGI,
    ),
    _fastapi(
        "fastapi-one-at-a-time",
        "tasks at once: gathered, one connection in use at a time",
        "one_connection_page",
        "rows_alone",
        "rows_of_own_session",
        conditions=(UVICORN,),
    ),
    _fastapi(
        "fastapi-gathered",
        "tasks and connections: gathered, a session each",
        "gathered_page",
        "rows_of_own_session",
        conditions=ASGI,
    ),
)

MANY = ManyUsers(users=10)

# One user meets the server's threads one at a time, and gunicorn's uvicorn workers are uvicorn.
_ONE_USER = (GUNICORN, UVICORN, AS_TOLD)
_TOLD = {"dummy-async-many": 23.0, "tasks-as-told-many": 68.0}


def _for_one(variant: Variant) -> Variant:
    conditions = tuple(each for each in variant.conditions if each in _ONE_USER)
    return replace(variant, conditions=conditions)


# What each server does by itself is shown by the sync view, and what the rest do by one user too:
# each load takes seconds.
_EVERYWHERE = "sync"
_FOR_ONE = {("sync-one-at-a-time", UVICORN), ("dummy-async", UVICORN)}


def _for_many(variant: Variant) -> Variant:
    conditions = tuple(
        each
        for each in variant.conditions
        if variant.name == _EVERYWHERE
        or (each not in (GUNICORN, GUNICORN_UVICORN) and (variant.name, each) not in _FOR_ONE)
    )
    name = f"{variant.name}-many"
    told = _TOLD.get(name)
    return replace(
        variant,
        name=name,
        conditions=conditions,
        told=(Told(rows=PLAYER_FIGHTS, requests_per_s=told),) if told else (),
    )


STEPS = (
    "async alone, threads that share one connection, or a connection each; see each variant's title"
)

_STEPS = (
    Step(name="Django, async by itself", variant="async-orm", baseline="sync"),
    Step(
        name="Django, threads by themselves", variant="threads-one-at-a-time", baseline="async-orm"
    ),
    Step(
        name="Django, more connections",
        variant="threads-gathered",
        baseline="threads-one-at-a-time",
    ),
    Step(name="FastAPI, async by itself", variant="fastapi-async", baseline="fastapi-sync"),
    Step(
        name="FastAPI, tasks at once by themselves",
        variant="fastapi-one-at-a-time",
        baseline="fastapi-async",
    ),
    Step(
        name="FastAPI, more connections",
        variant="fastapi-gathered",
        baseline="fastapi-one-at-a-time",
    ),
)


def _of_many(step: Step) -> Step:
    return replace(step, variant=f"{step.variant}-many", baseline=f"{step.baseline}-many")


CONCURRENCY = Experiment(
    name="concurrency",
    section="6-6.2",
    question=(
        "Does async make a page of nine statements faster, or do its threads, "
        "or the connections that these open?"
    ),
    groups=(
        Group(
            name="one-user",
            question=f"One user waits for the page: {STEPS}",
            baseline="sync",
            of="player_fight",
            sizes=(PLAYER_FIGHTS,),
            variants=tuple(map(_for_one, VARIANTS)),
            steps=_STEPS,
        ),
        Group(
            name="many-users",
            question=f"Many users want the page from one worker: {STEPS}",
            baseline="sync-many",
            of="player_fight",
            measure=MANY,
            sizes=(PLAYER_FIGHTS,),
            variants=tuple(map(_for_many, VARIANTS)),
            steps=tuple(map(_of_many, _STEPS)),
        ),
    ),
    claims=(
        Claim(
            text="a task and a thread each instead of dummy async: from 23 to 68 requests/s",
            section="6.2",
            variant="tasks-as-told-many",
            baseline="dummy-async-many",
            rows=PLAYER_FIGHTS,
            ratio=68 / 23,
            quantity=THROUGHPUT,
        ),
    ),
)
