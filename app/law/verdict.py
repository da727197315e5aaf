"""Pure: would a notice of a date bear a default judgment, by which rule, and what is to be done."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.law import DefaultJudgment
from app.record.rules import EvidenceGrade


class Why(StrEnum):
    """What the answer rests on."""

    SHOWN = "shown"
    SHOWN_LATE = "shown_late"
    NOT_SHOWN = "not_shown"
    TOO_LATE = "too_late"


@dataclass(frozen=True)
class Evidence:
    """One line that proves something: how much, and when it was."""

    grade: EvidenceGrade
    at: dt.datetime
    seq: int


@dataclass(frozen=True)
class Verdict:
    """The answer for one person, with the rule and its version, and until when to act."""

    bears: bool
    why: Why
    rule: DefaultJudgment
    version: str
    needed: EvidenceGrade
    deadline: dt.datetime
    evidence: Evidence | None = None


def judge(
    rule: DefaultJudgment,
    version: str,
    evidence: Sequence[Evidence],
    *,
    consent: bool,
    deadline: dt.datetime,
    now: dt.datetime,
) -> Verdict:
    """Return whether a notice bears a default judgment, by its earliest effective evidence.

    ``consent`` is whether the person agreed to electronic service and confirmed their address.
    Of several ways the earliest effective one counts (SPC Online Litigation Rules (2021), art. 31);
    evidence after the deadline shows that the person knew, but not that they knew in time.
    """
    needed = rule.shown_by_consent if consent else rule.shown
    enough = [each for each in evidence if each.grade >= needed]
    first = min(enough, key=lambda each: (each.at, each.seq), default=None)
    if first is None:
        why = Why.NOT_SHOWN if now <= deadline else Why.TOO_LATE
        return Verdict(False, why, rule, version, needed, deadline)
    in_time = first.at <= deadline
    why = Why.SHOWN if in_time else Why.SHOWN_LATE
    return Verdict(in_time, why, rule, version, needed, deadline, first)
