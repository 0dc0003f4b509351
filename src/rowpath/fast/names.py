"""How classes and errors are named in reasons, so that whoever reads one finds them."""

_FRAMEWORKS = ("builtins", "django", "rest_framework")


def named(cls: type) -> str:
    """Return the name of a framework's class, and that of any other with its module before it.

    A project may call a class of its own ChoiceField too.
    """
    if cls.__module__.partition(".")[0] in _FRAMEWORKS:
        return cls.__name__
    return f"{cls.__module__}.{cls.__qualname__}"


def definer(cls: type, name: str) -> type:
    """Return the class that `cls` has its `name` from: where somebody would change it."""
    return next((one for one in cls.__mro__ if name in vars(one)), cls)


def error_text(error: BaseException) -> str:
    """Return the class of `error` and what it says, even if it cannot say it."""
    name = type(error).__name__
    try:
        return f"{name}: {error}".rstrip(": .")
    except Exception:  # noqa: BLE001 - a __str__() of the project's
        return name


def place_of(error: BaseException) -> tuple[str, int]:
    """Return the file and the line in which `error` was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return ("", 0) if trace is None else (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
