"""What `rowpath explain` does now, on a terminal alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text


@contextmanager
def told(console: Console) -> Iterator[Callable[[str], None]]:
    """Yield what tells of a step: a line that the next one replaces; elsewhere it says nothing."""
    if not console.file.isatty() or console.is_dumb_terminal:
        yield lambda _: None
        return
    # Rich would draw by a thread of its own, while a request is timed.
    with Live(console=console, transient=True, auto_refresh=False) as live:
        yield lambda step: live.update(
            Text(step, style="dim", no_wrap=True, overflow="ellipsis"), refresh=True
        )
