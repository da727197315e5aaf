"""Checks witnesses' statements about this installation's own courts, for anybody who asks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.wording.presented import PresentedState
from app.evidence.signing_keys import PublishedKey
from app.evidence.witnesses import rules
from app.record import standalone_verifier
from app.record.models import DailySeal

MOST = 200  # statements that are checked at once


class StatementVerdict(PresentedState):
    """What a check of a witness's statement found."""

    HOLDS = "holds", N_("The record has the day that the witness saw."), "shield-check", "ok"
    CHANGED = (
        "changed",
        N_("This court signed another history than its record has now."),
        "shield-exclamation",
        "bad",
    )
    FORGED = (
        "forged",
        N_("This statement is not about this court, or it was changed since."),
        "exclamation-circle",
        "bad",
    )


_WORST_FIRST = (StatementVerdict.CHANGED, StatementVerdict.FORGED, StatementVerdict.HOLDS)


@dataclass(frozen=True)
class CheckedStatement:
    """The result of checking a statement, and the hash that the record has for its day now."""

    verdict: StatementVerdict
    statement: Mapping[str, Any]
    own_hash: str = ""


def read(text: str) -> list[dict[str, Any]]:
    """Return the statements in a text of JSON, one or a list as they are published; [] if none."""
    try:
        value = json.loads(
            text.strip().lstrip("\ufeff"), object_pairs_hook=standalone_verifier.once
        )
    except (ValueError, RecursionError):
        return []
    found = value.get("statements") if isinstance(value, dict) else None
    listed = found if isinstance(found, list) else [value]
    return listed if listed and all(map(rules.is_statement, listed)) else []


def check(session: Session, statements: Sequence[Mapping[str, Any]]) -> list[CheckedStatement]:
    """Check statements about days of a court here, the worst first."""
    checked = [_checked(session, each) for each in statements[:MOST]]
    return sorted(checked, key=lambda each: _WORST_FIRST.index(each.verdict))


def _checked(session: Session, statement: Mapping[str, Any]) -> CheckedStatement:
    day = statement["day"]
    published = session.get(PublishedKey, day["key"])
    ours = published is not None and published.public == day.get("public")
    signed = rules.is_signed_by_its_key(statement) and rules.is_signed_by_its_key(day)
    if not ours or not signed:
        return CheckedStatement(StatementVerdict.FORGED, statement)
    own = session.scalar(
        sa.select(DailySeal.hash).where(
            DailySeal.court_id == day["court_number"], DailySeal.seq == day["number"]
        )
    )
    same = own == day["hash"]
    verdict = StatementVerdict.HOLDS if same else StatementVerdict.CHANGED
    return CheckedStatement(verdict, statement, own or "")
