"""The page of a proposal: who is asked, which slots, until when, and a preview of messages."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.cases.models import Case, Representation
from app.cases.rules import addresses_by_channel
from app.core import web, wording
from app.core.characters import whole_number
from app.core.db import db
from app.core.errors import Clash, Message, Refusal
from app.court import bench
from app.court.bench import BenchMember
from app.court.models import Court
from app.hearings import booking, scheduling, versions
from app.hearings.bench import members
from app.hearings.forms import SHORTEST, HearingIn, MoveIn
from app.hearings.models import Hearing, Proposal
from app.hearings.proposing import board, confirmation, form_fields, prefill, preview
from app.hearings.proposing.form_fields import CalendarSelection, ProposalFields
from app.hearings.proposing.subject import ProposalSubject
from app.hearings.rules import MOST_SLOTS, Span, slot_errors
from app.hearings.sittings.rules import MOST_SITTINGS
from app.hearings.unrepresented import UnrepresentedParty, unrepresented_parties
from app.law import Counted, benches, working_days

# Fields that may still be changed after the preview, for no message shows them.
NOT_IN_MESSAGES = ("suggested", "once", "stood", "seen", "cause", "override_reason", "days")


@dataclass(frozen=True)
class ProposalContext:
    """The subject of a form: a case, and its hearing unless the form is of a new one.

    With ``panel`` the form of a move is a part of the calendar, not a page of its own.
    """

    case_id: int
    hearing_id: int | None = None
    panel: bool = False

    @property
    def address(self) -> str:
        """The URL of the form."""
        if self.hearing_id is None:
            return url_for("proposing.new", case_id=self.case_id)
        return url_for("proposing.another", hearing_id=self.hearing_id)

    @property
    def key(self) -> str:
        """The key under which a draft is stored."""
        return f"hearing/{self.hearing_id}" if self.hearing_id else f"case/{self.case_id}"


@dataclass(frozen=True)
class SendOrder:
    """A loaded form, and the use case that it asks for."""

    about: ProposalContext
    form: HearingIn | MoveIn
    # Takes the reason for which a warning of the rules is overridden.
    work: Callable[[Session, str], Hearing]

    @property
    def at_once(self) -> bool:
        """Whether a date is set without asking."""
        return self.form.answer_by is None

    def minutes(self, hearing: Hearing | None) -> int:
        """Return the length of the hearing; a move may leave it as it is."""
        return self.form.minutes or (hearing.minutes if hearing else SHORTEST)


def load_subject(about: ProposalContext) -> ProposalSubject:
    """Load the case with its people, and the hearing. Raises NotFound."""
    return ProposalSubject(db.session(), current_user.court_id, about.case_id, about.hearing_id)


def seal(form: ProposalFields) -> str:
    """Return the HMAC which proves that the messages of just this form were shown."""
    content = {k: value for k, value in form.as_json().items() if k not in NOT_IN_MESSAGES}
    return confirmation.seal(content)


@dataclass(frozen=True)
class ProposalPage:
    """Template context of the page, apart from the form."""

    about: ProposalContext
    case: Case
    hearing: Hearing | None
    court: Court
    # Counsel who are asked, each with channels and addresses.
    asked: Sequence[tuple[Representation, Sequence[tuple[str, str]]]]
    unrepresented: Sequence[UnrepresentedParty]
    last: Proposal | None
    # Other hearings of the case, before a new one is proposed.
    upcoming: Sequence[Hearing]

    @property
    def unreachable(self) -> list[str]:
        """The names of counsel whom no message can reach."""
        return [each.counsel.name for each, addresses in self.asked if not addresses]

    def context(self) -> dict[str, Any]:
        """Return the variables of the templates."""
        return {**vars(self), "zone": self.court.zone, "unreachable": self.unreachable}


def load_page(about: ProposalContext, subject: ProposalSubject) -> ProposalPage:
    """Load the template context."""
    case, hearing = subject.case, subject.hearing
    return ProposalPage(
        about=about,
        case=case,
        hearing=hearing,
        court=current_user.court,
        asked=[(each, addresses_by_channel(each.counsel)) for each in subject.acting],
        unrepresented=unrepresented_parties(case),
        last=subject.last,
        upcoming=[] if hearing else subject.upcoming(web.now()),
    )


def render_form(
    about: ProposalContext,
    form: ProposalFields,
    subject: ProposalSubject | None = None,
    **context: Any,
) -> str:
    """Render the page with the form as typed; ``context`` is passed to the template.

    ``subject`` is what the form is about, if the caller has loaded it.
    """
    if not form.slots:
        form.slots = [form_fields.blank_row(form)]
    subject = subject or load_subject(about)
    language, loaded = web.language(), load_page(about, subject)
    rooms = [
        (room.name, f"{room.name} · {room.location}" if room.location else room.name)
        for room in subject.rooms
    ]
    kinds = list(dict.fromkeys([*prefill.KINDS, *([form.kind] if form.kind else [])]))
    if about.panel:
        page, slot_board = "proposing/_move_panel.html", None
    else:
        page = "proposing/new.html" if about.hearing_id is None else "proposing/proposal.html"
        slot_board = board.build_board(subject, form, web.now())
    return render_template(
        page,
        given=form,
        rooms=rooms,
        most=MOST_SLOTS,
        most_sittings=MOST_SITTINGS,
        board=slot_board,
        kinds=[(kind, wording.kind_name(kind, language)) for kind in kinds],
        **{
            "errors": {},
            "refused": "",
            "suggested": False,
            "draft": None,
            "seen": None,
            **loaded.context(),
            **context,
        },
    )


def with_messages(order: SendOrder, form: ProposalFields, **context: Any) -> str:
    """Render the page with a preview of the messages as they would be sent now."""
    now, court = web.now(), current_user.court
    # A warning of a rule is shown beside the messages: there the reason is asked for.
    reason = order.form.override_reason or "-"
    seen = preview.preview_messages(
        lambda session: order.work(session, reason).case_id, confirmation.sender(), now
    )
    subject = load_subject(order.about)
    case, hearing, working = subject.case, subject.hearing, subject.working
    starts = [slot.starts_at for slot in order.form.slots]
    minutes, zone = order.minutes(hearing), ZoneInfo(court.zone)
    warnings = working_days.warnings(court, working, case, starts, now, Counted.FROM_NOTICE)
    people = people_of(order, case, hearing)
    of_slots = [[each.starts_at for each in slot.parts] for slot in order.form.slots]
    warnings += scheduling.closed_days(of_slots, working, zone)
    warnings += benches.warnings(case, people, now)
    early = working_days.warnings(court, working, case, starts, now, Counted.FROM_ENTRY)
    ordered = [
        sorted(
            (
                (Span(at, at + dt.timedelta(minutes=part.minutes or minutes)), part.courtroom)
                for part in slot.parts
                for at in [part.starts_at]
            ),
            key=lambda sitting: sitting[0],
        )
        for slot in sorted(order.form.slots, key=lambda slot: slot.starts_at)
    ]
    unusual = [
        (span.starts_at, words)
        for sittings in ordered
        for span, _ in sittings
        if (words := board.outside(court, working, span))
    ]
    form.seen = seal(form)
    return render_form(
        order.about,
        form,
        subject,
        seen=seen,
        warnings=[web.translated(each) for each in warnings],
        early=[web.translated(each) for each in early],
        checked=order.form,
        people_line=wording.bench_line(bench.as_facts(people), web.language()),
        kind=hearing.kind if hearing else getattr(order.form, "kind", ""),
        minutes_each=minutes,
        unusual=unusual,
        at_once=order.at_once,
        ordered=ordered,
        **context,
    )


def people_of(order: SendOrder, case: Case, hearing: Hearing | None) -> list[BenchMember]:
    """Return who sits and is needed in the hearing that a form asks for."""
    if hearing is not None:
        return members.everybody(hearing)
    named = getattr(order.form, "bench", None)
    return bench.listed(named, case.judge.name) if named else members.of_hearings(case)


def selection_errors(selection: CalendarSelection) -> dict[str, str]:
    """Return what is wrong with a time that was chosen in the calendar, by its field."""
    zone, errors = ZoneInfo(current_user.court.zone), dict[str, Message]()
    at = form_fields.instant(selection.starts_at, zone, "slots.0.starts_at", errors)
    if isinstance(at, dt.datetime):
        minutes = whole_number(selection.minutes)
        length = minutes if isinstance(minutes, int) else prefill.MINUTES
        errors = slot_errors([at], length, None, now=web.now(), zone=zone)
    return {name: web.translated(words) for name, words in errors.items()}


def form_version(about: ProposalContext) -> str:
    """Return the version of a form that is opened now."""
    return load_subject(about).version(web.now())


def refusal_words(about: ProposalContext, fault: Refusal, version: str) -> str:
    """Return the message of a refusal; after a concurrent change, with the changes."""
    hearing = load_subject(about).hearing
    words = [web.translated(fault.message)]
    if hearing and version and str(fault.message) == versions.CHANGED:
        changes = versions.changes_since(db.session(), hearing, version)
        words += [web.translated(each) for each in changes]
    return "\n".join(words)


def conflicts_by_field(order: SendOrder, fault: Exception) -> dict[str, str]:
    """Return the conflict of each slot, by its field; empty unless the error is a Clash."""
    if not isinstance(fault, Clash):
        return {}
    subject = load_subject(order.about)
    clashes = booking.clashes_by_field(
        db.session(),
        subject.case,
        order.form.slots,
        order.minutes(subject.hearing),
        hearing=subject.hearing,
        named=getattr(order.form, "bench", None),
        acting=subject.acting,
        known_rooms=subject.rooms,
    )
    return {form_fields.field_of(name): web.translated(words) for name, words in clashes.items()}
