"""What rowpath writes, held against the schemas that it publishes."""

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[1] / "docs/schema"


def check(text: bytes, schema: str) -> None:
    """Fail where a text is not what the published schema of that name says."""
    _validator(schema).validate(json.loads(text))


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / schema).read_text(encoding="utf-8")))
