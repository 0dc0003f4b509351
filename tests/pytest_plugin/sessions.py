"""How tests start sessions of pytest."""

from importlib.metadata import entry_points


def only(*plugins: str) -> list[str]:
    """Return the options that leave out all installed plugins but these and rowpath's.

    Importing those that happen to be here takes two seconds of each session.
    """
    names = {each.name for each in entry_points(group="pytest11")}
    return [f"-pno:{name}" for name in sorted(names - {"rowpath", *plugins})]
