"""A look now and then, in a thread of its own, while something else runs."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event


@contextmanager
def looking(look: Callable[[], None], *, every_s: float) -> Iterator[None]:
    """Call `look` every so many seconds while the block runs.

    What `look` raises ends the looking and is raised when the block has ended, in the place of an
    error of the block's that came after it.
    """
    over = Event()

    def look_until_over() -> None:
        while not over.wait(every_s):
            look()

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="rowpath-look") as pool:
        looks = pool.submit(look_until_over)
        try:
            yield
        except Exception as error:
            over.set()
            if (first := looks.exception()) is not None:
                raise first from error
            raise
        finally:
            over.set()
        looks.result()
