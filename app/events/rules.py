"""Pure: the types of events that other systems are told of."""

from app.core.errors import N_
from app.core.wording.presented import LabelledEnum


class EventType(LabelledEnum):
    """Type of an event, with the label that pages show."""

    HEARING_PROPOSED = "hearing.proposed", N_("Slots proposed")
    HEARING_FIXED = "hearing.fixed", N_("Hearing fixed")
    HEARING_MOVED = "hearing.moved", N_("Hearing moved")
    HEARING_CANCELLED = "hearing.cancelled", N_("Hearing cancelled")
    HEARING_LAPSED = "hearing.lapsed", N_("Time to answer over")
    HEARING_OUTCOME = "hearing.outcome", N_("Outcome entered")
    ANSWER_GIVEN = "answer.given", N_("Slots answered")
    COUNSEL_NOT_REACHED = "counsel.not_reached", N_("Counsel not reached")
    COUNSEL_REACHED_AGAIN = "counsel.reached_again", N_("Counsel reached again")
    QUESTION_ASKED = "question.asked", N_("Question asked")
    QUESTION_ANSWERED = "question.answered", N_("Question answered")
    PAPER_FILED = "paper.filed", N_("Papers filed")
    PAPER_OPENED = "paper.opened", N_("Paper opened")
    MOVE_ASKED = "move.asked", N_("Another date asked for")
    MOVE_AGREED = "move.agreed", N_("Agreed to another date")
    ADDRESS_CHANGED = "address.changed", N_("Address changed")
