"""Messages to members who are outside the court: asked, told a date, reminded, needed no longer.

They say what is needed to come and nothing of the parties: no reason that a party gave, no other
person's answer, and of the case's title what the court's rule for public lists allows. Whoever has
no address gets none: the hearing's page says that somebody has to tell them.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.core import wording
from app.core.errors import N_
from app.core.wording.public_names import public_title
from app.hearings import facts, notifications
from app.hearings.bench import invitations as bench_invitations
from app.hearings.models import Hearing, MemberInvitation, Proposal, ProposalState
from app.hearings.notifications import GivenUpDays
from app.notices.kinds import NoticeKind
from app.notices.models import Notice
from app.notices.queue import NoticeRequest, Recipient, queue, withdraw_unrecorded
from app.notices.rules import outside_quiet_hours_at
from app.record import ledger
from app.record.rules import WENT_OUT, NoticeState

SIDE = "member"
# As for counsel (see hearings.notifications).
NUDGE_BEFORE = dt.timedelta(hours=24)
STALE_AFTER = dt.timedelta(days=3)
# In a calendar, or on its way into one.
_IN_CALENDAR = frozenset({*WENT_OUT, NoticeState.SENDING, NoticeState.UNKNOWN})


class WhyReleased(StrEnum):
    """Why somebody need not come."""

    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


def recipient(invitation: MemberInvitation) -> Recipient:
    """Return a member as recipient; without ways where no address is known."""
    person = invitation.judge
    return Recipient(
        name=person.name,
        language=person.language or invitation.hearing.case.court.language,
        ways=bench_invitations.ways(person),
        side=SIDE,
        member_id=invitation.id,
        link_version=invitation.key_version,
    )


def title_for_members(case: Case) -> str:
    """Return what somebody outside the court reads of a case's title."""
    names = [party.name for party in case.parties]
    return public_title(case.title, names, case.court.public_names)


def member_facts(hearing: Hearing, **more: Any) -> dict[str, Any]:
    """Return the facts of a hearing as a member outside the court may know them."""
    common = facts.hearing_facts(hearing, **more)
    title = title_for_members(hearing.case)
    return {**common, "case": {**common["case"], "title": title}, "reason": ""}


def person_facts(invitation: MemberInvitation) -> dict[str, Any]:
    """Return the member whom a letter is to, and what they are needed as."""
    return {
        "name": invitation.judge.name,
        "party": "",
        "side": SIDE,
        "is_court": False,
        "needed_as": wording.role_names(invitation.role),
    }


def requests(
    hearing: Hearing,
    kind: NoticeKind,
    invited: Iterable[MemberInvitation],
    due_at: dt.datetime,
    stale_at: dt.datetime,
    *,
    version: str = "",
    variant: str = "",
    **more: Any,
) -> list[NoticeRequest]:
    """Return a message of a kind to each of some members who can be reached."""
    common = member_facts(hearing, **more)
    subject = facts.subject(hearing, version)
    return [
        NoticeRequest(
            subject,
            kind,
            recipient(each),
            {**common, "person": person_facts(each)},
            due_at,
            stale_at,
            variant=variant,
        )
        for each in invited
        if bench_invitations.ways(each.judge)
    ]


def ask(
    session: Session,
    hearing: Hearing,
    proposal: Proposal,
    invited: Sequence[MemberInvitation],
    now: dt.datetime,
    *,
    again: str = "",
) -> None:
    """Ask members whether they can come to each slot, and once more a day before it is due.

    ``again`` tells apart messages about one round to those who are asked later, or anew.
    """
    more: dict[str, Any] = {
        "slots": facts.slots_facts(proposal),
        "answer_by": facts.iso(proposal.answer_by),
        "round": proposal.round,
        "version": f"r{proposal.round}{again}",
    }
    until = proposal.answer_by
    asked = requests(hearing, NoticeKind.MEMBER_ASKED, invited, now, until, **more)
    nudge_at = outside_quiet_hours_at(hearing.case.court, proposal.answer_by - NUDGE_BEFORE)
    if nudge_at - now >= NUDGE_BEFORE:
        asked += requests(hearing, NoticeKind.MEMBER_NUDGE, invited, nudge_at, until, **more)
    queue(session, asked, now)


def tell_date(
    session: Session,
    hearing: Hearing,
    invited: Sequence[MemberInvitation],
    now: dt.datetime,
    *,
    version: str = "",
    was: dict[str, Any] | None = None,
) -> None:
    """Tell members the date of a hearing, with its invite; ``was`` is the date that it replaces.

    To somebody who was told no date before, a new date is the first one.
    """
    if hearing.starts_at is None or hearing.starts_at <= now:
        return
    notified = _with_date(session, hearing) if was else set()
    informed = [each for each in invited if each.id in notified]
    uninformed = [each for each in invited if each.id not in notified]
    until = hearing.starts_at
    moved = requests(
        hearing, NoticeKind.MEMBER_MOVED, informed, now, until, version=version, was=was
    )
    fixed = requests(hearing, NoticeKind.MEMBER_FIXED, uninformed, now, until, version=version)
    queue(session, [*moved, *fixed], now)


