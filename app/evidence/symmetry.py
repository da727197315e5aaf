"""Both sides' contacts for the pages: the picture, and where the sides were treated unalike."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.cases.models import Case
from app.notices.kinds import PERSONAL
from app.record import queries, timeline


@dataclass(frozen=True)
class Symmetry:
    """A picture of lanes, and the differences in number, channel and time."""

    picture: timeline.Timeline
    unlike: list[timeline.Difference]


def of(session: Session, case: Case, about: str = "") -> Symmetry:
    """Return how the sides of a case were in contact with the court, of one hearing if named."""
    sides = list(
        dict.fromkeys(party.side for party in case.parties if party.representations and party.side)
    )
    touches = queries.contacts(session, case.id, about)
    return Symmetry(timeline.draw(touches, sides), timeline.differences(touches, sides, PERSONAL))
