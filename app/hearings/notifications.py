"""Notices about a hearing or a case: to counsel of all sides, and to the assistant."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, DeclarationKind, Representation, ServiceDeclaration
from app.core.channels import Channel
from app.core.errors import N_
from app.core.matters import Matter
from app.events.rules import EventType
from app.hearings import facts, queries
from app.hearings.models import Hearing, Invitation, Proposal, Slot
from app.notices.keys import NoticeKey
from app.notices.kinds import CONCLUSIONS, INVITING, NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, Subject, queue, withdraw
from app.notices.rules import outside_quiet_hours_at
from app.people.models import User
from app.record import ledger
from app.record.rules import NoticeState

# A nudge goes this long before the date to answer by, if at least twice that is left.
NUDGE_BEFORE = dt.timedelta(hours=24)
STALE_AFTER = dt.timedelta(days=3)  # GOV.UK Notify gives a message up after 72 hours


_CONFIRMED = sa.and_(
    ServiceDeclaration.kind == DeclarationKind.ADDRESS.value, ServiceDeclaration.ended_at.is_(None)
)
_FIRST_CONTACTED = sa.select(Representation.id).where(
    Representation.id.in_(sa.bindparam("among", expanding=True)),
    ~sa.exists().where(
        Notice.case_id == sa.bindparam("case"), Notice.counsel_id == Representation.counsel_id
    ),
    ~Representation.declarations.any(_CONFIRMED),
)


def proposal(
    session: Session,
    hearing: Hearing,
    proposal: Proposal,
    reason: str,
    now: dt.datetime,
    *,
    invitations: Sequence[Invitation] | None = None,
) -> None:
    """Ask every counsel, all sides in this one transaction, due at the same moment.

    ``invitations`` are those of counsel who came to the case since, asked after the others. Who
    has not answered a day before the date to answer by is asked once more, if there is so much
    time.
    """
    asked = proposal.invitations if invitations is None else invitations
    common = proposal_facts(hearing, proposal, reason)
    unconfirmed = first_contacted(session, hearing.case_id, asked)
    requests = [
        NoticeRequest(
            facts.subject(hearing, f"r{proposal.round}"),
            NoticeKind.PROPOSAL,
            facts.invitation_recipient(invitation),
            {
                **common,
                "person": facts.person_facts(invitation),
                "asks_address": invitation.representation_id in unconfirmed,
            },
            due_at=now,
            stale_at=proposal.answer_by,
        )
        for invitation in asked
    ]
    nudge_at = outside_quiet_hours_at(hearing.case.court, proposal.answer_by - NUDGE_BEFORE)
    if nudge_at - now >= NUDGE_BEFORE:
        requests += [replace(each, kind=NoticeKind.NUDGE, due_at=nudge_at) for each in requests]
    queue(session, requests, now)


def proposal_facts(hearing: Hearing, proposal: Proposal, reason: str) -> dict[str, Any]:
    """Return the facts of a proposal's messages, apart from their recipient."""
    return facts.hearing_facts(
        hearing,
        slots=facts.slots_facts(proposal),
        answer_by=facts.iso(proposal.answer_by),
        round=proposal.round,
        reason=reason,
        tentative=proposal.tentative,
    )


def first_contacted(
    session: Session, case_id: int, invitations: Iterable[Invitation]
) -> set[int | None]:
    """Return the representations that get their first message, with an address to be confirmed."""
    parameters = {"case": case_id, "among": [each.representation_id for each in invitations]}
    return set(session.scalars(_FIRST_CONTACTED, parameters))


