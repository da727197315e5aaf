"""Counsel in the matter that an act of theirs is about: a hearing, or the case as a whole."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel, Representation
from app.core.errors import N_, NotFound
from app.core.matters import Matter
from app.hearings.models import Hearing, Invitation


@dataclass(frozen=True)
class ActingCounsel:
    """Who acts, for which side of which case; ``about`` and ``attempt`` as the record has them."""

    case: Case
    counsel: Counsel
    side: str
    about: str
    attempt: str

    @classmethod
    def invited(cls, invitation: Invitation) -> Self:
        """Return the counsel of an invitation, in its hearing."""
        hearing = invitation.proposal.hearing
        return cls(
            hearing.case, invitation.counsel, invitation.side, hearing.about, f"i{invitation.id}"
        )

    @classmethod
    def representing(
        cls, session: Session, representation: Representation, hearing_id: int | None
    ) -> Self:
        """Return the counsel of a representation, in a hearing of its case or in the case.

        Raises NotFound for a hearing of another case.
        """
        case, about = representation.party.case, str(Matter.case(representation.party.case_id))
        if hearing_id is not None:
            hearing = session.get(Hearing, hearing_id)
            if hearing is None or hearing.case_id != case.id:
                raise NotFound(N_("This case has no such hearing."))
            about = hearing.about
        side, attempt = representation.party.side, f"r{representation.id}"
        return cls(case, representation.counsel, side, about, attempt)
