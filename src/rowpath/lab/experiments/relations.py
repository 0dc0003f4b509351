"""Sections 4 to 4.2 of the talk: what is read across a relation, and how it is fetched."""

from dataclasses import replace

from rowpath.lab.applications import App
from rowpath.lab.experiment import (
    Answer,
    Claim,
    Endpoint,
    ExpectedError,
    Experiment,
    Group,
    Requirement,
    Shape,
    Told,
    Variant,
)

FETCH_MODES = Requirement(package="django", version="6.1")
SELECTIN_ROWS = 500
"""How many keys SQLAlchemy's selectinload() puts into one statement."""

PLAYERS = 200
PLAYER_LINES = Answer(
    shape=Shape.ROWS,
    expected="""
        SELECT
            player_fight.id, player_fight.fight_id, player_fight.dps,
            "character".name AS character_name, profession.description AS profession,
            report.report_name, report.time_end, report.is_cm
        FROM player_fight
        JOIN "character" ON "character".id = player_fight.character_id
        JOIN profession ON profession.id = "character".profession_id
        JOIN fight ON fight.id = player_fight.fight_id
        JOIN report ON report.id = fight.report_id
        ORDER BY player_fight.id LIMIT %(rows)s
    """,
)
# values() names a field by the way to it.
PLAYER_VALUES = replace(
    PLAYER_LINES,
    expected="""
        SELECT
            player_fight.id, player_fight.fight_id, player_fight.dps,
            "character".name AS character__name,
            profession.description AS character__profession__description,
            report.report_name AS fight__report__report_name,
            report.time_end AS fight__report__time_end,
            report.is_cm AS fight__report__is_cm
        FROM player_fight
        JOIN "character" ON "character".id = player_fight.character_id
        JOIN profession ON profession.id = "character".profession_id
        JOIN fight ON fight.id = player_fight.fight_id
        JOIN report ON report.id = fight.report_id
        ORDER BY player_fight.id LIMIT %(rows)s
    """,
)

FOREIGN_KEYS = Group(
    name="foreign-keys",
    question="Fields across four foreign keys of each row: how are they fetched?",
    baseline="fk-lazy",
    of="player_fight",
    sizes=(PLAYERS,),
    variants=(
        Variant(
            name="fk-lazy",
            title="Django: foreign keys followed as they are read",
            asks=Endpoint(app=App.DJANGO, code=("ForeignKeysLazy", "player_line")),
            expects=PLAYER_LINES,
            statements_per_row=4,
            told=(Told(rows=PLAYERS, time_s=0.975),),
        ),
        Variant(
            name="fk-select-related",
            title="Django: select_related()",
            asks=Endpoint(app=App.DJANGO, code=("ForeignKeysSelected", "player_line")),
            expects=PLAYER_LINES,
            told=(Told(rows=PLAYERS, time_s=0.600),),
        ),
        Variant(
            name="fk-select-related-only",
            title="Django: select_related() and only() across relations",
            asks=Endpoint(app=App.DJANGO, code=("ForeignKeysSelectedOnly", "player_line")),
            expects=PLAYER_LINES,
        ),
        Variant(
            name="fk-prefetch-related",
            title="Django: prefetch_related() of foreign keys",
            asks=Endpoint(app=App.DJANGO, code=("ForeignKeysPrefetched", "player_line")),
            expects=PLAYER_LINES,
            statements=5,
        ),
        Variant(
            name="fk-values",
            title="Django: values() across relations",
            asks=Endpoint(app=App.DJANGO, code=("ForeignKeysValues",)),
            expects=PLAYER_VALUES,
        ),
        Variant(
            name="fk-fetch-peers",
            title="Django: fetch_mode(FETCH_PEERS)",
            asks=Endpoint(app=App.DJANGO, code=("ForeignKeysFetchPeers", "player_line")),
            expects=PLAYER_LINES,
            statements=5,
            needs=FETCH_MODES,
        ),
        Variant(
            name="fk-fetch-raise",
            title="Django: fetch_mode(FETCH_RAISE), one relation forgotten",
            asks=Endpoint(app=App.DJANGO, code=("ForeignKeysFetchRaise", "player_line")),
            expects=ExpectedError(
                kind="django.core.exceptions.FieldFetchBlocked",
                message="Fetching of Fight.report blocked.",
                reason=(
                    "The report of a fight is read and was not fetched. In this mode that is an "
                    "error instead of one statement more a row: name the relation in "
                    "select_related()."
                ),
            ),
            needs=FETCH_MODES,
        ),
        Variant(
            name="fk-select-related-only-id",
            title="Django: select_related() of a foreign key that only() leaves out",
            asks=Endpoint(app=App.DJANGO, code=("SelectRelatedOnlyId",)),
            expects=ExpectedError(
                kind="django.core.exceptions.FieldError",
                message=(
                    "Field PlayerFight.fight cannot be both deferred and traversed using "
                    "select_related at the same time."
                ),
                reason=(
                    "only() defers every field that it does not name, the foreign key among "
                    "them, and select_related() cannot join along a key that is not fetched: "
                    "name the key, or fields beyond it, in only()."
                ),
            ),
            statements=0,
        ),
        # A session holds each object once: a fight, its report, a character or a profession that
        # was fetched for one row is there for the next. So the number depends on the rows.
        Variant(
            name="fk-sqlalchemy-lazy",
            title="FastAPI: relations followed as they are read",
            asks=Endpoint(app=App.FASTAPI, code=("players_lazy", "player_line", "PlayerLine")),
            expects=PLAYER_LINES,
            statements_per_row=4,
            statements_at_most=True,
        ),
        Variant(
            name="fk-sqlalchemy-joinedload",
            title="FastAPI: joinedload()",
            asks=Endpoint(app=App.FASTAPI, code=("players_joined", "player_line", "PlayerLine")),
            expects=PLAYER_LINES,
        ),
        # One for the rows and one for each relation; more where a relation leads to more than 500
        # different objects, which again depends on the rows. The characters can be as many as
        # the rows, the fights and their reports a tenth.
        Variant(
            name="fk-sqlalchemy-selectinload",
            title="FastAPI: selectinload()",
            asks=Endpoint(app=App.FASTAPI, code=("players_selectin", "player_line", "PlayerLine")),
            expects=PLAYER_LINES,
            statements=4,
            rows_per_statement=SELECTIN_ROWS // 2,
            statements_at_most=True,
        ),
        Variant(
            name="fk-sqlalchemy-load-only",
            title="FastAPI: joinedload() and load_only() across relations",
            asks=Endpoint(app=App.FASTAPI, code=("players_load_only", "player_line", "PlayerLine")),
            expects=PLAYER_LINES,
        ),
        Variant(
            name="fk-sqlalchemy-columns",
            title="FastAPI: plain columns across relations",
            asks=Endpoint(app=App.FASTAPI, code=("players_columns", "PlayerLine")),
            expects=PLAYER_LINES,
        ),
    ),
)

