"""About how much a column's value takes on its way from the database."""


def size_of(value: object) -> int:
    """Return about how many bytes a value takes."""
    if isinstance(value, str | bytes | memoryview):
        return len(value)
    return len(str(value)) if value is not None else 0
