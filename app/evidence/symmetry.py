"""Symmetry of the court's contacts with the sides: timeline and differences, for pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.cases.models import Case
from app.notices.kinds import PERSONAL
from app.record import queries, timeline


@dataclass(frozen=True)
class Symmetry:
    """The timeline, and the differences between the sides in number, channel and time.

    ``names`` are the people of the contacts that are named on the timeline, by their entry.
    """

    picture: timeline.Timeline
    unlike: list[timeline.Difference]
    names: Mapping[int, str]


def of(session: Session, case: Case, about: str = "") -> Symmetry:
    """Return the contacts with the sides of a case, or about one matter of it."""
    sides = list(
        dict.fromkeys(party.side for party in case.parties if party.representations and party.side)
    )
    contacts = queries.contacts(session, case.id, about)
    picture = timeline.draw(contacts, sides)
    unlike = timeline.differences(contacts, sides, PERSONAL)
    return Symmetry(picture, unlike, queries.names(session, case.id, picture.named_lines))
