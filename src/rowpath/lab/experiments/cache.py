"""Section 7 of the talk: a page that is kept for a minute, in one cache or another."""

from rowpath.lab.applications import App
from rowpath.lab.conditions import CacheState, Conditions, ServerKind
from rowpath.lab.experiment import (
    Claim,
    Endpoint,
    Experiment,
    Group,
    Requirement,
    Told,
    Variant,
)
from rowpath.lab.experiments.concurrency import PAGE, PLAYER_FIGHTS, STATEMENTS
from rowpath.lab.measures import MEDIAN_LATENCY, THROUGHPUT, AtRate, ManyUsers
from rowpath.lab.packages import REDIS

WORKERS = 4
"""The talk's `-w4`: each has one request at a time, and a LocMemCache of its own."""
HUNDRED = ManyUsers(users=100)
"""As many as the talk had."""
ARRIVING = AtRate(rate=100, users=200, least_s=3.0)
"""For long enough that some entries expire, each of which a tenth of all that arrive may meet."""
WARM = Conditions(
    name="warm-cache", server=ServerKind.GUNICORN, workers=WORKERS, cache=CacheState.WARM
)
COLD = Conditions(
    name="cold-cache", server=ServerKind.GUNICORN, workers=WORKERS, cache=CacheState.COLD
)
NEEDS_REDIS = Requirement(
    package=REDIS,
    version="5.0",
    how=(
        "Install Redis or Valkey so that redis-server or valkey-server is on PATH, or name one "
        "that runs with --redis-url."
    ),
)
STORED = 4
"""What Django's database cache sends beside the page: it looks, counts, looks again, and writes."""
REFRESHED = STATEMENTS + 12
"""At most: an entry that has expired is removed first, and a lock is an entry too."""


def _variant(  # noqa: PLR0913 one parameter a matter of the variant's
    name: str,
    title: str,
    *code: str,
    conditions: Conditions,
    statements: int,
    at_most: bool = False,
    needs: Requirement | None = None,
    told: tuple[Told, ...] = (),
) -> Variant:
    return Variant(
        name=name,
        title=f"Django: {title}",
        asks=Endpoint(app=App.DJANGO, code=(*code, "made_page")),
        expects=PAGE,
        conditions=(conditions,),
        statements=statements,
        statements_at_most=at_most,
        needs=needs,
        told=told,
    )


WARM_GROUP = Group(
    name="warm",
    question=(
        "What does a page cost that a cache has? LocMemCache is one for each of 4 workers, "
        "the others are shared"
    ),
    baseline="no-cache",
    of="player_fight",
    measure=HUNDRED,
    sizes=(PLAYER_FIGHTS,),
    variants=(
        _variant(
            "no-cache",
            "without a cache",
            "WithoutCache",
            conditions=WARM,
            statements=STATEMENTS,
            told=(Told(rows=PLAYER_FIGHTS, time_s=4.4, requests_per_s=25.6),),
        ),
        _variant(
            "locmem",
            "LocMemCache, in each worker process",
            "LocMem",
            "cached_page",
            conditions=WARM,
            statements=0,
            told=(Told(rows=PLAYER_FIGHTS, time_s=0.24, requests_per_s=560),),
        ),
        _variant(
            "cache-page",
            "cache_page, over LocMemCache",
            "CachePage",
            conditions=WARM,
            statements=0,
        ),
        _variant(
            "redis",
            "RedisCache",
            "RedisCached",
            "cached_page",
            conditions=WARM,
            statements=0,
            needs=NEEDS_REDIS,
        ),
        _variant(
            "database",
            "DatabaseCache, in PostgreSQL",
            "DatabaseCached",
            "cached_page",
            conditions=WARM,
            statements=1,
        ),
    ),
)
COLD_GROUP = Group(
    name="cold",
    question="What does the first request cost, which finds nothing and keeps what it made?",
    baseline="no-cache-cold",
    of="player_fight",
    sizes=(PLAYER_FIGHTS,),
    variants=(
        _variant(
            "no-cache-cold",
            "without a cache",
            "WithoutCache",
            conditions=COLD,
            statements=STATEMENTS,
        ),
        _variant(
            "locmem-cold",
            "LocMemCache, in each worker process",
            "LocMem",
            "cached_page",
            conditions=COLD,
            statements=STATEMENTS,
        ),
        _variant(
            "cache-page-cold",
            "cache_page, over LocMemCache",
            "CachePage",
            conditions=COLD,
            statements=STATEMENTS,
        ),
        _variant(
            "redis-cold",
            "RedisCache",
            "RedisCached",
            "cached_page",
            conditions=COLD,
            statements=STATEMENTS,
            needs=NEEDS_REDIS,
        ),
        _variant(
            "database-cold",
            "DatabaseCache, in PostgreSQL",
            "DatabaseCached",
            "cached_page",
            conditions=COLD,
            statements=STATEMENTS + STORED,
        ),
    ),
)
EXPIRY_GROUP = Group(
    name="expiry",
    question=(
        "An entry that lives for a second, in a cache that all workers share: "
        "how many make the page when it expires, and how long do those wait who come then?"
    ),
    baseline="expiry-stampede",
    of="player_fight",
    measure=ARRIVING,
    sizes=(PLAYER_FIGHTS,),
    variants=(
        _variant(
            "expiry-stampede",
            "whoever finds it gone makes it",
            "ExpiringCached",
            "cached_page",
            conditions=WARM,
            statements=REFRESHED,
            at_most=True,
        ),
        _variant(
            "expiry-lock",
            "one makes it behind a lock, the others wait",
            "ExpiringLocked",
            "page_by_one",
            conditions=WARM,
            statements=REFRESHED,
            at_most=True,
        ),
        _variant(
            "expiry-early",
            "one makes it anew early, the others get the old one",
            "ExpiringEarly",
            "page_refreshed_early",
            conditions=WARM,
            statements=REFRESHED,
            at_most=True,
        ),
    ),
)

CACHE = Experiment(
    name="cache",
    section="7",
    question="What does a cache save, which one, and what happens when it is empty?",
    groups=(WARM_GROUP, COLD_GROUP, EXPIRY_GROUP),
    claims=(
        Claim(
            text="a page from LocMemCache, 4 workers, 100 users: 25.6 to 560 requests/s",
            section="7",
            variant="locmem",
            baseline="no-cache",
            rows=PLAYER_FIGHTS,
            ratio=560 / 25.6,
            quantity=THROUGHPUT,
        ),
        Claim(
            text="a page from LocMemCache, 4 workers, 100 users: 4.4 s to 240 ms",
            section="7",
            variant="locmem",
            baseline="no-cache",
            rows=PLAYER_FIGHTS,
            ratio=0.24 / 4.4,
            quantity=MEDIAN_LATENCY,
        ),
    ),
)
