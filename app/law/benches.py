"""Whether a bench is one that a procedure knows; the warnings say which article asks for what."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from app.cases.models import Case
from app.core.errors import N_, Message
from app.court.bench import BenchMember, BenchRole
from app.law import BenchRule, rule_set

ONE = N_("One judge sits alone, which %(rule)s does not allow: %(words)s (%(source)s).")
SEVERAL = N_("%(count)s sit together, where %(rule)s knows one judge: %(words)s (%(source)s).")
EVEN = N_("%(count)s sit together, an even number: %(words)s (%(source)s).")
FEW = N_("%(count)s sit together, fewer than %(least)s: %(words)s (%(source)s).")
ASSESSORS = N_("An assessor sits, where judges alone may: %(words)s (%(source)s).")


def warnings(case: Case, members: Sequence[BenchMember], now: dt.datetime) -> list[Message]:
    """Return warnings about the bench of a hearing of a case; ``members`` are all its people.

    A rule that does not hold is overridden by a reason, as others are (see scheduling.check_rules).
    """
    on = now.astimezone(ZoneInfo(case.court.zone)).date()
    rule = rule_set(case.court.rule_set).bench_for(case.procedure, on)
    return faults(rule, members) if rule else []


def faults(rule: BenchRule, members: Sequence[BenchMember]) -> list[Message]:
    """Pure: return what a rule has against the people of a hearing."""
    sitting = [each for each in members if each.role.sits]
    facts = {
        "count": len(sitting),
        "least": rule.least,
        "rule": rule.article,
        "words": rule.words,
        "source": rule.source,
    }
    if len(sitting) == 1:
        return [] if rule.single else [Message(ONE, **facts)]
    if not rule.panel:
        return [Message(SEVERAL, **facts)]
    found = []
    if len(sitting) % 2 == 0:
        found.append(Message(EVEN, **facts))
    if len(sitting) < rule.least:
        found.append(Message(FEW, **facts))
    if not rule.assessors and any(each.role is BenchRole.ASSESSOR for each in sitting):
        found.append(Message(ASSESSORS, **facts))
    return found
