"""What every page has that needs no network: templates, style, Vega and the policy over them."""

import base64
import hashlib
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rowpath.report import source
from rowpath.report.charts.explain import PHASE_COLOURS
from rowpath.report.library import library


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
    """Return what draws the charts."""
    # Both would end the script element or change how it is read; in a string, which is the only
    # place where a program has them, the backslash changes nothing.
    inert = library().replace("</script", "<\\/script").replace("<!--", "<\\!--")
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
