from collections.abc import Iterator

import pytest

from load.targets import Served, Target, served


@pytest.fixture
def server() -> Iterator[Served]:
    """A web server that behaves by the path, and nothing has asked yet."""
    with served() as made:
        yield made


@pytest.fixture
def target(server: Served) -> Target:
    """The same server, where it listens and what it was asked."""
    return server.target
