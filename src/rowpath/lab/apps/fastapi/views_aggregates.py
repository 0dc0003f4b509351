"""The experiment `aggregates`: section 7 of the talk, in SQLAlchemy."""

from collections import defaultdict

from fastapi import APIRouter
from sqlalchemy import func

from rowpath.lab.apps.fastapi.database import DbSession
from rowpath.lab.apps.fastapi.models import PlayerFight
from rowpath.lab.apps.fastapi.schemas import SpecializationLine
from rowpath.lab.apps.fastapi.sizes import DEFAULT_ROWS, Rows

router = APIRouter(prefix="/aggregates")


@router.get("/count-sqlalchemy-objects")
def count_objects(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> dict[str, int]:
    """Model objects are fetched to be counted."""
    player_fights = db_session.query(PlayerFight).filter(PlayerFight.id <= rows).all()
    return {"player_fights": len(player_fights)}


@router.get("/count-sqlalchemy-func")
def count_in_database(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> dict[str, int]:
    """PostgreSQL counts."""
    count = db_session.query(func.count(PlayerFight.id)).filter(PlayerFight.id <= rows).scalar()
    return {"player_fights": count}


@router.get("/sum-sqlalchemy-objects")
def sum_objects(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> dict[str, int]:
    """Model objects are fetched for the sums of two of their columns."""
    totals = {"total_dps": 0, "total_deaths": 0}
    for player_fight in db_session.query(PlayerFight).filter(PlayerFight.id <= rows):
        totals["total_dps"] += player_fight.dps
        totals["total_deaths"] += player_fight.deaths
    return totals


@router.get("/sum-sqlalchemy-columns")
def sum_columns(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> dict[str, int]:
    """Rows of the two columns are fetched for their sums."""
    totals = {"total_dps": 0, "total_deaths": 0}
    player_fights = db_session.query(PlayerFight.dps, PlayerFight.deaths)
    for dps, deaths in player_fights.filter(PlayerFight.id <= rows):
        totals["total_dps"] += dps
        totals["total_deaths"] += deaths
    return totals


@router.get("/sum-sqlalchemy-func")
def sum_in_database(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> dict[str, int]:
    """PostgreSQL sums up, both in one statement."""
    sums = db_session.query(
        func.coalesce(func.sum(PlayerFight.dps), 0).label("total_dps"),
        func.coalesce(func.sum(PlayerFight.deaths), 0).label("total_deaths"),
    )
    return sums.filter(PlayerFight.id <= rows).one()._asdict()


@router.get("/grouping-sqlalchemy-objects")
def group_objects(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[SpecializationLine]:
    """Model objects are fetched to be grouped in a loop."""
    counts: dict[int, int] = defaultdict(int)
    sums: dict[int, int] = defaultdict(int)
    for player_fight in db_session.query(PlayerFight).filter(PlayerFight.id <= rows):
        counts[player_fight.specialization_id] += 1
        sums[player_fight.specialization_id] += player_fight.dps
    return [
        SpecializationLine(specialization_id=each, player_fights=counts[each], total_dps=sums[each])
        for each in sorted(counts)
    ]


@router.get("/grouping-sqlalchemy-func")
def group_in_database(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[SpecializationLine]:
    """PostgreSQL groups, counts and sums up."""
    specializations = (
        db_session.query(
            PlayerFight.specialization_id,
            func.count(PlayerFight.id).label("player_fights"),
            func.sum(PlayerFight.dps).label("total_dps"),
        )
        .filter(PlayerFight.id <= rows)
        .group_by(PlayerFight.specialization_id)
        .order_by(PlayerFight.specialization_id)
    )
    return [SpecializationLine.model_validate(row) for row in specializations]
