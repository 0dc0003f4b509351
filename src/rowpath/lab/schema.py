"""The one schema that the lab writes, in any database; the measured applications look there too."""

SCHEMA = "rowpath_lab"
MARK = "made by rowpath"
"""The comment on the schema, and on each table in it that rowpath made."""
TOOL_TABLES = (
    "django_migrations",
    "silk_profile",
    "silk_profile_queries",
    "silk_request",
    "silk_response",
    "silk_sqlquery",
)
"""Those that django-silk makes by its own migrations, where it is run."""
