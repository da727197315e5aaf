"""Pure: whether the evidence of notice supports a default judgment, and by which rule."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.law import DefaultJudgment, EvidenceRule
from app.record.rules import EvidenceGrade


class Why(StrEnum):
    """Reason for a verdict."""

    SHOWN = "shown"
    SHOWN_LATE = "shown_late"
    NOT_SHOWN = "not_shown"
    TOO_LATE = "too_late"


@dataclass(frozen=True)
class Evidence:
    """An entry of the record as evidence: its grade and time.

    ``by_consent`` tells that it is of a message which was sent to an address that the person had
    confirmed, while their consent to electronic service was in force.
    """

    grade: EvidenceGrade
    at: dt.datetime
    seq: int
    by_consent: bool = False


@dataclass(frozen=True)
class Verdict:
    """The verdict for one person, with the rule, its version and the deadline for notice."""

    bears: bool
    why: Why
    rule: DefaultJudgment
    version: str
    needed: EvidenceGrade
    deadline: dt.datetime
    evidence: Evidence | None = None

    @property
    def by_consent(self) -> bool:
        """Whether its evidence is enough only because the person agreed to electronic service."""
        return self.evidence is not None and self.evidence.grade < self.rule.shown


def first_sufficient(rule: EvidenceRule, evidence: Sequence[Evidence]) -> Evidence | None:
    """Return the earliest evidence that is enough under a rule, or None.

    What was sent counts by the consent that was in force when it was sent, so a withdrawal takes
    nothing away from what went out before it. If several channels were used, the earliest
    effective one counts (SPC Online Litigation Rules (2021), art. 31).
    """
    sufficient = [
        each
        for each in evidence
        if each.grade >= (rule.shown_by_consent if each.by_consent else rule.shown)
    ]
    return min(sufficient, key=lambda each: (each.at, each.seq), default=None)


def judge(
    rule: DefaultJudgment,
    version: str,
    evidence: Sequence[Evidence],
    *,
    consent: bool,
    deadline: dt.datetime,
    now: dt.datetime,
) -> Verdict:
    """Decide whether notice supports a default judgment, by the earliest sufficient evidence.

    ``consent`` tells whether the person has agreed to electronic service and confirmed the address
    that they have now: it decides what is still needed. Evidence after the deadline proves notice,
    but not notice in time.
    """
    needed = rule.shown_by_consent if consent else rule.shown
    first = first_sufficient(rule, evidence)
    if first is None:
        why = Why.NOT_SHOWN if now <= deadline else Why.TOO_LATE
        return Verdict(False, why, rule, version, needed, deadline)
    in_time = first.at <= deadline
    why = Why.SHOWN if in_time else Why.SHOWN_LATE
    return Verdict(in_time, why, rule, version, needed, deadline, first)
