"""Generated views over generated serializers and querysets, as source, and what they are asked."""

from dataclasses import dataclass

from hypothesis import strategies as st

from fast.drf.expressions import annotations
from fast.drf.querysets import queryset, values_queryset
from fast.drf.serializers import serializer, values_serializer
from fast.drf.worlds import Draw, Part, World, rarely, spread

_PAGES = ("", "?page=2", "?page=last", "?page=99", "?page=x", "?page=1&size=1", "?size=0")
_OFFSETS = ("", "?limit=2&offset=1", "?limit=3", "?limit=0&offset=99", "?offset=-1", "?limit=é")


@dataclass(frozen=True, slots=True)
class View:
    """A view class and the queries it is asked: "next" and "previous" are links of the last."""

    source: str
    queries: tuple[str, ...]
    zone: str
    accept: str


def views(
    draw: Draw, world: World, zones: st.SearchStrategy[str], part: Part
) -> tuple[str, list[View]]:
    """Return a serializer, as source, and some views of it, which call it S."""
    root = draw(st.sampled_from(["Main", "Main", "Main", "Main", *world.tables]))
    if draw(rarely(6)):
        around = _around(draw, world, root)
        rows, fields = values_queryset(draw, world, root, may_slice=around.may_slice)
        return values_serializer(draw, fields), [_view(draw, rows, around, zones)]
    found = annotations(draw, world, root, part)
    serialized = serializer(draw, world, root, found)
    made = []
    for _ in range(draw(st.integers(1, 2))):
        around = _around(draw, world, root)
        rows = queryset(draw, world, root, serialized, may_slice=around.may_slice)
        made.append(_view(draw, rows, around, zones))
    return serialized.source, made


@dataclass(frozen=True, slots=True)
class _Around:
    """What a view has around its queryset."""

    members: list[str]
    queries: tuple[str, ...]
    may_slice: bool


def _around(draw: Draw, world: World, root: str) -> _Around:
    paginator, queries = _paginator(draw, world, root)
    members = [f"pagination_class={paginator}"]
    backends = _backends(draw, world, root) if draw(rarely(5)) else []
    if backends:
        queries += ("?search=c", "?ordering=-pk", "?pk=1", "?code=x&search=%00")
    if draw(rarely(3)):
        flags = ", ".join(
            f"{name}={draw(st.booleans())}" for name in ("ensure_ascii", "compact", "strict")
        )
        members.append(f"renderer_classes=[type('R', (JSONRenderer,), dict({flags}))]")
    may_slice = not backends and "Cursor" not in paginator
    if paginator == "None" and draw(rarely(4)):
        members += ["stream_above_rows=1", "stream_instances=True"]
    return _Around([*members, *backends], queries, may_slice)


def _view(draw: Draw, rows: str, around: _Around, zones: st.SearchStrategy[str]) -> View:
    members = [f"queryset={rows}", "serializer_class=S", *around.members]
    accept = "application/json; indent=2" if draw(rarely(150)) else "application/json"
    source = f"type('View', (ListAPIView,), dict({', '.join(members)}))"
    return View(source, around.queries, draw(zones), accept)


def _paginator(draw: Draw, world: World, root: str) -> tuple[str, tuple[str, ...]]:
    size = draw(st.integers(1, 4))
    kind = draw(spread(["none", "none", "pages", "offsets", "cursors"]))
    if kind == "none":
        return "None", ("",)
    if kind == "pages":
        members = f"page_size={size}, page_size_query_param='size'"
        queries = ("", draw(st.sampled_from(_PAGES)))
        return f"type('Pages', (PageNumberPagination,), dict({members}))", queries
    if kind == "offsets":
        queries = ("", draw(st.sampled_from(_OFFSETS)))
        members = f"default_limit={size}, max_limit=5"
        return f"type('Offsets', (LimitOffsetPagination,), dict({members}))", queries
    columns = [one.name for one in world.columns(root) if one.kind.orders and not one.null]
    first = draw(st.sampled_from([*columns, "pk"]))
    ordering = draw(st.sampled_from([(first, "pk"), (f"-{first}", "-pk"), ("pk",), ("-pk",)]))
    members = f"page_size={size}, ordering={ordering!r}"
    source = f"type('Cursors', (CursorPagination,), dict({members}))"
    return source, ("", "next", "next", "previous", "?cursor=é")[: draw(st.integers(1, 5))]


def _backends(draw: Draw, world: World, root: str) -> list[str]:
    columns = (one for one in world.columns(root) if one.kind.column.startswith("CharField"))
    texts = [one.name for one in columns]
    backends = draw(
        st.lists(
            st.sampled_from(["SearchFilter", "OrderingFilter", "DjangoFilterBackend"]),
            min_size=1,
            unique=True,
        )
    )
    return [
        f"search_fields={texts[:2]!r}",
        f"filterset_fields={[name for name in texts if not name.endswith('q')]!r}",
        "ordering_fields='__all__'",
        f"filter_backends=[{', '.join(backends)}]",
    ]
