"""The installed versions of what is measured."""

from importlib import metadata
from importlib.util import find_spec

from rowpath import __version__

COMPILED = "rowpath-compiled"
"""Stands for rowpath's own compiled code, which is not built everywhere."""

MEASURED = (
    "django",
    "djangorestframework",
    "fastapi",
    "pydantic",
    "sqlalchemy",
    "psycopg",
    "gunicorn",
    "uvicorn",
    "uvloop",
    "httptools",
)
PEERS = (
    "django-bolt",
    "django-fastdrf",
    "django-ninja",
    "drf-oxide",
    "litestar",
    "msgspec",
    "orjson",
)


def package_versions() -> dict[str, str]:
    """Return the versions of what is measured: of peers and compiled code where they are here."""
    versions = {name: metadata.version(name) for name in MEASURED}
    for name in PEERS:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    if find_spec("rowpath.fast.encoding._native") is not None:
        versions[COMPILED] = __version__
    return versions
