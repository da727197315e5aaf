"""Pure: whether the evidence of notice supports a default judgment, and by which rule."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.law import DefaultJudgment
from app.record.rules import EvidenceGrade


class Why(StrEnum):
    """Reason for a verdict."""

    SHOWN = "shown"
    SHOWN_LATE = "shown_late"
    NOT_SHOWN = "not_shown"
    TOO_LATE = "too_late"


@dataclass(frozen=True)
class Evidence:
    """An entry of the record as evidence: its grade and time."""

    grade: EvidenceGrade
    at: dt.datetime
    seq: int


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

    ``consent`` tells whether the person agreed to electronic service and confirmed their address.
    If several channels were used, the earliest effective one counts (SPC Online Litigation Rules
    (2021), art. 31). Evidence after the deadline proves notice, but not notice in time.
    """
    needed = rule.shown_by_consent if consent else rule.shown
    sufficient = [each for each in evidence if each.grade >= needed]
    first = min(sufficient, key=lambda each: (each.at, each.seq), default=None)
    if first is None:
        why = Why.NOT_SHOWN if now <= deadline else Why.TOO_LATE
        return Verdict(False, why, rule, version, needed, deadline)
    in_time = first.at <= deadline
    why = Why.SHOWN if in_time else Why.SHOWN_LATE
    return Verdict(in_time, why, rule, version, needed, deadline, first)
