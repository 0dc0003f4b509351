"""The names that psycopg keeps to itself, and the cursor stands on."""

from rowpath.fast.private import Names

NEEDED: Names = {
    "psycopg._preparing": ("Key", "Prepare"),
    "psycopg._preparing.PrepareManager": (
        *("_names", "_rotate", "key", "maintain_gen", "maybe_add_to_cache"),
    ),
    "psycopg._queries": ("PostgresQuery",),
    "psycopg.Connection": ("_prepared",),
    "psycopg.Cursor": (
        *("_check_results", "_conn", "_convert_query", "_execute_send", "_get_prepared"),
        *("_pgconn", "_raise_for_result", "_send_prepare", "_send_query_prepared", "_start_query"),
    ),
}

USED_IF_THERE: Names = {
    # What reads a moment: whether it is as shipped.
    "psycopg.types.datetime.TimestamptzLoader": ("_load_iso",),
}
