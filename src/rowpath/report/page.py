"""What every page has that needs no network: templates, style, Vega and the policy over them."""

import base64
import hashlib
from functools import cache

import vl_convert
from altair.vegalite import SCHEMA_VERSION as VEGA_LITE_VERSION
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rowpath.report import source
from rowpath.report.charts.explain import PHASE_COLOURS

_BUNDLE_SNIPPET = "window.vegaEmbed = vegaEmbed;"


def templates() -> Environment:
    """Return the report's templates, which escape all that they are given."""
    environment = Environment(
        loader=PackageLoader("rowpath.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "sort_keys": True}
    return environment


def frame(environment: Environment) -> dict[str, str]:
    """Return what a page is drawn with: `policy`, `style`, `library` and `script`."""
    style = _text(environment, "report.css", source=source, colours=PHASE_COLOURS)
    script, library = _text(environment, "report.js"), _library()
    policy = _policy(style=style, scripts=(library, script))
    return {"policy": policy, "style": style, "library": library, "script": script}


def _text(environment: Environment, name: str, **values: object) -> Markup:
    return Markup(environment.get_template(name).render(**values))  # noqa: S704 (our own files)


@cache
def _library() -> Markup:
    """Return Vega, Vega-Lite and Vega-Embed in the version that the charts are written for."""
    version = ".".join(VEGA_LITE_VERSION.split(".")[:2])
    bundle = vl_convert.javascript_bundle(_BUNDLE_SNIPPET, vl_version=version)
    # Both would end the script element or change how it is read; in a string, which is the only
    # place where a program has them, the backslash changes nothing.
    inert = bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return Markup(inert)  # noqa: S704 (a library's code)


def _policy(*, style: str, scripts: tuple[str, ...]) -> str:
    allowed = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