# Python sorts the names by code point, as the collation C does.
TAG_LINES = Answer(
    shape=Shape.ROWS,
    expected="""
        SELECT
            fight.id,
            ARRAY(
                SELECT tag.name FROM fight_tags JOIN tag ON tag.id = fight_tags.tag_id
                WHERE fight_tags.fight_id = fight.id ORDER BY tag.name COLLATE "C"
            ) AS tag_names
        FROM fight ORDER BY fight.id LIMIT %(rows)s
    """,
)

MANY_TO_MANY = Group(
    name="many-to-many",
    question="The tags of each fight: how are they fetched?",
    baseline="m2m-lazy",
    of="fight",
    sizes=(500,),
    variants=(
        Variant(
            name="m2m-lazy",
            title="Django: all() of each fight's tags",
            asks=Endpoint(app=App.DJANGO, code=("TagsLazy",)),
            expects=TAG_LINES,
            statements_per_row=1,
        ),
        Variant(
            name="m2m-prefetch",
            title="Django: prefetch_related()",
            asks=Endpoint(app=App.DJANGO, code=("TagsPrefetched",)),
            expects=TAG_LINES,
            statements=2,
        ),
        Variant(
            name="m2m-prefetch-to-attr",
            title="Django: Prefetch() to a list",
            asks=Endpoint(app=App.DJANGO, code=("TagsPrefetchedToAttr",)),
            expects=TAG_LINES,
            statements=2,
        ),
        # The arrays come without the JSON column of the fights, so that this is the fair one
        # to compare them with.
        Variant(
            name="m2m-prefetch-only",
            title="Django: prefetch_related(), only() the fights' id",
            asks=Endpoint(app=App.DJANGO, code=("TagsPrefetchedOnly",)),
            expects=TAG_LINES,
            statements=2,
        ),
        Variant(
            name="m2m-array",
            title="Django: ArrayAgg() over a join",
            asks=Endpoint(app=App.DJANGO, code=("TagsArray",)),
            expects=TAG_LINES,
        ),
        Variant(
            name="m2m-array-subquery",
            title="Django: ArraySubquery()",
            asks=Endpoint(app=App.DJANGO, code=("TagsArraySubquery",)),
            expects=TAG_LINES,
        ),
        Variant(
            name="m2m-sqlalchemy-lazy",
            title="FastAPI: each fight's tags as they are read",
            asks=Endpoint(app=App.FASTAPI, code=("tags_lazy", "TagsLine")),
            expects=TAG_LINES,
            statements_per_row=1,
        ),
        Variant(
            name="m2m-sqlalchemy-joinedload",
            title="FastAPI: joinedload()",
            asks=Endpoint(app=App.FASTAPI, code=("tags_joined", "TagsLine")),
            expects=TAG_LINES,
        ),
        Variant(
            name="m2m-sqlalchemy-selectinload",
            title="FastAPI: selectinload()",
            asks=Endpoint(app=App.FASTAPI, code=("tags_selectin", "TagsLine")),
            expects=TAG_LINES,
            rows_per_statement=SELECTIN_ROWS,
        ),
        Variant(
            name="m2m-sqlalchemy-load-only",
            title="FastAPI: selectinload() and load_only()",
            asks=Endpoint(app=App.FASTAPI, code=("tags_load_only", "TagsLine")),
            expects=TAG_LINES,
            rows_per_statement=SELECTIN_ROWS,
        ),
    ),
)

