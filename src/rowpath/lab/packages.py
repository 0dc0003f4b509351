"""The installed versions of what is measured."""

from importlib import metadata
from importlib.util import find_spec

from rowpath import __version__
from rowpath.lab.applications import needed_packages, optional_packages

COMPILED = "rowpath-compiled"
"""Stands for rowpath's own compiled code, which is not built everywhere."""
REDIS = "redis-server"
"""Stands for a Redis or Valkey, which is no package of Python's."""


def package_versions() -> dict[str, str]:
    """Return the versions of what is measured: of peers and compiled code where they are here."""
    versions = {name: metadata.version(name) for name in needed_packages()}
    for name in optional_packages():
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    if find_spec("rowpath.fast.encoding._native") is not None:
        versions[COMPILED] = __version__
    return versions