def everyone(
    session: Session,
    hearing: Hearing,
    kind: NoticeKind,
    invitations: Iterable[Invitation],
    now: dt.datetime,
    *,
    stale_at: dt.datetime | None = None,
    version: str = "",
    **more: Any,
) -> None:
    """Queue one kind of notice for several invitations, on all their channels.

    All are due at the same moment: at once, or when quiet hours are over if the kind keeps them.
    """
    invitations = list(invitations)
    common = facts.hearing_facts(hearing, **more)
    quiet = kind.traits.keeps_quiet_hours
    due_at = outside_quiet_hours_at(hearing.case.court, now) if quiet else now
    unconfirmed = (
        first_contacted(session, hearing.case_id, invitations) if kind is NoticeKind.FIXED else ()
    )
    requests = [
        NoticeRequest(
            facts.subject(hearing, version),
            kind,
            facts.invitation_recipient(invitation),
            {
                **common,
                "person": facts.person_facts(invitation),
                "asks_address": invitation.representation_id in unconfirmed,
            },
            due_at=due_at,
            stale_at=stale_at or due_at + STALE_AFTER,
        )
        for invitation in invitations
    ]
    queue(session, requests, now)


def case_requests(
    session: Session,
    case: Case,
    kind: NoticeKind,
    version: str,
    facts_for: Callable[[Representation], Mapping[str, Any]],
    now: dt.datetime,
    *,
    but: int | None = None,
    only: int | None = None,
    variant: str = "",
    confidential: bool = False,
) -> list[NoticeRequest]:
    """Return a notice about a case for each counsel who acts, all due when quiet hours are over.

    ``facts_for`` returns what the notice says to one of them, beside the case and the person.
    ``but`` leaves out a counsel, ``only`` leaves out all others.
    """
    due_at = outside_quiet_hours_at(case.court, now)
    subject = Subject(case.court_id, case.id, str(Matter.case(case.id)), version)
    common = facts.case_facts(case)
    return [
        NoticeRequest(
            subject,
            kind,
            facts.representation_recipient(each),
            {**common, "person": facts.representation_facts(each), **facts_for(each)},
            due_at=due_at,
            stale_at=due_at + STALE_AFTER,
            variant=variant,
            confidential=confidential,
        )
        for each in queries.acting_representations(session, case)
        if each.counsel_id != but and only in (None, each.counsel_id)
    ]


def assistant(
    session: Session,
    hearing: Hearing,
    kind: NoticeKind,
    version: str,
    now: dt.datetime,
    **more: Any,
) -> None:
    """Notify the assistant of the hearing, or else of the case, if there is one."""
    user: User | None = hearing.user or hearing.case.assistant
    if user is None or not user.active:
        return
    request = NoticeRequest(
        facts.subject(hearing, version),
        kind,
        facts.user_recipient(user, hearing.case.court.language),
        facts.hearing_facts(
            hearing, **{"detail": "", **more}, person=facts.court_person_facts(user)
        ),
        due_at=now,
        stale_at=now + STALE_AFTER,
    )
    queue(session, [request], now)


def concluded(
    session: Session, hearing: Hearing, proposal: Proposal, slot: Slot | None, now: dt.datetime
) -> None:
    """Notify the assistant of the conclusion of all answers, each time it changes.

    ``slot`` suits all; None: no slot does.
    """
    about = hearing.about
    earlier = session.scalars(
        sa.select(Notice.key)
        .where(Notice.about == about, Notice.kind.in_(CONCLUSIONS))
        .order_by(Notice.id)
    ).all()
    conclusion = f"r{proposal.round}.{slot.id if slot else 0}"
    before = NoticeKey.parse(earlier[-1]).version if earlier else ""
    if f"{before}.".startswith(f"{hearing.id}.{conclusion}."):
        return
    withdraw(session, about, now, N_("the answers changed"), kinds=CONCLUSIONS)
    more = {"slots": [facts.slot_facts(slot)]} if slot else {}
    assistant(
        session,
        hearing,
        NoticeKind.READY if slot else NoticeKind.NONE_SUITS,
        f"{conclusion}.{len(earlier)}",
        now,
        round=proposal.round,
        **more,
    )


def publish(session: Session, hearing: Hearing, type_: EventType, now: dt.datetime) -> None:
    """Publish an event about a hearing for other systems, after the entries of its act."""
    ledger.publish_event(
        session,
        type_,
        now,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        ids={"hearing_id": hearing.id},
    )