DPS_LINES = Answer(
    shape=Shape.ROWS,
    expected="""
        SELECT
            fight.id,
            ARRAY(
                SELECT player_fight.dps FROM player_fight
                WHERE player_fight.fight_id = fight.id ORDER BY player_fight.dps DESC
            ) AS dps
        FROM fight ORDER BY fight.id LIMIT %(rows)s
    """,
)

REVERSE = Group(
    name="reverse",
    question="The ten players of each fight, who point at it: how are they fetched?",
    baseline="reverse-lazy",
    of="fight",
    sizes=(200,),
    variants=(
        Variant(
            name="reverse-lazy",
            title="Django: all() of each fight's players",
            asks=Endpoint(app=App.DJANGO, code=("PlayersLazy", "fight_line")),
            expects=DPS_LINES,
            statements_per_row=1,
        ),
        Variant(
            name="reverse-prefetch",
            title="Django: prefetch_related()",
            asks=Endpoint(app=App.DJANGO, code=("PlayersPrefetched", "fight_line")),
            expects=DPS_LINES,
            statements=2,
        ),
        Variant(
            name="reverse-prefetch-to-attr",
            title="Django: Prefetch() with only(), to a list",
            asks=Endpoint(app=App.DJANGO, code=("PlayersPrefetchedToAttr", "fight_line")),
            expects=DPS_LINES,
            statements=2,
        ),
        Variant(
            name="reverse-array",
            title="Django: ArraySubquery()",
            asks=Endpoint(app=App.DJANGO, code=("PlayersArray",)),
            expects=DPS_LINES,
        ),
        Variant(
            name="reverse-sqlalchemy-lazy",
            title="FastAPI: each fight's players as they are read",
            asks=Endpoint(app=App.FASTAPI, code=("fights_lazy", "dps_line", "DpsLine")),
            expects=DPS_LINES,
            statements_per_row=1,
        ),
        Variant(
            name="reverse-sqlalchemy-joinedload",
            title="FastAPI: joinedload()",
            asks=Endpoint(app=App.FASTAPI, code=("fights_joined", "dps_line", "DpsLine")),
            expects=DPS_LINES,
        ),
        Variant(
            name="reverse-sqlalchemy-selectinload",
            title="FastAPI: selectinload()",
            asks=Endpoint(app=App.FASTAPI, code=("fights_selectin", "dps_line", "DpsLine")),
            expects=DPS_LINES,
            rows_per_statement=SELECTIN_ROWS,
        ),
        Variant(
            name="reverse-sqlalchemy-load-only",
            title="FastAPI: selectinload() and load_only()",
            asks=Endpoint(app=App.FASTAPI, code=("fights_load_only", "dps_line", "DpsLine")),
            expects=DPS_LINES,
            rows_per_statement=SELECTIN_ROWS,
        ),
    ),
)

RELATIONS = Experiment(
    name="relations",
    section="4-4.2",
    question="What does it cost to read across a relation, and what does each way save?",
    groups=(FOREIGN_KEYS, MANY_TO_MANY, REVERSE),
    claims=(
        Claim(
            text=(
                "“select_related FK's == performance booster”: 600 ms against 975 ms, “+40%” "
                "(which is (975 - 600) / 975, rounded; read here as 600 / 975)"
            ),
            section="4.1",
            variant="fk-select-related",
            baseline="fk-lazy",
            rows=PLAYERS,
            ratio=0.600 / 0.975,
            faster_by=0.4,
        ),
    ),
)
