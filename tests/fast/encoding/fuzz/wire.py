"""Valid binary values of every type, and what may go wrong with them."""

import random
import struct
from collections.abc import Callable

from rowpath.fast.encoding.writers import ITEM_TYPES, Type

HSTORE = 16_500

Make = Callable[[random.Random], bytes]

INT16 = (0, 1, -1, 2, 4, 255, 2**15 - 1, -(2**15))
INT32 = (0, 1, -1, 6, 7, 2**16, 2**31 - 1, -(2**31))
PIECES = (b"", b"a", b'"', b"\\", b"\n", b"\x7f", b"\xc3\xa9", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80")
JSON = (
    *b"null true false 0 -0 12 -1.50 1e5 1E-400 1e400 [] {} [1,2] [[[]]]".split(),
    b'{"a": 1, "b": [true, "\\u00e9\\ud83d\\ude00\\n"]}',
    b'"plain text, long enough for eight"',
)


def text(chance: random.Random) -> bytes:
    """Return UTF-8 with much to escape."""
    return b"".join(chance.choices(PIECES, k=chance.randrange(30))) + b"x" * chance.randrange(20)


def numeric(chance: random.Random) -> bytes:
    """Return a number of up to eight groups."""
    groups = [chance.randrange(10_000) for _ in range(chance.randrange(9))]
    weight = chance.choice([len(groups) - 1, chance.randrange(-4, 10), *INT16])
    sign = chance.choice([0, 0, 0, 0x4000, 0xC000, 0xD000])
    scale = chance.choice([0, 2, 2, 4 * len(groups), chance.randrange(40), 16_383, 65_535])
    return struct.pack(f"!hhHH{len(groups)}H", len(groups), weight, sign, scale, *groups)


def json(chance: random.Random) -> bytes:
    """Return a version and a document."""
    depth = chance.choice([0, 0, 0, 1, 5, 59, 60, 61, 200])
    return b"\1" + b"[" * depth + chance.choice(JSON) + b"]" * depth


def address(chance: random.Random) -> bytes:
    """Return an IPv4 or IPv6 address."""
    family, size = chance.choice([(2, 4), (3, 16)])
    data = bytes(chance.choice([0, 0, 0, 255, 1]) for _ in range(size))
    return bytes([family, chance.randrange(8 * size + 1), chance.randrange(2), size]) + data


def interval(chance: random.Random) -> bytes:
    """Return microseconds, days and months."""
    return struct.pack("!qii", bits(chance, 64), chance.choice(INT32), chance.choice([0, 0, 1]))


def bits(chance: random.Random, size: int) -> int:
    """Return a signed integer, large or small."""
    return chance.randrange(-(2 ** (size - 1)), 2 ** (size - 1)) >> chance.randrange(size)


def integer(size: int) -> Make:
    """Return what makes integers of so many bytes."""
    return lambda chance: bits(chance, 8 * size).to_bytes(size, signed=True)


def random_bytes(size: int) -> Make:
    """Return what makes so many bytes."""
    return lambda chance: chance.randbytes(size)


def hstore(chance: random.Random) -> bytes:
    """Return a few pairs."""
    pairs = chance.randrange(4)
    parts = [struct.pack("!i", pairs)]
    for _ in range(pairs):
        key, value = text(chance), text(chance)
        parts += [struct.pack("!i", len(key)), key]
        parts += [b"\xff" * 4] if chance.random() < 0.2 else [struct.pack("!i", len(value)), value]
    return b"".join(parts)


SCALARS: dict[int, Make] = {
    Type.BOOL: lambda chance: chance.choice([b"\0", b"\1"]),
    Type.BYTEA: text,
    Type.NAME: text,
    Type.INT8: integer(8),
    Type.INT2: integer(2),
    Type.INT4: integer(4),
    Type.TEXT: text,
    Type.CIDR: address,
    Type.FLOAT8: random_bytes(8),
    Type.INET: address,
    Type.BPCHAR: text,
    Type.VARCHAR: text,
    Type.DATE: integer(4),
    Type.TIME: integer(8),
    Type.TIMESTAMPTZ: integer(8),
    Type.INTERVAL: interval,
    Type.NUMERIC: numeric,
    Type.UUID: random_bytes(16),
    Type.JSONB: json,
    HSTORE: hstore,
}


def array(item_type: int) -> Make:
    """Return what makes arrays, in which the sizes mostly fit the items."""

    def make(chance: random.Random) -> bytes:
        sizes = [chance.randrange(1, 4) for _ in range(chance.choice([0, 1, 1, 1, 2, 3]))]
        count = 1 if sizes else 0
        for size in sizes:
            count *= size
        parts = [struct.pack("!iiI", len(sizes), 0, item_type)]
        parts += [struct.pack("!ii", size, 1) for size in sizes]
        for _ in range(count):
            item = SCALARS[item_type](chance)
            is_null = chance.random() < 0.1
            parts.append(b"\xff" * 4 if is_null else struct.pack("!i", len(item)) + item)
        return b"".join(parts)

    return make


CELLS: dict[int, Make] = SCALARS | {oid: array(item) for oid, item in ITEM_TYPES.items()}


def broken(chance: random.Random, cell: bytes) -> bytes:
    """Return `cell` with up to three things wrong with it."""
    for _ in range(chance.randrange(4)):
        cell = chance.choice(_WRONGS)(chance, cell)
    return cell


def _cut(chance: random.Random, cell: bytes) -> bytes:
    return cell[: chance.randrange(len(cell) + 1)]


def _extended(chance: random.Random, cell: bytes) -> bytes:
    return cell + chance.randbytes(chance.randrange(1, 9))


def _flipped(chance: random.Random, cell: bytes) -> bytes:
    if not cell:
        return cell
    place = chance.randrange(len(cell))
    return cell[:place] + bytes([cell[place] ^ 1 << chance.randrange(8)]) + cell[place + 1 :]


def _overwritten(chance: random.Random, cell: bytes) -> bytes:
    place = chance.randrange(len(cell) + 1)
    code, values = chance.choice([("!h", INT16), ("!i", INT32)])
    number = struct.pack(code, chance.choice(values))
    return cell[:place] + number + cell[place + len(number) :]


def _spliced(chance: random.Random, cell: bytes) -> bytes:
    other = chance.choice(list(CELLS.values()))(chance)
    return _cut(chance, cell) + other[chance.randrange(len(other) + 1) :]


def _random(chance: random.Random, cell: bytes) -> bytes:
    return chance.randbytes(len(cell))


_WRONGS = (_cut, _extended, _flipped, _overwritten, _spliced, _random)