def publish_off_record(
    session: Session, hearings: Sequence[Hearing], type_: EventType, now: dt.datetime
) -> None:
    """Publish an event about each of some hearings of one court that leaves no entry.

    Of hearings that were fixed elsewhere and imported, the record of contact says nothing.
    """
    if hearings:
        subjects = [(each.case_id, {"hearing_id": each.id}) for each in hearings]
        court_id = hearings[0].court_id
        ledger.publish_off_record(session, type_, now, court_id=court_id, subjects=subjects)


def renumber(hearing: Hearing) -> None:
    """Raise the sequence number of the next invite; no reminder depends on it."""
    hearing.revise()
    hearing.planned_revision = hearing.revision


def clear_calendars(
    session: Session, hearing: Hearing, proposal: Proposal, now: dt.datetime
) -> None:
    """Cancel the tentative slots of a proposal that ended without a date in counsel's calendars.

    Only for those who were sent them; the sequence number rises, as a CANCEL requires (RFC 5546,
    2.1.4).
    """
    with_slots = with_calendar(session, hearing, [NoticeKind.PROPOSAL])
    if not with_slots:
        return
    renumber(hearing)
    common = facts.hearing_facts(hearing, slots=facts.slots_facts(proposal), tentative=True)
    requests = [
        NoticeRequest(
            facts.subject(hearing),
            NoticeKind.RELEASED,
            facts.invitation_recipient(invitation),
            {**common, "person": facts.person_facts(invitation)},
            due_at=now,
            stale_at=now + STALE_AFTER,
        )
        for invitation in proposal.invitations
        if invitation.counsel_id in with_slots and invitation.left_at is None
    ]
    queue(session, requests, now)


@dataclass(frozen=True)
class GivenUpDays:
    """Sittings that people were told of and that are no longer to be; who was told of them last."""

    sittings: Sequence[Mapping[str, Any]] = ()
    counsel_ids: frozenset[int] = frozenset()
    member_ids: frozenset[int] = frozenset()


def given_up_days(session: Session, hearing: Hearing) -> GivenUpDays:
    """Return the sittings after a hearing's end that its people still know of.

    What each of them knows is the date in the latest message that may have reached them.
    """
    if hearing.ends_at is None or not hearing.corrections:
        return GivenUpDays()
    never = [NoticeState.QUEUED.value, NoticeState.WITHDRAWN.value, NoticeState.MISSED.value]
    query = (
        sa.select(Notice.counsel_id, Notice.member_id, Notice.facts)
        .where(
            Notice.about == hearing.about,
            Notice.kind.in_(INVITING),
            Notice.delegate_id.is_(None),
            Notice.state.not_in(never),
        )
        .order_by(Notice.id)
    )
    latest = {(counsel, member): known for counsel, member, known in session.execute(query)}
    ends_at = facts.iso(hearing.ends_at) or ""
    sittings: dict[str, Mapping[str, Any]] = {}
    outdated: list[tuple[int | None, int | None]] = []
    for who, known in latest.items():
        ahead = [
            each for each in known["hearing"].get("sittings") or () if each["starts_at"] >= ends_at
        ]
        if ahead:
            outdated.append(who)
            sittings |= {each["starts_at"]: each for each in ahead}
    return GivenUpDays(
        [sittings[at] for at in sorted(sittings)],
        frozenset(counsel for counsel, _ in outdated if counsel is not None),
        frozenset(member for _, member in outdated if member is not None),
    )


def with_calendar(session: Session, hearing: Hearing, kinds: Iterable[NoticeKind]) -> set[int]:
    """Return the counsel to whom an invite of some kinds went, or may have gone, by mail."""
    never = [NoticeState.QUEUED.value, NoticeState.WITHDRAWN.value, NoticeState.MISSED.value]
    counsel_ids = sa.select(Notice.counsel_id).where(
        Notice.about == hearing.about,
        Notice.channel == Channel.EMAIL,
        Notice.kind.in_(list(kinds)),
        Notice.counsel_id.is_not(None),
        Notice.state.not_in(never),
    )
    return {each for each in session.scalars(counsel_ids) if each is not None}
