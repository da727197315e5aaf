"""Pure: the outcomes of a hearing, their causes, and what an entry of one must say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from app.core.errors import N_, Message
from app.core.wording.presented import LabelledEnum, PresentedState

MAX_REASON = 2000


class Outcome(PresentedState):
    """The outcome of a hearing, with its label, icon and look on pages."""

    HELD = "held", N_("Held"), "check2-all", "ok"
    HELD_IN_PART = "held_in_part", N_("Held in part"), "hourglass-split", "busy"
    ADJOURNED = "adjourned", N_("Adjourned"), "arrow-right-circle", "due"
    NOT_HELD = "not_held", N_("Not held"), "x-circle", "bad"

    @property
    def goes_on(self) -> bool:
        """Whether a further hearing of the case is to be expected."""
        return self is not Outcome.HELD


class OutcomeCause(LabelledEnum):
    """Why a hearing was adjourned or not held, by which it is counted.

    The causes of an adjournment follow article 149 of the Civil Procedure Law of the PRC (2023).
    """

    EXCUSED = "excused", N_("somebody who must take part has a good reason not to come")
    RECUSAL = "recusal", N_("a judge is asked to withdraw")
    EVIDENCE = "evidence", N_("new evidence, a witness or an expert")
    SETTLEMENT = "settlement", N_("the parties want to settle")
    ABSENCE = "absence", N_("somebody did not come")
    COURT = "court", N_("a reason of the court's own")
    OTHER = "other", N_("another reason")


# In the order of the pages; the last of each needs words.
CAUSES: Mapping[Outcome, tuple[OutcomeCause, ...]] = {
    Outcome.HELD: (),
    Outcome.HELD_IN_PART: (),
    Outcome.ADJOURNED: (
        OutcomeCause.EXCUSED,
        OutcomeCause.RECUSAL,
        OutcomeCause.EVIDENCE,
        OutcomeCause.SETTLEMENT,
        OutcomeCause.COURT,
        OutcomeCause.OTHER,
    ),
    Outcome.NOT_HELD: (OutcomeCause.ABSENCE, OutcomeCause.COURT, OutcomeCause.OTHER),
}
# They say nothing by themselves.
NEED_WORDS = (OutcomeCause.COURT, OutcomeCause.OTHER)


@dataclass(frozen=True)
class OutcomeEntry:
    """What somebody enters: the outcome, why, and who was absent, by counsel's id.

    ``absent_members`` are members outside the court, by their id.
    """

    outcome: Outcome
    cause: str = ""
    reason: str = ""
    absent: frozenset[int] = frozenset()
    absent_members: frozenset[int] = frozenset()

    @property
    def somebody_absent(self) -> bool:
        """Whether anybody was absent."""
        return bool(self.absent or self.absent_members)

    @property
    def settled_cause(self) -> str:
        """The cause that is counted; where none is chosen, the one that the rest implies."""
        if self.cause or not CAUSES[self.outcome]:
            return self.cause
        if self.outcome is Outcome.NOT_HELD:
            return OutcomeCause.ABSENCE if self.somebody_absent else OutcomeCause.COURT
        return OutcomeCause.OTHER


# As files say that nobody came.
BOTH_SIDES = ("双方", "双方当事人", "原被告", "全部", "both", "both sides", "all", "everybody")


@dataclass(frozen=True)
class ImportedOutcome:
    """The outcome of a hearing in a file: who was absent, by side, by name, or all.

    Other systems do not say why: what a person must give a reason for, a file need not.
    """

    outcome: Outcome
    absent: tuple[str, ...] = ()
    reason: str = ""

    def entry(
        self, absent: frozenset[int], absent_members: frozenset[int] = frozenset()
    ) -> OutcomeEntry:
        """Return the entry of it, with those who were absent found."""
        entry = OutcomeEntry(self.outcome, "", self.reason, absent, absent_members)
        vague = entry.outcome is Outcome.NOT_HELD and not entry.somebody_absent and not self.reason
        return replace(entry, cause=OutcomeCause.OTHER.value if vague else entry.settled_cause)


def errors_of(
    entry: OutcomeEntry, counsel: Collection[int], members: Collection[int]
) -> dict[str, Message]:
    """Return what is wrong with an entry, by field; all who could be absent are given by id."""
    errors: dict[str, Message] = {}
    if not (entry.absent <= set(counsel) and entry.absent_members <= set(members)):
        errors["absent"] = Message(N_("Choose people who take part in this hearing."))
    if entry.cause and entry.cause not in CAUSES[entry.outcome]:
        errors["cause"] = Message(N_("Choose a reason that fits the outcome."))
    elif entry.settled_cause == OutcomeCause.ABSENCE and not entry.somebody_absent:
        errors["absent"] = Message(N_("Choose who did not come."))
    elif entry.settled_cause in NEED_WORDS and not entry.reason:
        errors["reason"] = _missing_reason(entry)
    return errors


def _missing_reason(entry: OutcomeEntry) -> Message:
    if entry.outcome is Outcome.ADJOURNED:
        return Message(N_("Enter why the hearing was adjourned."))
    if not entry.cause:
        return Message(N_("Choose who did not come, or enter the court's own reason."))
    return Message(N_("Enter why the hearing was not held."))