def release(
    session: Session,
    hearing: Hearing,
    invited: Sequence[MemberInvitation],
    why: WhyReleased,
    now: dt.datetime,
) -> None:
    """Tell members that they need not come, and take the date out of their calendars.

    Of those who are needed no longer only whoever was asked or told something; what waits for them
    is withdrawn.
    """
    entries: list[ledger.NewEntry] = []
    if why is WhyReleased.REPLACED and invited:
        ids = [each.id for each in invited]
        words = N_("they are needed no longer")
        entries = withdraw_unrecorded(session, hearing.about, words, member_ids=ids)
    informed = _informed(session, hearing)
    to_tell = [each for each in invited if each.id in informed]
    # A CANCEL to one of several raises the number for them alone (RFC 5546, 2.1.4).
    number = hearing.sequence + (why is WhyReleased.REPLACED)
    with_date = why is not WhyReleased.WITHDRAWN and hearing.starts_at is not None
    version = f"{hearing.revision}.{why}{now:%Y%m%d%H%M%S}" if why is WhyReleased.REPLACED else ""
    released = requests(
        hearing,
        NoticeKind.MEMBER_RELEASED,
        to_tell,
        now,
        now + STALE_AFTER,
        version=version,
        because=why.value,
    )
    for each in released:
        each.facts["hearing"] = {**each.facts["hearing"], "sequence": number}
        if not with_date or each.recipient.member_id not in _with_date(session, hearing):
            each.facts["hearing"] |= {"starts_at": None, "ends_at": None}
    queue(session, released, now, entries)


def give_up_days(
    session: Session,
    hearing: Hearing,
    given_up: GivenUpDays,
    now: dt.datetime,
    due_at: dt.datetime,
    version: str,
) -> None:
    """Tell members that days of a hearing ahead are not needed, and correct their calendars."""
    informed = [
        each
        for each in bench_invitations.current(session, hearing)
        if each.id in given_up.member_ids
    ]
    shortened = requests(
        hearing,
        NoticeKind.MEMBER_SHORTENED,
        informed,
        due_at,
        due_at + STALE_AFTER,
        version=version,
        given_up=list(given_up.sittings),
    )
    queue(session, shortened, now)


def correct_calendars(session: Session, hearing: Hearing, now: dt.datetime, version: str) -> None:
    """Correct the date in members' calendars after the court's clock was changed."""
    notified = _with_date(session, hearing)
    if hearing.starts_at is None or not notified:
        return
    informed = [each for each in bench_invitations.current(session, hearing) if each.id in notified]
    corrected = requests(
        hearing, NoticeKind.CLOCK_CHANGE, informed, now, hearing.starts_at, version=version
    )
    queue(session, corrected, now)


def tell_assistant(
    session: Session, hearing: Hearing, invitation: MemberInvitation, now: dt.datetime
) -> None:
    """Tell the assistant of a hearing that somebody cannot come on its date."""
    notifications.assistant(
        session,
        hearing,
        NoticeKind.MEMBER_DECLINED,
        f"{hearing.revision}.m{invitation.id}.{now:%Y%m%d%H%M%S}",
        now,
        absent={
            "name": invitation.judge.name,
            "needed_as": wording.role_names(invitation.role),
            "reason": invitation.declined_because,
        },
    )


def tell_what_there_is(
    session: Session,
    hearing: Hearing,
    invited: Sequence[MemberInvitation],
    now: dt.datetime,
) -> bool:
    """Tell members who joined, or who can be reached since, the date that holds and the question.

    Returns whether they were told a date, of which they are to be reminded too.
    """
    nobody_notified = hearing.imported and hearing.revision == 1
    begun = hearing.starts_at is not None and hearing.starts_at <= now
    if not invited or begun:
        return False
    again = f".m{now:%Y%m%d%H%M%S}"
    if hearing.starts_at is not None and not nobody_notified:
        tell_date(session, hearing, invited, now, version=f"{hearing.revision}{again}")
    proposal = next((each for each in hearing.proposals if each.state == ProposalState.OPEN), None)
    if proposal is not None and now < proposal.answer_by:
        ask(session, hearing, proposal, invited, now, again=again)
    return hearing.starts_at is not None


def _with_date(session: Session, hearing: Hearing) -> set[int]:
    """Return the members into whose calendars a date of a hearing went, or may have gone."""
    return _members_of(session, hearing, (NoticeKind.MEMBER_FIXED, NoticeKind.MEMBER_MOVED))


def _informed(session: Session, hearing: Hearing) -> set[int]:
    """Return the members to whom any message about a hearing went, or may have gone."""
    return _members_of(session, hearing, ())


def _members_of(session: Session, hearing: Hearing, kinds: Sequence[NoticeKind]) -> set[int]:
    query = sa.select(Notice.member_id).where(
        Notice.about == hearing.about,
        Notice.member_id.is_not(None),
        Notice.state.in_([state.value for state in _IN_CALENDAR]),
        Notice.kind.in_([kind.value for kind in kinds]) if kinds else sa.true(),
    )
    return {each for each in session.scalars(query) if each is not None}
