"""Section 7 of the talk: one call more on a queryset that already holds its rows."""

from rowpath.lab.applications import App
from rowpath.lab.experiment import Answer, Endpoint, Experiment, Group, Shape, Variant

SIZE = 150


def _tag_lines(column: str) -> Answer:
    """Return the lines of fights, with or without tags: the names of these, and what is asked."""
    # Python sorts the names by code point, as the collation C does.
    return Answer(
        shape=Shape.ROWS,
        expected=f"""
            SELECT fight.id,
                coalesce(
                    array_agg(tag.name ORDER BY tag.name COLLATE "C")
                        FILTER (WHERE tag.id IS NOT NULL),
                    '{{}}'
                ) AS tag_names,
                {column}
            FROM fight
            LEFT JOIN fight_tags ON fight_tags.fight_id = fight.id
            LEFT JOIN tag ON tag.id = fight_tags.tag_id
            GROUP BY fight.id ORDER BY fight.id LIMIT %(rows)s
        """,  # noqa: S608 made of literals alone
    )


COUNT_ANSWER = _tag_lines("count(tag.id) AS tag_count")
EXISTS_ANSWER = _tag_lines("count(tag.id) > 0 AS is_tagged")
FILTER_ANSWER = _tag_lines(
    """
    coalesce(
        array_agg(tag.name ORDER BY tag.name COLLATE "C") FILTER (WHERE tag.id > 5), '{}'
    ) AS rare_names
    """
)
FIRST_ANSWER = _tag_lines("(array_agg(tag.name ORDER BY tag.id))[1] AS first_tag")

COUNT = Group(
    name="count",
    question="count(): does it ask PostgreSQL, where the rows are read in any case?",
    baseline="count-before",
    of="fight",
    sizes=(SIZE,),
    variants=(
        Variant(
            name="count-before",
            title="count(), then the queryset is read",
            asks=Endpoint(app=App.DJANGO, code=("CountBefore", "names")),
            expects=COUNT_ANSWER,
            statements_per_row=2,
        ),
        Variant(
            name="count-evaluated",
            title="count() of an evaluated queryset",
            asks=Endpoint(app=App.DJANGO, code=("CountAfter", "names")),
            expects=COUNT_ANSWER,
            statements_per_row=1,
        ),
        Variant(
            name="len-evaluated",
            title="len() of an evaluated queryset",
            asks=Endpoint(app=App.DJANGO, code=("LenAfter", "names")),
            expects=COUNT_ANSWER,
            statements_per_row=1,
        ),
        Variant(
            name="count-prefetched",
            title="count() of a prefetched relation",
            asks=Endpoint(app=App.DJANGO, code=("PrefetchedCount", "names")),
            expects=COUNT_ANSWER,
            statements=2,
        ),
        Variant(
            name="len-prefetched",
            title="len() of a prefetched relation",
            asks=Endpoint(app=App.DJANGO, code=("PrefetchedLen", "names")),
            expects=COUNT_ANSWER,
            statements=2,
        ),
        Variant(
            name="count-annotated",
            title="annotate(Count()), the relation prefetched",
            asks=Endpoint(app=App.DJANGO, code=("PrefetchedAnnotated", "names")),
            expects=COUNT_ANSWER,
            statements=2,
        ),
    ),
)

EXISTS = Group(
    name="exists",
    question="exists(): does it ask PostgreSQL, where the rows are read in any case?",
    baseline="exists-before",
    of="fight",
    sizes=(SIZE,),
    variants=(
        Variant(
            name="exists-before",
            title="exists(), then the queryset is read",
            asks=Endpoint(app=App.DJANGO, code=("ExistsBefore", "names")),
            expects=EXISTS_ANSWER,
            statements_per_row=2,
        ),
        Variant(
            name="exists-evaluated",
            title="exists() of an evaluated queryset",
            asks=Endpoint(app=App.DJANGO, code=("ExistsAfter", "names")),
            expects=EXISTS_ANSWER,
            statements_per_row=1,
        ),
        Variant(
            name="bool-before",
            title="bool(), then the queryset is read",
            asks=Endpoint(app=App.DJANGO, code=("BoolBefore", "names")),
            expects=EXISTS_ANSWER,
            statements_per_row=1,
        ),
        Variant(
            name="exists-prefetched",
            title="exists() of a prefetched relation",
            asks=Endpoint(app=App.DJANGO, code=("PrefetchedExists", "names")),
            expects=EXISTS_ANSWER,
            statements=2,
        ),
        Variant(
            name="bool-prefetched",
            title="bool() of a prefetched relation",
            asks=Endpoint(app=App.DJANGO, code=("PrefetchedBool", "names")),
            expects=EXISTS_ANSWER,
            statements=2,
        ),
    ),
)

