"""The experiment `relations`: section 4.1 of the talk, in SQLAlchemy."""

from fastapi import APIRouter
from sqlalchemy.orm import joinedload, load_only, selectinload

from rowpath.lab.apps.fastapi.database import DbSession
from rowpath.lab.apps.fastapi.models import Character, Fight, PlayerFight, Profession, Report, Tag
from rowpath.lab.apps.fastapi.schemas import DpsLine, PlayerLine, TagsLine
from rowpath.lab.apps.fastapi.sizes import DEFAULT_ROWS, Rows

router = APIRouter(prefix="/relations")


def player_line(player_fight: PlayerFight) -> PlayerLine:
    """What is shown of a player in a fight: fields across four foreign keys."""
    character = player_fight.character
    report = player_fight.fight.report
    return PlayerLine(
        id=player_fight.id,
        fight_id=player_fight.fight_id,
        dps=player_fight.dps,
        character_name=character.name,
        profession=character.profession.description,
        report_name=report.report_name,
        time_end=report.time_end,
        is_cm=report.is_cm,
    )


@router.get("/fk-sqlalchemy-lazy")
def players_lazy(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[PlayerLine]:
    """Each relation is fetched when it is read, unless the session holds its object already."""
    player_fights = db_session.query(PlayerFight).order_by(PlayerFight.id).limit(rows)
    return [player_line(player_fight) for player_fight in player_fights]


@router.get("/fk-sqlalchemy-joinedload")
def players_joined(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[PlayerLine]:
    """All relations in one statement with joins (4.1)."""
    player_fights = (
        db_session.query(PlayerFight)
        .options(
            joinedload(PlayerFight.character).joinedload(Character.profession),
            joinedload(PlayerFight.fight).joinedload(Fight.report),
        )
        .order_by(PlayerFight.id)
        .limit(rows)
    )
    return [player_line(player_fight) for player_fight in player_fights]


@router.get("/fk-sqlalchemy-selectinload")
def players_selectin(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[PlayerLine]:
    """One statement more for each relation, joined in Python."""
    player_fights = (
        db_session.query(PlayerFight)
        .options(
            selectinload(PlayerFight.character).selectinload(Character.profession),
            selectinload(PlayerFight.fight).selectinload(Fight.report),
        )
        .order_by(PlayerFight.id)
        .limit(rows)
    )
    return [player_line(player_fight) for player_fight in player_fights]


@router.get("/fk-sqlalchemy-load-only")
def players_load_only(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[PlayerLine]:
    """The joins, and of each table only the columns that are read."""
    player_fights = (
        db_session.query(PlayerFight)
        .options(
            load_only(PlayerFight.fight_id, PlayerFight.dps),
            joinedload(PlayerFight.character).options(
                load_only(Character.name),
                joinedload(Character.profession).load_only(Profession.description),
            ),
            joinedload(PlayerFight.fight).options(
                load_only(Fight.report_id),
                joinedload(Fight.report).load_only(
                    Report.report_name, Report.time_end, Report.is_cm
                ),
            ),
        )
        .order_by(PlayerFight.id)
        .limit(rows)
    )
    return [player_line(player_fight) for player_fight in player_fights]


@router.get("/fk-sqlalchemy-columns", response_model=list[PlayerLine])
def players_columns(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[dict[str, object]]:
    """Rows of the columns that are read, without model objects."""
    player_fights = (
        db_session.query(
            PlayerFight.id,
            PlayerFight.fight_id,
            PlayerFight.dps,
            Character.name.label("character_name"),
            Profession.description.label("profession"),
            Report.report_name,
            Report.time_end,
            Report.is_cm,
        )
        .join(PlayerFight.character)
        .join(Character.profession)
        .join(PlayerFight.fight)
        .join(Fight.report)
        .order_by(PlayerFight.id)
        .limit(rows)
    )
    return [row._asdict() for row in player_fights]


@router.get("/m2m-sqlalchemy-lazy")
def tags_lazy(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[TagsLine]:
    """The tags of each fight are fetched when they are read: a statement more for each row."""
    return [
        TagsLine(id=fight.id, tag_names=sorted(tag.name for tag in fight.tags))
        for fight in db_session.query(Fight).order_by(Fight.id).limit(rows)
    ]


@router.get("/m2m-sqlalchemy-joinedload")
def tags_joined(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[TagsLine]:
    """The tags in the same statement: each fight comes once for each of its tags."""
    fights = db_session.query(Fight).options(joinedload(Fight.tags)).order_by(Fight.id).limit(rows)
    return [
        TagsLine(id=fight.id, tag_names=sorted(tag.name for tag in fight.tags)) for fight in fights
    ]


@router.get("/m2m-sqlalchemy-selectinload")
def tags_selectin(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[TagsLine]:
    """The tags in statements of their own, for 500 fights each."""
    fights = (
        db_session.query(Fight).options(selectinload(Fight.tags)).order_by(Fight.id).limit(rows)
    )
    return [
        TagsLine(id=fight.id, tag_names=sorted(tag.name for tag in fight.tags)) for fight in fights
    ]


@router.get("/m2m-sqlalchemy-load-only")
def tags_load_only(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[TagsLine]:
    """The same, and of both tables only the columns that are read."""
    fights = (
        db_session.query(Fight)
        .options(load_only(Fight.id), selectinload(Fight.tags).load_only(Tag.name))
        .order_by(Fight.id)
        .limit(rows)
    )
    return [
        TagsLine(id=fight.id, tag_names=sorted(tag.name for tag in fight.tags)) for fight in fights
    ]


def dps_line(fight: Fight) -> DpsLine:
    """What is shown of a fight: the damage of its players, the most first."""
    return DpsLine(
        id=fight.id, dps=sorted((each.dps for each in fight.player_fights), reverse=True)
    )


@router.get("/reverse-sqlalchemy-lazy")
def fights_lazy(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[DpsLine]:
    """The players of each fight are fetched when they are read: a statement more for each row."""
    fights = db_session.query(Fight).order_by(Fight.id).limit(rows)
    return [dps_line(fight) for fight in fights]


@router.get("/reverse-sqlalchemy-joinedload")
def fights_joined(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[DpsLine]:
    """The players in the same statement: each fight comes once for each of them."""
    fights = (
        db_session.query(Fight)
        .options(joinedload(Fight.player_fights))
        .order_by(Fight.id)
        .limit(rows)
    )
    return [dps_line(fight) for fight in fights]


@router.get("/reverse-sqlalchemy-selectinload")
def fights_selectin(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[DpsLine]:
    """The players in statements of their own, for 500 fights each."""
    fights = (
        db_session.query(Fight)
        .options(selectinload(Fight.player_fights))
        .order_by(Fight.id)
        .limit(rows)
    )
    return [dps_line(fight) for fight in fights]


@router.get("/reverse-sqlalchemy-load-only")
def fights_load_only(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[DpsLine]:
    """The same, and of the players only the columns that are read."""
    fights = (
        db_session.query(Fight)
        .options(selectinload(Fight.player_fights).load_only(PlayerFight.dps))
        .order_by(Fight.id)
        .limit(rows)
    )
    return [dps_line(fight) for fight in fights]
