from collections.abc import Iterator

import pytest

from race.endpoints import Endpoints, serving


@pytest.fixture
def endpoints() -> Iterator[Endpoints]:
    """A web server whose answers are decided by the path, and nothing has asked yet."""
    with serving() as served:
        yield served
