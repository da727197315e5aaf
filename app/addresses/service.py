"""Confirm one's addresses, agree to electronic service, withdraw that: by counsel, on the record.

Each act locks the head of the case's chain first, so that acts in one case come one after another.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.addresses.rules import DeclarationInput, digest_of
from app.cases import declarations
from app.cases.forms import LANGUAGES
from app.cases.models import Counsel, DeclarationKind, Representation
from app.core.errors import N_, Invalid, Message, Refusal
from app.core.matters import Matter
from app.court.models import Court
from app.law import ElectronicServiceTerms, working_days
from app.record import chain, ledger
from app.record.rules import Event


def shown(counsel: Counsel) -> str:
    """Return the digest of what the page shows of a counsel and asks them to confirm."""
    return digest_of([counsel.email, counsel.phone, counsel.postal])


def terms(court: Court, now: dt.datetime) -> ElectronicServiceTerms | None:
    """Return the words to which people agree with electronic service in a court today."""
    return working_days.rules_of(court).electronic_service_on(today_in(court, now))


def today_in(court: Court, now: dt.datetime) -> dt.date:
    """Return the court's date."""
    return now.astimezone(ZoneInfo(court.zone)).date()


def declare(
    session: Session, representation: Representation, typed: DeclarationInput, now: dt.datetime
) -> None:
    """Record that counsel's addresses are right, or that they agree to electronic service.

    What is declared already is not declared again. Raises Invalid if nothing was ticked, and
    Refusal where addresses or words are not those that the page showed.
    """
    case = representation.party.case
    heads = chain.lock_heads(session, [case.id])
    session.refresh(representation, ["declarations"])
    session.refresh(representation.counsel)
    counsel, today = representation.counsel, today_in(case.court, now)
    if not (typed.right or typed.agree):
        raise Invalid({"right": Message(N_("Tick what you want to tell the court."))})
    entries = []
    if typed.right and representation.confirmation is None:
        _check_shown(counsel, typed)
        declarations.declare(representation, DeclarationKind.ADDRESS, now, today, by_link=True)
        note = "\n".join(filter(None, [counsel.email, counsel.phone, counsel.postal]))
        entries.append(entry(representation, Event.ADDRESS_CONFIRMED, {}, note))
    if typed.agree and representation.consent is None:
        agreed, language = _check_words(terms(case.court, now), typed)
        digest = agreed.digest(language)
        declarations.declare(
            representation,
            DeclarationKind.ELECTRONIC,
            now,
            today,
            by_link=True,
            words_version=agreed.version,
            words_digest=digest,
        )
        detail = {"words": agreed.version, "sha256": digest, "language": language}
        entries.append(entry(representation, Event.CONSENTED, detail))
    ledger.append(session, entries, now, heads=heads)


def _check_shown(counsel: Counsel, typed: DeclarationInput) -> None:
    if not (counsel.email or counsel.phone):
        raise Invalid({"right": Message(N_("The court has no address of yours: add one first."))})
    if typed.shown != shown(counsel):
        raise Refusal(N_("An address changed meanwhile. Look at them once more, then confirm."))


def _check_words(
    current: ElectronicServiceTerms | None, typed: DeclarationInput
) -> tuple[ElectronicServiceTerms, str]:
    """Return the words of today and the language in which they were shown. Raises Refusal."""
    if current is None:
        raise Refusal(N_("This court takes no consent to electronic service by link."))
    for language in LANGUAGES:
        if typed.words == current.digest(language):
            return current, language
    raise Refusal(N_("The words on electronic service changed meanwhile. Read them once more."))


def withdraw(session: Session, representation: Representation, now: dt.datetime) -> None:
    """End counsel's consent to electronic service; without one nothing happens."""
    heads = chain.lock_heads(session, [representation.party.case_id])
    session.refresh(representation, ["declarations"])
    consent = representation.consent
    if consent is None:
        return
    declarations.end(representation, DeclarationKind.ELECTRONIC, now)
    detail = {"words": consent.words_version} if consent.words_version else {}
    ledger.append(
        session, [entry(representation, Event.CONSENT_WITHDRAWN, detail)], now, heads=heads
    )


def entry(
    representation: Representation, event: Event, detail: Mapping[str, Any], note: str = ""
) -> ledger.NewEntry:
    """Return an entry about counsel's addresses in a case; ``note`` holds what is personal.

    Other sides read that it happened, not the addresses.
    """
    case, counsel = representation.party.case, representation.counsel
    return ledger.NewEntry(
        event,
        court_id=case.court_id,
        case_id=case.id,
        about=str(Matter.case(case.id)),
        attempt=f"r{representation.id}",
        counsel_id=counsel.id,
        side=representation.party.side,
        channel="link",
        kind="electronic_service"
        if event in (Event.CONSENTED, Event.CONSENT_WITHDRAWN)
        else "address",
        detail=dict(detail),
        personal={"name": counsel.name, **({"note": note} if note else {})},
    )
