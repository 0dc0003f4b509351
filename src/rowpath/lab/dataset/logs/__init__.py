"""The talk's own application, a site of fight logs: players' fights and all that they hang on."""

from rowpath.lab.dataset.documents import DOCUMENT
from rowpath.lab.dataset.logs import sizes
from rowpath.lab.dataset.logs.benchmarks import benchmarks_of_bosses
from rowpath.lab.dataset.logs.fights import fights_of_reports, reports, tags_of_fights
from rowpath.lab.dataset.logs.players import (
    account_names,
    characters_of_accounts,
    known_dudes,
    players_of_fights,
)
from rowpath.lab.dataset.logs.terms import (
    PROFESSION_NAMES,
    SPECIALIZATION_NAMES,
    bosses,
    professions,
    specializations,
    tags,
)
from rowpath.lab.dataset.names import BOSSES, TAGS
from rowpath.lab.dataset.table import Column, Dataset, Table
from rowpath.lab.dataset.wire import (
    BIGINT,
    BOOLEAN,
    INTEGER,
    TEXT,
    TIME,
    Kind,
    hundredths,
)


def _columns(**kinds: Kind) -> tuple[Column, ...]:
    return tuple(Column(name=name, kind=kind) for name, kind in kinds.items())


def _link(table: str, name: str | None = None) -> Column:
    return Column(name=name or f"{table}_id", kind=BIGINT, references=table)


_TERMS = (
    Table(
        name="profession",
        columns=_columns(name=TEXT, description=TEXT),
        rows=lambda _: len(PROFESSION_NAMES),
        make=professions,
    ),
    Table(
        name="specialization",
        columns=(*_columns(name=TEXT, icon=TEXT), _link("profession")),
        rows=lambda _: len(SPECIALIZATION_NAMES),
        make=specializations,
        indexes=(("profession_id",),),
    ),
    Table(
        name="boss",
        columns=_columns(title=TEXT, encounter_type=TEXT),
        rows=lambda _: len(BOSSES),
        make=bosses,
    ),
    Table(name="tag", columns=_columns(name=TEXT), rows=lambda _: len(TAGS), make=tags),
)

_PEOPLE = (
    Table(
        name="account",
        columns=_columns(name=TEXT),
        rows=sizes.accounts,
        make=account_names,
        unique=(("name",),),
    ),
    Table(
        name="character",
        columns=(*_columns(name=TEXT), _link("account"), _link("profession")),
        rows=sizes.characters,
        make=characters_of_accounts,
        indexes=(("account_id",), ("profession_id",)),
    ),
    Table(
        name="dude",
        columns=_columns(gw2_account_name=TEXT, time_joined=TIME),
        rows=sizes.dudes,
        make=known_dudes,
    ),
)

_FIGHTS = (
    Table(
        name="report",
        columns=_columns(
            report_name=TEXT,
            time_start=TIME,
            time_end=TIME,
            duration_ms=INTEGER,
            is_success=BOOLEAN,
            is_cm=BOOLEAN,
            left_health_percent=hundredths(5),
        ),
        rows=sizes.fights,
        make=reports,
        indexes=(("time_end",),),
    ),
    Table(
        name="fight",
        columns=(_link("boss"), _link("report"), *_columns(squad_damage_data=DOCUMENT)),
        rows=sizes.fights,
        make=fights_of_reports,
        indexes=(("boss_id",), ("report_id",)),
    ),
    Table(
        name="fight_tags",
        columns=(_link("fight"), _link("tag")),
        rows=sizes.fight_tags,
        make=tags_of_fights,
        indexes=(("tag_id",),),
        unique=(("fight_id", "tag_id"),),
    ),
    Table(
        name="player_fight",
        columns=(
            _link("fight"),
            _link("character"),
            _link("specialization"),
            *_columns(role=TEXT, dps=INTEGER, deaths=INTEGER, damage_data=DOCUMENT),
        ),
        rows=lambda rows: rows,
        make=players_of_fights,
        indexes=(("fight_id",), ("character_id",), ("specialization_id",)),
    ),
)

_BENCHMARK = (
    _link("boss"),
    _link("specialization"),
    *_columns(
        is_cm=BOOLEAN,
        role=TEXT,
        dps=INTEGER,
        label=TEXT,
        updated_at=TIME,
        fights_checked_until=TIME,
        dps_checked_until=TIME,
    ),
)
_BENCHMARK_INDEXES = (("boss_id",), ("specialization_id",))

_BENCHMARKS = (
    Table(
        name="benchmark",
        columns=_BENCHMARK,
        rows=sizes.benchmarks,
        make=benchmarks_of_bosses,
        indexes=_BENCHMARK_INDEXES,
    ),
    Table(name="draft_benchmark", columns=_BENCHMARK, indexes=_BENCHMARK_INDEXES),
    Table(
        name="draft_change",
        columns=(_link("draft_benchmark", "benchmark_id"), *_columns(note=TEXT)),
        indexes=(("benchmark_id",),),
    ),
)

_COLLECTIONS = (
    Table(name="draft_collection", columns=_columns(name=TEXT)),
    Table(
        name="draft_collection_fights",
        columns=(_link("draft_collection", "draftcollection_id"), _link("fight")),
        indexes=(("fight_id",),),
        unique=(("draftcollection_id", "fight_id"),),
    ),
)

_CACHE = (
    Table(
        name="draft_cache",
        columns=_columns(cache_key=TEXT, value=TEXT, expires=TIME),
        indexes=(("expires",),),
        unique=(("cache_key",),),
    ),
)

LOGS = Dataset(
    name="logs",
    form=3,
    main="player_fight",
    counted="player fights",
    default_rows=1_000_000,
    bytes_per_row=600,
    tables=(*_TERMS, *_PEOPLE, *_FIGHTS, *_BENCHMARKS, *_COLLECTIONS, *_CACHE),
)
