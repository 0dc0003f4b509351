"""What a record says of an end that came before all was measured."""


def told(error: BaseException) -> str:
    """Return how a run ended that no failure which is told by itself has ended, as a sentence."""
    if isinstance(error, KeyboardInterrupt):
        return "It was ended by Ctrl-C."
    if isinstance(error, SystemExit):
        return f"It was ended from outside, with the exit code {error.code}."
    return f"A defect of rowpath: {error!r}"
