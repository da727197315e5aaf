"""File papers into an exchange: in time or late, sealed or not; what the record says of it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import N_, HearingTime, Invalid, Message, Refusal
from app.papers.exchange import queries, rules, sealing
from app.papers.exchange.models import Exchange, LateFiling
from app.papers.exchange.rules import ExchangeMode, ExchangeState
from app.papers.exchange.sealing import SealedFile, SealedPaper
from app.papers.models import Filing
from app.papers.rules import Disclosure
from app.record.ledger import storable


@dataclass(frozen=True)
class ExchangeChoice:
    """Whether papers are evidence for an exchange: its id, 0 for none, None where nobody asked.

    ``late_reason`` is what is typed of why they come late.
    """

    exchange_id: int | None = None
    late_reason: str = ""


NOT_ASKED = ExchangeChoice()


def enter(
    session: Session, filing: Filing, party_id: int, choice: ExchangeChoice, at: dt.datetime
) -> None:
    """Let a filing into the exchange that is chosen, at the moment of its entry on the record.

    The head of the case's chain is locked, so that no exchange changes meanwhile. Raises Refusal
    where nobody chose while an exchange is open, or the exchange is another by now; raises Invalid
    where the filing is late and no reason is typed.
    """
    if not choice.exchange_id:
        if choice.exchange_id is None and queries.is_open(session, filing.case_id):
            raise Refusal(
                N_(
                    "Nothing was filed: the court has opened an exchange of evidence. Choose "
                    "whether these papers belong to it, and press the button again."
                )
            )
        return
    exchange = queries.current(session, filing.case_id)
    if exchange is None or exchange.id != choice.exchange_id:
        raise Refusal(
            N_(
                "Nothing was filed: the exchange of evidence has changed meanwhile. Choose again "
                "what these papers belong to, and press the button again."
            )
        )
    state, complete = ExchangeState(exchange.state), exchange.is_complete(party_id)
    late = rules.is_late(state, at, exchange.closes_for(party_id), complete)
    filing.exchange = exchange
    filing.disclosure = rules.disclosure_of(ExchangeMode(exchange.mode), state, late).value
    filing.list_salt = sealing.new_salt() if filing.disclosure == Disclosure.SEALED else ""
    if late:
        reason = _checked_reason(exchange, party_id, choice.late_reason)
        filing.late = LateFiling(court_id=filing.court_id, reason=reason)


def _checked_reason(exchange: Exchange, party_id: int, reason: str) -> str:
    """Return why a filing is late. Raises Invalid where that is not typed, or too long."""
    if len(reason) > rules.MAX_REASON:
        raise Invalid(
            {"late_reason": Message(N_("At most %(most)s characters."), most=rules.MAX_REASON)}
        )
    if reason:
        return reason
    if exchange.is_open and exchange.is_complete(party_id):
        words = N_(
            "Nothing is filed yet: you said that your side is complete. Take that back, or say "
            "why these papers come late."
        )
        raise Invalid({"late_reason": Message(words)})
    closed_at = exchange.closes_for(party_id)
    if exchange.ended_at is not None:
        closed_at = min(closed_at, exchange.ended_at)
    raise Invalid(
        {
            "late_reason": Message(
                N_(
                    "Nothing is filed yet: the exchange closed on %(when)s. Say why they come late."
                ),
                when=HearingTime(closed_at, exchange.case.court.zone),
            )
        }
    )


def content_of(filing: Filing) -> dict[str, Any]:
    """Return the list of a sealed filing, with its salt, as its digest covers it."""
    papers = tuple(
        SealedPaper(
            paper.number or 0,
            paper.name,
            paper.kind,
            paper.proves,
            paper.original,
            tuple(
                SealedFile(file.name, file.media_type, file.size, file.digest)
                for file in paper.files
            ),
        )
        for paper in filing.papers
    )
    return storable(sealing.sealed_list(filing.list_salt, papers))


def entry_detail(filing: Filing) -> dict[str, Any]:
    """Return what the entry of a filing says of its exchange, and of a sealed list."""
    if filing.exchange is None:
        return {}
    detail: dict[str, Any] = {"exchange": filing.exchange.number}
    if filing.late is not None:
        detail["late"] = True
    if filing.disclosure == Disclosure.SEALED:
        detail["list_sha256"] = sealing.list_digest(content_of(filing))
        detail["papers"] = [
            {"number": paper.number, "files": [{"sha256": file.digest} for file in paper.files]}
            for paper in filing.papers
        ]
    return detail
