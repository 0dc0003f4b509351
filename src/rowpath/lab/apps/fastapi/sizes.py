"""How many rows a request asks for."""

from typing import Annotated

from fastapi import Query

DEFAULT_ROWS = 100
LARGEST = 2**63 - 1
"""The largest LIMIT of PostgreSQL."""

Rows = Annotated[int, Query(ge=0, le=LARGEST)]
