"""Events of `sqlalchemy.orm`: what a statement loads, and which rows are a list's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Result, Select, event, inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, Query, QueryContext, Session
from sqlalchemy.orm.interfaces import UserDefinedOption

from rowpath.explain.growth import FEWEST_ROWS
from rowpath.explain.recording.facts import Tag
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.sqlalchemy.eager_loads import ListLoads
from rowpath.explain.sqlalchemy.origins import trail_of
from rowpath.explain.trails import Hop, Owner, Path, Trail, Way

METHODS: dict[type, tuple[str, ...]] = {Select: ("_limit_clause", "_order_by_clauses")}
"""What SQLAlchemy keeps to itself of a list: how long it may be, and whether it has an order."""
# Those of the ORM, whose class has another name in each version.
_COMPILE_OPTIONS: type = getattr(Query, "_compile_options", object)
COLUMNS: dict[type, tuple[str, ...]] = {
    Select: ("_compile_options",),
    _COMPILE_OPTIONS: ("_only_load_props",),
    QueryContext.default_load_options: ("_refresh_state",),
}
"""What it keeps to itself of columns that are loaded for a row that is there."""
FINDING_OF_COLUMNS = "columns that are loaded row by row"
OPTION = "rowpath_purpose"
"""The execution option by which a statement's `Purpose` goes to the cursor, and to its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What a statement is sent for: a relation of a row of a trail, or a list of rows of its own.

    `depth` is how many relations lie between the rows that SQLAlchemy counts paths from, and the
    list's. Rows of a list that `has_columns` are no objects. What `is_refresh` loads a row again
    that was expired, as a commit does.
    """

    loads: Tag | None = None
    lists: int | None = None
    depth: int = 0
    has_columns: bool = False
    is_refresh: bool = False


NOTHING = Purpose()
REFRESH = Purpose(is_refresh=True)
_STREAMS = frozenset({"stream_results", "yield_per"})


class Origin(UserDefinedOption):
    """Of which trail rows are: SQLAlchemy hands it on to whatever is loaded for one of them."""

    propagate_to_loaders = True

    def __init__(self, number: int, depth: int) -> None:
        super().__init__((number, depth))


@contextmanager
def recorded(
    recorder: Recorder, *, has_columns: bool = True, lists: ListLoads | None = None
) -> Iterator[None]:
    """Tell a recorder of lists, of their rows and of what is loaded for each within the block.

    Of columns that are loaded by themselves only if this SQLAlchemy `has_columns`: see COLUMNS.
    `lists` are told what else the statements of lists load.
    """
    listener = _Listener(recorder, lists, has_columns=has_columns)
    event.listen(Session, "do_orm_execute", listener.execute)
    event.listen(Mapper, "load", listener.load, raw=True)
    try:
        yield
    finally:
        event.remove(Session, "do_orm_execute", listener.execute)
        event.remove(Mapper, "load", listener.load)


class _Listener:
    def __init__(self, recorder: Recorder, lists: ListLoads | None, *, has_columns: bool) -> None:
        self._recorder = recorder
        self._lists = lists
        self._has_columns = has_columns

    def execute(self, state: ORMExecuteState) -> Result[Any] | None:
        """Say what a statement is for; cut it where lists are to be shorter."""
        if not state.is_select or not isinstance(state.statement, Select):
            return None
        if not self._recorder.is_watching:
            purpose = NOTHING
        elif state.is_column_load:
            purpose = self._column(state) if self._has_columns else NOTHING
        elif state.lazy_loaded_from is not None:
            purpose = self._lazily(state)
        elif state.is_relationship_load:
            purpose = self._eagerly(state)
        else:
            purpose = self._list(state)
        # A statement that is compiled from the cache would hand the options of another one on.
        state.update_execution_options(**{OPTION: purpose}, compiled_cache=None)
        return self._counted(state, purpose) if purpose.has_columns else None

    def load(self, state: Any, context: Any) -> None:
        """Count a row that came, if it is one of a list's own."""
        purpose: Purpose = context.execution_options.get(OPTION, NOTHING)
        if purpose.lists is None or purpose.has_columns or not self._recorder.is_watching:
            return
        path = state.load_path.path
        if len(path) // 2 != purpose.depth or not path:
            return
        if label_of(path[-1].mapper.class_) == self._recorder.trail(purpose.lists).model:
            self._recorder.counter(purpose.lists).rows += 1

    def _list(self, state: ORMExecuteState) -> Purpose:
        asked = _asked_of(state.statement)
        if asked is None:
            return NOTHING
        model, has_columns = asked
        trail = trail_of(state.statement, label_of(model), self._recorder)
        number = self._recorder.number_of(trail)
        self._recorder.evaluating(number, is_ordered=_is_ordered(state.statement))
        if self._lists is not None:
            self._lists.add(number, state.statement, (Origin,))
        self._cut(state, trail.model, has_pages=True)
        _pass_on(state, Origin(number, 0))
        return Purpose(lists=number, has_columns=has_columns)

    def _counted(self, state: ORMExecuteState, purpose: Purpose) -> Result[Any] | None:
        """Return the rows of columns, counted: no event tells of each; a stream is not held up."""
        if purpose.lists is None or _STREAMS & set(state.execution_options):
            return None
        frozen = state.invoke_statement().freeze()
        for _ in frozen.data:
            self._recorder.counter(purpose.lists).rows += 1
        result: Result[Any] = frozen()
        return result

    def _lazily(self, state: ORMExecuteState) -> Purpose:
        origin, path = _origin(state), _path(state)
        if origin is None or not path:
            return NOTHING
        number, depth = origin
        hops = _hops(path)[depth:]
        relation = path[-1]
        if not hops or hops[-1].way is not Way.MANY or self._recorder.rows_of(number) != 1:
            return Purpose(loads=Tag(number, hops, 0))
        # A page about one object lists what it has: what each of that loads grows with the list.
        trail = Trail(
            model=label_of(relation.mapper.class_),
            steps=((),),
            parent=(self._recorder.trail(number), hops),
        )
        own = self._recorder.number_of(trail)
        self._recorder.evaluating(own, is_ordered=bool(relation.order_by))
        self._cut(state, trail.model)
        depth += len(hops)
        _pass_on(state, Origin(own, depth))
        return Purpose(loads=Tag(number, hops, 0), lists=own, depth=depth)

    def _eagerly(self, state: ORMExecuteState) -> Purpose:
        limit = self._recorder.limit
        if limit is not None and limit.with_prefetches:
            relations = [each for each in _path(state) if hasattr(each, "uselist")]
            if relations and relations[-1].uselist:
                self._cut(state, label_of(relations[-1].mapper.class_))
        return NOTHING

    def _column(self, state: ORMExecuteState) -> Purpose:
        options: Any = state.load_options
        statement: Any = state.statement
        row, names = options._refresh_state, statement._compile_options._only_load_props
        origin = _origin(state)
        if row is not None and row.expired_attributes & set(names or ()):
            return REFRESH
        if row is None or origin is None or not names:
            return NOTHING
        number, depth = origin
        column = Hop(name=min(names), way=Way.COLUMN, owner=owner_of(row.mapper.class_))
        return Purpose(loads=Tag(number, (*_hops(row.load_path.path)[depth:], column), 0))

    def _cut(self, state: ORMExecuteState, model: str, *, has_pages: bool = False) -> None:
        """Have a list as long as is asked for; tell the length of a page where it is one."""
        statement: Any = state.statement
        limit, own = self._recorder.limit, _limit_of(statement)
        if has_pages and own is not None and own >= FEWEST_ROWS:
            self._recorder.page_rows = self._recorder.page_rows or own
        if limit is None:
            return
        is_page = limit.model is None and has_pages and own == self._recorder.page_rows
        is_longer = limit.model == model and (own is None or own > limit.rows)
        if (is_page and own is not None) or is_longer:
            state.statement = statement.limit(limit.rows)


