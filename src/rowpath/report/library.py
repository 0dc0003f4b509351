"""Vega, Vega-Lite and Vega-Embed as one script, in the version that the charts are written for."""

import os
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from tempfile import NamedTemporaryFile
from zlib import crc32

import platformdirs
import vl_convert
from altair.vegalite import SCHEMA_VERSION

_SNIPPET = "window.vegaEmbed = vegaEmbed;"


@cache
def library() -> str:
    """Return the script.

    It is the same for every page, and bundling it takes two seconds: it is kept in the user's cache
    folder, where that can be written.
    """
    version = ".".join(SCHEMA_VERSION.split(".")[:2])
    made_by = f"{metadata.version('vl-convert-python')}-{crc32(_SNIPPET.encode()):x}"
    place = _folder() / f"vega-lite-{version}-by-{made_by}.js"
    with suppress(OSError):
        if place.stat().st_uid == os.geteuid():  # what another may write is no part of a page
            return place.read_text(encoding="utf-8")
    bundle = vl_convert.javascript_bundle(_SNIPPET, vl_version=version)
    with suppress(OSError):
        _keep(bundle, place)
    return bundle


def _folder() -> Path:
    try:
        return platformdirs.user_cache_path("rowpath", appauthor=False)
    except RuntimeError:  # a user without a home
        return Path(os.devnull)


def _keep(bundle: str, place: Path) -> None:
    """Write the file whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=place.parent, delete=False) as part:
        part.write(bundle)
    Path(part.name).replace(place)
