"""Which statements were sent with the same values, without keeping the values."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from psycopg.types.json import Json, Jsonb

_SIZE_BYTES = 16


def digest(values: object) -> str | None:
    """Return what tells the values of a statement from others: equal values, an equal digest.

    `values` is what a driver takes: a sequence or a mapping, or a list of those, or None. None for
    an iterator, which only the driver may read.
    """
    digested = blake2b(digest_size=_SIZE_BYTES)
    if values is not None and not isinstance(values, Mapping | list | tuple):
        return None
    for part in _parts(values):
        digested.update(part.encode(errors="surrogatepass"))
        digested.update(b"\0")
    return digested.hexdigest()


def _parts(values: object) -> Iterable[str]:
    """Yield text for each value in turn: of many rows there is never all of it at once."""
    if values is None:
        return
    if isinstance(values, Mapping):
        for name, value in values.items():
            yield str(name)
            yield from _parts(value)
    elif isinstance(values, list | tuple):
        yield f"{len(values)}"
        for value in values:
            yield from _parts(value)
    elif isinstance(values, Json | Jsonb):
        # psycopg's own text of a document leaves out all but its beginning.
        yield repr(values.obj)
    else:
        yield repr(values)