def label_of(model: type) -> str:
    """Return by which name a mapped class is told from others."""
    return f"{model.__module__}.{model.__qualname__}"


def owner_of(model: type) -> Owner:
    """Return a mapped class as a value."""
    return Owner(module=model.__module__, name=model.__qualname__)


def _pass_on(state: ORMExecuteState, origin: Origin) -> None:
    statement: Any = state.statement
    state.statement = statement.options(origin)


def _origin(state: ORMExecuteState) -> tuple[int, int] | None:
    found = [each for each in state.user_defined_options if isinstance(each, Origin)]
    return found[-1].payload if found else None


def _path(state: ORMExecuteState) -> tuple[Any, ...]:
    """Return the mapped classes and relations, in turn, that lead to what is loaded."""
    path = state.loader_strategy_path
    return () if path is None else path.path


def _hops(path: tuple[Any, ...]) -> Path:
    """Return the relations of a path, which has mapped classes and relations in turn."""
    return tuple(
        Hop(
            name=relation.key,
            way=Way.MANY if relation.uselist else Way.ONE,
            owner=owner_of(entity.mapper.class_),
        )
        for entity, relation in zip(path[::2], path[1::2], strict=False)
    )


def _asked_of(statement: Any) -> tuple[type, bool] | None:
    """Return the first mapped class that a statement asks for, and whether for columns alone.

    None where it asks for none, as for a number of rows.
    """
    found = [each for each in statement.column_descriptions if each.get("entity") is not None]
    whole = [each for each in found if each["expr"] is each["entity"]]
    if not found:
        return None
    entity = whole[0]["entity"] if whole else found[0]["entity"]
    return inspect(entity).mapper.class_, not whole


def _is_ordered(statement: Any) -> bool:
    return bool(statement._order_by_clauses)


def _limit_of(statement: Any) -> int | None:
    """Return a statement's LIMIT where it is a plain number."""
    clause = statement._limit_clause
    value = getattr(clause, "value", None)
    return value if isinstance(value, int) else None
