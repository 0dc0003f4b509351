"""The experiment `concurrency`: section 6 of the talk, in SQLAlchemy."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from fastapi import APIRouter
from sqlalchemy import Date, RowMapping, Select, cast, func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from rowpath.lab.apps.fastapi.database import AsyncSessionLocal, DbAsyncSession, DbSession
from rowpath.lab.apps.fastapi.models import (
    Account,
    Boss,
    Character,
    Dude,
    Fight,
    PlayerFight,
    Profession,
    Report,
    Specialization,
    Tag,
)
from rowpath.lab.apps.fastapi.sizes import DEFAULT_ROWS, Rows

router = APIRouter(prefix="/concurrency")

Page = dict[str, Any]
Statement: TypeAlias = "Select[*tuple[Any, ...]]"

DUDE_ID = 1
FROM_6M = datetime(2023, 9, 1, tzinfo=UTC) - timedelta(days=182)
"""Half a year before a day that is fixed, since the tables are."""
ONE_CONNECTION = asyncio.Lock()
"""Whoever holds it may use the database: no two at once, in whichever tasks they run."""


@router.get("/fastapi-sync")
@router.get("/fastapi-sync-many")
def sync_page(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> Page:
    """A sync endpoint and session, in one of the server's threads."""
    account, total = dude_and_total(db_session, rows)
    return page(
        total,
        {
            name: plain(db_session.execute(each).mappings())
            for name, each in nine_statistics(account, rows).items()
        },
    )


@router.get("/fastapi-async")
@router.get("/fastapi-async-many")
async def async_page(session: DbAsyncSession, rows: Rows = DEFAULT_ROWS) -> Page:
    """An AsyncSession, each statement awaited before the next."""
    account, total = await dude_and_total_async(session, rows)
    statistics = {}
    for name, each in nine_statistics(account, rows).items():
        statistics[name] = plain((await session.execute(each)).mappings())
    return page(total, statistics)


@router.get("/fastapi-gathered")
@router.get("/fastapi-gathered-many")
async def gathered_page(rows: Rows = DEFAULT_ROWS) -> Page:
    """A task with a session for each statement, all awaited at once."""
    # The first session is over before the others begin: a request that keeps one while it waits
    # for another waits for ever where all others do so too.
    async with AsyncSessionLocal() as session:
        account, total = await dude_and_total_async(session, rows)
    statistics = nine_statistics(account, rows)
    gathered = await asyncio.gather(*map(rows_of_own_session, statistics.values()))
    return page(total, dict(zip(statistics, gathered, strict=True)))


@router.get("/fastapi-one-at-a-time")
@router.get("/fastapi-one-at-a-time-many")
async def one_connection_page(rows: Rows = DEFAULT_ROWS) -> Page:
    """The same tasks, only one of which may use the database at a time."""
    async with ONE_CONNECTION, AsyncSessionLocal() as session:
        account, total = await dude_and_total_async(session, rows)
    statistics = nine_statistics(account, rows)
    gathered = await asyncio.gather(*map(rows_alone, statistics.values()))
    return page(total, dict(zip(statistics, gathered, strict=True)))


async def rows_of_own_session(statistic: Statement) -> list[Page]:
    """Send one statement over a connection of its own."""
    async with AsyncSessionLocal() as session:
        return plain((await session.execute(statistic)).mappings())


async def rows_alone(statistic: Statement) -> list[Page]:
    """Send one statement while nothing else uses the database."""
    async with ONE_CONNECTION:
        return await rows_of_own_session(statistic)


def dude_and_total(db_session: Session, rows: int) -> tuple[str, int]:
    """Return the account of the dude, and the number of its fights."""
    account = db_session.scalars(select(Dude).filter_by(id=DUDE_ID)).one().gw2_account_name
    return account, db_session.scalars(total_player_fights(account, rows)).one()


async def dude_and_total_async(session: AsyncSession, rows: int) -> tuple[str, int]:
    """Return the account of the dude, and the number of its fights."""
    account = (await session.scalars(select(Dude).filter_by(id=DUDE_ID))).one().gw2_account_name
    return account, (await session.scalars(total_player_fights(account, rows))).one()


def plain(rows: Iterable[RowMapping]) -> list[Page]:
    """Return rows as they are answered."""
    return [dict(row) for row in rows]


def page(total: int, statistics: Mapping[str, list[Page]]) -> Page:
    """Return what is answered."""
    return {"total_player_fights": total, **statistics}


def of_account(statement: Statement, account: str, rows: int) -> Statement:
    """Return the statement for the fights of an account, among the first `rows` of the table."""
    return (
        statement.join(PlayerFight.character)
        .join(Character.account)
        .where(Account.name == account, PlayerFight.id <= rows)
    )


def total_player_fights(account: str, rows: int) -> Statement:
    """Return the statement that counts them."""
    return of_account(select(func.count(PlayerFight.id)).select_from(PlayerFight), account, rows)