FILTER = Group(
    name="filter",
    question="filter() or a condition in Python, where the rows are read in any case?",
    baseline="filter-evaluated",
    of="fight",
    sizes=(SIZE,),
    variants=(
        Variant(
            name="filter-evaluated",
            title="filter() of an evaluated queryset",
            asks=Endpoint(app=App.DJANGO, code=("FilterAfter", "names")),
            expects=FILTER_ANSWER,
            statements_per_row=2,
        ),
        Variant(
            name="python-evaluated",
            title="a condition in Python over an evaluated queryset",
            asks=Endpoint(app=App.DJANGO, code=("PythonAfter", "names")),
            expects=FILTER_ANSWER,
            statements_per_row=1,
        ),
        Variant(
            name="filter-prefetched",
            title="filter() of a prefetched relation",
            asks=Endpoint(app=App.DJANGO, code=("PrefetchedFilter", "names")),
            expects=FILTER_ANSWER,
            statements=2,
            statements_per_row=1,
        ),
        Variant(
            name="python-prefetched",
            title="a condition in Python over a prefetched relation",
            asks=Endpoint(app=App.DJANGO, code=("PrefetchedPython", "names")),
            expects=FILTER_ANSWER,
            statements=2,
        ),
        Variant(
            name="prefetched-twice",
            title="Prefetch(filter(), to_attr) beside the relation",
            asks=Endpoint(app=App.DJANGO, code=("PrefetchedTwice", "names")),
            expects=FILTER_ANSWER,
            statements=3,
        ),
    ),
)

FIRST = Group(
    name="first",
    question="first(): does it ask PostgreSQL, where the rows are read in any case?",
    baseline="first-evaluated",
    of="fight",
    sizes=(SIZE,),
    variants=(
        Variant(
            name="first-evaluated",
            title="first() of an evaluated queryset without an order",
            asks=Endpoint(app=App.DJANGO, code=("FirstAfter", "names", "name_of")),
            expects=FIRST_ANSWER,
            statements_per_row=2,
        ),
        Variant(
            name="first-evaluated-ordered",
            title="first() of an evaluated queryset with an order",
            asks=Endpoint(app=App.DJANGO, code=("FirstAfterOrdered", "names", "name_of")),
            expects=FIRST_ANSWER,
            statements_per_row=1,
        ),
        Variant(
            name="index-evaluated",
            title="[0] of an evaluated queryset with an order",
            asks=Endpoint(app=App.DJANGO, code=("IndexAfter", "names", "name_of")),
            expects=FIRST_ANSWER,
            statements_per_row=1,
        ),
        Variant(
            name="first-prefetched",
            title="first() of a prefetched relation without an order",
            asks=Endpoint(app=App.DJANGO, code=("PrefetchedFirst", "names", "name_of")),
            expects=FIRST_ANSWER,
            statements=2,
            statements_per_row=1,
        ),
        Variant(
            name="first-prefetched-ordered",
            title="first() of a relation prefetched in order",
            asks=Endpoint(app=App.DJANGO, code=("PrefetchedFirstOrdered", "names", "name_of")),
            expects=FIRST_ANSWER,
            statements=2,
        ),
        Variant(
            name="index-prefetched",
            title="[0] of a relation prefetched in order",
            asks=Endpoint(app=App.DJANGO, code=("PrefetchedIndex", "names", "name_of")),
            expects=FIRST_ANSWER,
            statements=2,
        ),
    ),
)

CACHED_QUERYSET = Experiment(
    name="cached-queryset",
    section="7",
    question="Which calls on a queryset that holds its rows ask PostgreSQL again?",
    groups=(COUNT, EXISTS, FILTER, FIRST),
)
