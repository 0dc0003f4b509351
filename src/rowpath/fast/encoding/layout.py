"""A plan with its bytes and writers chosen, as the compiled half takes it. Frozen values."""

from dataclasses import dataclass

from rowpath.fast.plan import Absent


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """How the binary values of one type are written: a name in native/writers.hpp."""

    name: str
    number: int = 0
    """Decimal places (-1 for any), or the position among the program's zones, prefixes or links."""
    digits: int = 0
    """How many a decimal may have; 0 for any number."""
    item_type: int = 0
    """The OID of an array's items."""
    item: "Writer | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A list if it has one, a value if it has a `writer`, and else an object with `members`."""

    key: str
    """The whole way to it, for messages."""
    prefix: bytes
    """The comma before it, the escaped key and the colon, as they stand in the JSON."""
    guards: tuple[tuple[int, Absent], ...]
    default: bytes = b""
    """What Absent.DEFAULT stands for, as it stands in the JSON."""
    column: int = -1
    list: int = -1
    """Its position among the plan's lists; `column` is then that of the key of its rows."""
    is_flat: bool = False
    """Whether a list has the values of its only member, and no objects."""
    writer: Writer | None = None
    members: tuple["Member", ...] = ()
