"""What the encoder raises for an answer that it leaves to the framework.

CannotEncodeError     a value without an exact spelling here, or a zone
└── WrongTypeError    a column whose type the member's form cannot be written from
"""


class CannotEncodeError(Exception):
    """A value whose exact bytes only the framework knows.

    `row` is its row in the result, or None for all rows; `key` is its member's, with those of the
    objects around it: `category.name`.
    """

    def __init__(self, reason: str, *, row: int | None = None, key: str | None = None) -> None:
        self.reason = reason
        self.row = row
        self.key = key
        place = "the result" if key is None else key
        if row is not None:
            place += f" of row {row}"
        super().__init__(f"Cannot encode {place}: {reason}.")

    def behind(self, rows: int) -> "CannotEncodeError":
        """Return the same error of a result that has `rows` before those of this one."""
        row = None if self.row is None else self.row + rows
        return type(self)(self.reason, row=row, key=self.key)


class WrongTypeError(CannotEncodeError):
    """A column of a type that the form is not written from; it is raised before any row."""