def nine_statistics(account: str, rows: int) -> dict[str, Statement]:
    """Return what the page shows, each a statement that is not sent yet."""
    statistics = {
        "most_played_classes": most_played_classes(),
        "last_ten_logs": last_ten_logs(),
        "stats_per_role": stats_per_role(),
        "stats_per_encounter_type": stats_per_encounter_type(),
        "stats_deaths": stats_deaths(),
        "stats_downed": stats_downed(),
        "stats_consumables": stats_consumables(),
        "stats_mechanics_fails": stats_mechanics_fails(),
        "stats_success_fail_per_day": stats_success_fail_per_day(),
    }
    return {name: of_account(each, account, rows) for name, each in statistics.items()}


def most_played_classes() -> Statement:
    """Return how often each profession was played."""
    fights = func.count(PlayerFight.id).label("fights")
    return (
        select(Profession.name.label("profession"), fights)
        .select_from(PlayerFight)
        .join(PlayerFight.specialization)
        .join(Specialization.profession)
        .group_by(Profession.name)
        .order_by(fights.desc(), Profession.name)
    )


def last_ten_logs() -> Statement:
    """Return the last fights."""
    return (
        select(
            PlayerFight.fight_id, Boss.title.label("boss"), Report.is_success, Report.duration_ms
        )
        .select_from(PlayerFight)
        .join(PlayerFight.fight)
        .join(Fight.boss)
        .join(Fight.report)
        .order_by(PlayerFight.fight_id.desc())
        .limit(10)
    )


def stats_per_role() -> Statement:
    """Return how often each role was played, and how well at the best."""
    return (
        select(
            PlayerFight.role,
            func.count(PlayerFight.id).label("fights"),
            func.max(PlayerFight.dps).label("best_dps"),
        )
        .group_by(PlayerFight.role)
        .order_by(PlayerFight.role)
    )


def stats_per_encounter_type() -> Statement:
    """Return how many fights there were of each type, and how many were won."""
    return (
        select(
            Boss.encounter_type,
            func.count(PlayerFight.id).label("fights"),
            func.count(PlayerFight.id).filter(Report.is_success).label("won"),
        )
        .select_from(PlayerFight)
        .join(PlayerFight.fight)
        .join(Fight.boss)
        .join(Fight.report)
        .group_by(Boss.encounter_type)
        .order_by(Boss.encounter_type)
    )


def stats_deaths() -> Statement:
    """Return the deaths, in all and of half a year."""
    recent = func.sum(PlayerFight.deaths).filter(Report.time_end >= FROM_6M)
    return (
        select(
            Account.name.label("account"),
            func.sum(PlayerFight.deaths).label("all"),
            func.coalesce(recent, 0).label("recent"),
        )
        .select_from(PlayerFight)
        .join(PlayerFight.fight)
        .join(Fight.report)
        .group_by(Account.name)
    )


def stats_downed() -> Statement:
    """Return the fights with a death, in all and of half a year."""
    return (
        select(
            Account.name.label("account"),
            func.count(PlayerFight.id).label("all"),
            func.count(PlayerFight.id).filter(Report.time_end >= FROM_6M).label("recent"),
        )
        .select_from(PlayerFight)
        .join(PlayerFight.fight)
        .join(Fight.report)
        .where(PlayerFight.deaths > 0)
        .group_by(Account.name)
    )


def stats_consumables() -> Statement:
    """Return the tags of the fights."""
    fights = func.count(PlayerFight.id).label("fights")
    return (
        select(Tag.name.label("tag"), fights)
        .select_from(PlayerFight)
        .join(PlayerFight.fight)
        .join(Fight.tags)
        .group_by(Tag.name)
        .order_by(fights.desc(), Tag.name)
    )


def stats_mechanics_fails() -> Statement:
    """Return how many fights were lost against each boss, and how many deaths it cost."""
    fails = func.count(PlayerFight.id).label("fails")
    return (
        select(Boss.title.label("boss"), fails, func.sum(PlayerFight.deaths).label("deaths"))
        .select_from(PlayerFight)
        .join(PlayerFight.fight)
        .join(Fight.boss)
        .join(Fight.report)
        .where(not_(Report.is_success))
        .group_by(Boss.title)
        .order_by(fails.desc(), Boss.title)
    )


def stats_success_fail_per_day() -> Statement:
    """Return how many fights of each day were won and lost."""
    day = cast(func.timezone("UTC", Report.time_end), Date).label("day")
    return (
        select(
            day,
            func.count(PlayerFight.id).filter(Report.is_success).label("success"),
            func.count(PlayerFight.id).filter(not_(Report.is_success)).label("fail"),
        )
        .select_from(PlayerFight)
        .join(PlayerFight.fight)
        .join(Fight.report)
        .group_by(day)
        .order_by(day)
    )
