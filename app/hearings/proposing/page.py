"""A round on one page: who is asked, which slots, until when, the messages before they go."""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases import queries as cases
from app.cases.models import Case
from app.cases.rules import ways_of
from app.core import web, wording
from app.core.db import db
from app.core.errors import Clash, Message, Refusal
from app.court import queries as court_queries
from app.hearings import queries, unrepresented
from app.hearings.models import Hearing
from app.hearings.proposing import board, form_fields, idempotency, prefill, preview
from app.hearings.rules import MOST_SLOTS, Span
from app.law import Counted, working_days

# What may still be changed once the messages were read: none of them says it.
NOT_IN_MESSAGES = ("once", "stood", "seen", "override_reason")


@dataclass(frozen=True)
class ProposalContext:
    """What a form is about: a case, and its hearing where it has been asked about before."""

    case_id: int
    hearing_id: int | None = None

    @property
    def address(self) -> str:
        """Where its form is."""
        if self.hearing_id is None:
            return url_for("proposing.new", case_id=self.case_id)
        return url_for("proposing.another", hearing_id=self.hearing_id)

    @property
    def key(self) -> str:
        """What a draft of it is kept under."""
        return f"hearing/{self.hearing_id}" if self.hearing_id else f"case/{self.case_id}"


@dataclass(frozen=True)
class SendOrder:
    """A form that was read: checked input, and the use case that it asks for."""

    about: ProposalContext
    checked: dict[str, Any]
    work: Callable[[Session, dict[str, Any]], Hearing]

    @property
    def at_once(self) -> bool:
        """Whether a date is set without asking."""
        return self.checked["answer_by"] is None


def looked_up(about: ProposalContext) -> tuple[Case, Hearing | None]:
    """Return the case with its people, and the hearing. Raises NotFound."""
    session, court_id = db.session(), current_user.court_id
    hearing_id = about.hearing_id
    hearing = queries.find(session, court_id, hearing_id) if hearing_id is not None else None
    return cases.case_with_parties(session, court_id, about.case_id), hearing


def seal(given: dict[str, Any]) -> str:
    """Return what proves that the messages of just this form were shown."""
    told = {name: value for name, value in given.items() if name not in NOT_IN_MESSAGES}
    told["slots"] = [
        {name: slot[name] for name in ("starts_at", "courtroom")} for slot in given["slots"]
    ]
    words = json.dumps(told, sort_keys=True).replace("\\r\\n", "\\n")
    return hmac.new(web.secret(), f"seen/{words}".encode(), hashlib.sha256).hexdigest()[:32]


def mute_of(about: ProposalContext) -> list[str]:
    """Return the names of those whom no message can reach."""
    return list(facts(about)["mute"])


def facts(about: ProposalContext) -> dict[str, Any]:
    """Return what a round's page shows beside the form: the case, the hearing, who is asked."""
    session, court = db.session(), current_user.court
    found, hearing = looked_up(about)
    asked = [(seat, ways_of(seat.counsel)) for seat in queries.seats(session, found)]
    return {
        "about": about,
        "case": found,
        "hearing": hearing,
        "court": court,
        "zone": court.zone,
        "asked": asked,
        "mute": [seat.counsel.name for seat, ways in asked if not ways],
        "last": queries.last_proposal(session, hearing) if hearing else None,
        "unasked": unrepresented.of(found),
        "already": [] if hearing else queries.ahead(session, found, web.now()),
    }


def form(about: ProposalContext, given: dict[str, Any], **more: Any) -> str:
    """Return the page with what was typed; the messages too, where ``more`` has them."""
    if not given["slots"]:
        given["slots"] = [form_fields.blank_row(given)]
    language, known = web.language(), facts(about)
    rooms = [
        (room.name, f"{room.name} · {room.location}" if room.location else room.name)
        for room in court_queries.courtrooms(db.session(), current_user.court_id)
    ]
    kinds = list(dict.fromkeys([*prefill.KINDS, *([given["kind"]] if given["kind"] else [])]))
    page = "proposing/new.html" if about.hearing_id is None else "proposing/proposal.html"
    looked = board.build_board(db.session(), known["case"], known["hearing"], given, web.now())
    return render_template(
        page,
        given=given,
        rooms=rooms,
        most=MOST_SLOTS,
        board=looked,
        kinds=[(kind, wording.kind_name(kind, language)) for kind in kinds],
        **{
            "errors": {},
            "refused": "",
            "suggested": False,
            "draft": None,
            "seen": None,
            **known,
            **more,
        },
    )


def with_messages(order: SendOrder, given: dict[str, Any], **more: Any) -> str:
    """Return the page with each person's messages as they would be sent now; nothing is kept."""
    settings, now, court = web.services().settings, web.now(), current_user.court
    sender = preview.PreviewSender(web.secret(), settings.public_url, settings.court_address)
    # A warning of a rule is shown beside the messages: there the reason is asked for.
    reason = order.checked["override_reason"] or "-"
    asked = {**order.checked, "override_reason": reason}
    seen = preview.rehearse(lambda session: order.work(session, asked), sender, now)
    case, hearing = looked_up(order.about)
    minutes = order.checked["minutes"] or (hearing.minutes if hearing else 0)
    starts = [slot["starts_at"] for slot in order.checked["slots"]]
    working = working_days.working_days(db.session(), court)
    warnings = working_days.warnings(court, working, case, starts, now, Counted.FROM_NOTICE)
    early = working_days.warnings(court, working, case, starts, now, Counted.FROM_ENTRY)
    length = dt.timedelta(minutes=minutes)
    unusual = [
        (at, words)
        for at in sorted(starts)
        if (words := board.outside(court, working, Span(at, at + length)))
    ]
    given["seen"] = seal(given)
    return form(
        order.about,
        given,
        seen=seen,
        warnings=[web.translated(each) for each in warnings],
        early=[web.translated(each) for each in early],
        checked=order.checked,
        kind=hearing.kind if hearing else order.checked["kind"],
        length=length,
        unusual=unusual,
        at_once=order.at_once,
        ordered=sorted(order.checked["slots"], key=lambda slot: slot["starts_at"]),
        **more,
    )


def form_version(about: ProposalContext) -> str:
    """Return what a form that is opened now stands upon, so that a change meanwhile is seen."""
    case, hearing = looked_up(about)
    if hearing is None:
        return idempotency.newest_of(db.session(), case.id)
    return idempotency.version_of(db.session(), hearing)


def refusal_words(about: ProposalContext, fault: Refusal, stood: str) -> str:
    """Return a refusal in words; where somebody else was quicker, with what they changed."""
    hearing = looked_up(about)[1]
    words = [web.translated(fault.message)]
    if hearing and stood and str(fault.message) == idempotency.CHANGED:
        words += [web.translated(each) for each in idempotency.since(db.session(), hearing, stood)]
    return "\n".join(words)


def in_the_way(order: SendOrder, fault: Exception) -> dict[str, str]:
    """Return, by its field, what is in the way of each slot; nothing where it is no clash."""
    if not isinstance(fault, Clash):
        return {}
    case, hearing = looked_up(order.about)
    minutes = order.checked["minutes"] or (hearing.minutes if hearing else 0)
    found: dict[str, Message] = idempotency.clashes(
        db.session(), case, order.checked["slots"], minutes, but=order.about.hearing_id
    )
    return {field: web.translated(words) for field, words in found.items()}
