"""Pure: the subject of an entry, a notice or a task."""

from typing import NamedTuple, Self

HEARING, CASE = "hearing", "case"


class Matter(NamedTuple):
    """A hearing or a case by its id, stored in columns named ``about`` as ``hearing/12``."""

    type: str
    id: int

    @classmethod
    def hearing(cls, hearing_id: int) -> Self:
        """Return the matter of a hearing."""
        return cls(HEARING, hearing_id)

    @classmethod
    def case(cls, case_id: int) -> Self:
        """Return the matter of a case in which there is no hearing yet."""
        return cls(CASE, case_id)

    @classmethod
    def parse(cls, about: str) -> Self:
        """Parse the text of a column. Raises ValueError."""
        type_, _, number = about.partition("/")
        if type_ not in (HEARING, CASE) or not number.isdecimal():
            raise ValueError(f"no matter: {about!r}")
        return cls(type_, int(number))

    @classmethod
    def hearing_id(cls, about: str) -> int | None:
        """Return the id of the hearing that a column names; None where it names no hearing."""
        matter = cls.parse(about) if about else None
        return matter.id if matter and matter.type == HEARING else None

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"
