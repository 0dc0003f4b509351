"""Section 4.3 of the talk: a serializer over dictionaries, and one over model objects."""

from rowpath.lab.applications import App
from rowpath.lab.experiment import Answer, Endpoint, Experiment, Group, Shape, Variant

# The talk's serializers make text of the time, the duration and the health. Its detail serializer
# shows the report's name as well, which its list serializer does not.
LIST_LINES = Answer(
    shape=Shape.ROWS,
    expected="""
        SELECT
            fight.id, boss.title AS boss_title,
            to_char(report.time_end, 'YYYY-MM-DD HH24:MI:SS') AS fight_end_time,
            report.is_success, report.is_cm, report.duration_ms::text AS fight_duration,
            report.left_health_percent::text AS boss_left_health_percent
        FROM fight JOIN boss ON boss.id = fight.boss_id JOIN report ON report.id = fight.report_id
        ORDER BY fight.id LIMIT %(rows)s
    """,
)
DETAIL_LINES = Answer(
    shape=Shape.ROWS,
    expected="""
        SELECT
            fight.id, boss.title AS boss_title, report.report_name,
            to_char(report.time_end, 'YYYY-MM-DD HH24:MI:SS') AS fight_end_time,
            report.is_success, report.is_cm, report.duration_ms::text AS fight_duration,
            report.left_health_percent::text AS boss_left_health_percent
        FROM fight JOIN boss ON boss.id = fight.boss_id JOIN report ON report.id = fight.report_id
        ORDER BY fight.id LIMIT %(rows)s
    """,
)
# Without a serializer a time is ISO 8601 and a number is a number.
VALUES = Answer(
    shape=Shape.ROWS,
    expected="""
        SELECT
            fight.id, boss.title AS boss_title, report.time_end AS fight_end_time,
            report.is_success, report.is_cm, report.duration_ms AS fight_duration,
            report.left_health_percent AS boss_left_health_percent
        FROM fight JOIN boss ON boss.id = fight.boss_id JOIN report ON report.id = fight.report_id
        ORDER BY fight.id LIMIT %(rows)s
    """,
)

SERIALIZERS = Experiment(
    name="serializers",
    section="4.3",
    question="What does a serializer across relations cost over dictionaries, over model objects?",
    groups=(
        Group(
            name="serializers",
            baseline="detail-objects",
            of="fight",
            sizes=(300,),
            variants=(
                Variant(
                    name="detail-objects",
                    title="DRF: detail serializer over model objects, select_related()",
                    asks=Endpoint(app=App.DJANGO, code=("DetailObjects", "FightDetailSerializer")),
                    expects=DETAIL_LINES,
                ),
                Variant(
                    name="detail-objects-only",
                    title="DRF: detail serializer, select_related() and only()",
                    asks=Endpoint(
                        app=App.DJANGO, code=("DetailObjectsOnly", "FightDetailSerializer")
                    ),
                    expects=DETAIL_LINES,
                ),
                Variant(
                    name="detail-objects-lazy",
                    title="DRF: detail serializer, relations followed as they are read",
                    asks=Endpoint(
                        app=App.DJANGO, code=("DetailObjectsLazy", "FightDetailSerializer")
                    ),
                    expects=DETAIL_LINES,
                    statements_per_row=2,
                ),
                Variant(
                    name="list-values",
                    title="DRF: list serializer over values()",
                    asks=Endpoint(app=App.DJANGO, code=("ListValues", "FightsListSerializer")),
                    expects=LIST_LINES,
                ),
                Variant(
                    name="values-alone",
                    title="DRF: values() without a serializer",
                    asks=Endpoint(app=App.DJANGO, code=("ValuesAlone",)),
                    expects=VALUES,
                ),
            ),
        ),
    ),
)
