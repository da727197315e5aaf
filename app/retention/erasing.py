"""Retention: when a case's record may be erased, and what is erased with it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.addresses import changes as addresses
from app.cases.forms import CaseIn, CounselIn, PartyIn, erased_fields
from app.cases.models import Away, BusyCalendar, BusyTime, Case, Counsel, Party, Representation
from app.core.db import Base
from app.core.errors import N_, Refusal
from app.core.forms import Form
from app.court.models import Court, Judge
from app.delegates import service as delegates
from app.hearings import move_requests
from app.hearings.models import (
    Hearing,
    HearingMember,
    HearingState,
    Invitation,
    MemberInvitation,
    OfferedHalfDay,
    Proposal,
)
from app.hearings.proposing import drafts
from app.needs import service as needs
from app.notices.models import Notice
from app.outcomes import service as outcomes
from app.papers import device_links
from app.papers import service as papers
from app.papers.exchange import queries as exchanges
from app.papers.exchange.models import IS_OPEN, Exchange
from app.papers.opinions import service as opinions
from app.questions import service as questions
from app.questions.filings import service as filings
from app.questions.models import Question
from app.questions.queries import counting_open
from app.record import chain
from app.record.models import ChainHead, Entry
from app.record.rules import Event
from app.retention import blanking

BY_RULE = N_("the court's time of keeping is over")
BATCH = 20  # cases that one beat erases


# Replacement of a name, by the court's language.
NAMELESS = {"zh": "（已删除）"}


def erase(
    session: Session, case: Case, *, by: str, why: str, now: dt.datetime, names: bool = False
) -> int:
    """Erase personal data of a case that is over; return how many entries were blanked.

    Addresses of counsel and parties are erased, with counsel's calendars and days away, unless they
    act in another case that is not erased. ``names`` erases their names too, and the title, which
    is often made of them. Raises Refusal while a hearing lies ahead, a proposal or a question is
    open, an exchange of evidence too, or a notice waits.
    """
    delegates.end_all(session, case.id, now)
    _lock(session, case.id)
    if session.scalar(_alive(now).where(Hearing.case_id == case.id).limit(1)) is not None:
        raise Refusal(
            N_("A hearing of case %(number)s lies ahead or is open: cancel it first, or wait."),
            number=case.number,
        )
    if blanking.under_way(session, case.id):
        raise Refusal(
            N_("A message about case %(number)s waits to be sent: try again once it is out."),
            number=case.number,
        )
    if session.scalar(counting_open(case.id)):
        raise Refusal(
            N_("A question in case %(number)s is open: answer it first."), number=case.number
        )
    if exchanges.is_open(session, case.id):
        raise Refusal(
            N_("An exchange of evidence in case %(number)s is open: cancel it first, or wait."),
            number=case.number,
        )
    count = blanking.blank(session, case.court_id, case.id, by=by, why=why, now=now)
    _blank_words(session, case.id)
    drafts.delete_of_case(session, case.id)
    move_requests.erase(session, case.id, now)
    questions.erase(session, case.id)
    needs.erase(session, case.id)
    addresses.erase(session, case.id)
    delegates.erase(session, case.id)
    filings.erase(session, case.id)
    outcomes.erase(session, case.id)
    papers.erase(session, case.id, now)
    opinions.erase(session, case.id)
    device_links.erase(session, case.id)
    nameless = NAMELESS.get(case.court.language, "(erased)") if names else ""
    for name in erased_fields(CaseIn, names=names):
        setattr(case, name, "")
    session.flush()
    _blank_people(session, case.id, nameless)
    _blank_copies(session, case)
    return count


def _lock(session: Session, case_id: int) -> None:
    """Lock a case's hearings, notices and chain, in the order of docs/architecture.md.

    What is checked then stays true: a concurrent proposal has committed, or waits.
    """
    for table in (Hearing, Notice):
        query = sa.select(table.id).where(table.case_id == case_id).order_by(table.id)
        session.execute(query.with_for_update()).all()
    chain.lock_heads(session, [case_id])


def _alive(now: dt.datetime) -> sa.Select:
    ahead = sa.and_(Hearing.state == HearingState.FIXED.value, Hearing.ends_at > now)
    return sa.select(Hearing.id).where(sa.or_(Hearing.state == HearingState.PROPOSED.value, ahead))


def _blank_words(session: Session, case_id: int) -> None:
    hearings = sa.select(Hearing.id).where(Hearing.case_id == case_id)
    proposals = sa.select(Proposal.id).where(Proposal.hearing_id.in_(hearings))
    unsynchronized = {"synchronize_session": False}
    for words in (
        sa.update(Hearing).where(Hearing.case_id == case_id).values(reason=""),
        sa.update(Proposal).where(Proposal.id.in_(proposals)).values(overridden_because=""),
        sa.update(Invitation).where(Invitation.proposal_id.in_(proposals)).values(comment=""),
        sa.update(MemberInvitation)
        .where(MemberInvitation.hearing_id.in_(hearings))
        .values(declined_because=""),
        sa.delete(OfferedHalfDay).where(
            OfferedHalfDay.invitation_id.in_(
                sa.select(Invitation.id).where(Invitation.proposal_id.in_(proposals))
            )
        ),
    ):
        session.execute(words.execution_options(**unsynchronized))


def _blank_members(session: Session, case_id: int) -> None:
    """Blank addresses of members of benches outside the court who are needed in no other case."""
    here = sa.select(Hearing.id).where(Hearing.case_id == case_id)
    of_case = sa.select(MemberInvitation.judge_id).where(MemberInvitation.hearing_id.in_(here))
    elsewhere = sa.select(HearingMember.judge_id).where(HearingMember.hearing_id.not_in(here))
    session.execute(
        sa.update(Judge)
        .where(Judge.id.in_(of_case), Judge.id.not_in(elsewhere))
        .values(email="", phone="")
        .execution_options(synchronize_session=False)
    )


def _blank_people(session: Session, case_id: int, nameless: str) -> None:
    """Blank addresses of people who are in no other case whose record is kept.

    Unless it is empty, ``nameless`` replaces their names.
    """
    unsynchronized = {"synchronize_session": False}
    parties = sa.update(Party).where(Party.case_id == case_id)
    blanked = _blanked(PartyIn, nameless)
    session.execute(parties.values(blanked).execution_options(**unsynchronized))
    _blank_members(session, case_id)
    counsel_ids = sa.select(Representation.counsel_id).join(Party).where(Party.case_id == case_id)
    for counsel_id in session.scalars(counsel_ids.distinct()).all():
        others = session.scalars(
            sa.select(Party.case_id)
            .join(Representation)
            .where(Representation.counsel_id == counsel_id, Party.case_id != case_id)
        ).all()
        if not all(blanking.erased(session, each) for each in others):
            continue
        blanked = {**_blanked(CounselIn, nameless), "postal": ""}
        person = sa.update(Counsel).where(Counsel.id == counsel_id)
        session.execute(person.values(blanked).execution_options(**unsynchronized))
        for table in (Away, BusyCalendar, BusyTime):
            delete = sa.delete(table).where(table.counsel_id == counsel_id)
            session.execute(delete.execution_options(**unsynchronized))
    session.expire_all()


def _blanked(form: type[Form], nameless: str) -> dict[str, str]:
    """Return what the personal fields of a form become; ``nameless`` stands in place of a name."""
    names = erased_fields(form, names=bool(nameless))
    return {name: nameless if name == "name" else "" for name in names}


def _blank_copies(session: Session, case: Case) -> None:
    """Delete copies of a case's personal data in tables of features above this one.

    Cached calendar events are rendered anew by the beat; answers kept for idempotent requests are
    found by the case's number; the file that the case was imported from is not needed any more.
    """
    tables = Base.metadata.tables
    undrawn = sa.update(Hearing).where(Hearing.case_id == case.id).values(drawn_edition=0)
    session.execute(undrawn.execution_options(synchronize_session=False))
    hearings = sa.select(Hearing.id).where(Hearing.case_id == case.id)
    if (events := tables.get("rendered_event")) is not None:
        session.execute(sa.delete(events).where(events.c.hearing_id.in_(hearings)))
    if (answers := tables.get("api_repeat")) is not None:
        text = sa.cast(answers.c.answer, sa.Text)
        session.execute(sa.delete(answers).where(text.contains(case.number, autoescape=True)))
    if case.upload_id and (parts := tables.get("upload_part")) is not None:
        uploads = tables["upload"]
        entered = sa.select(uploads.c.id).where(
            uploads.c.id == case.upload_id, uploads.c.state.in_(("entered", "undone"))
        )
        session.execute(sa.delete(parts).where(parts.c.upload_id.in_(entered)))


def overdue(session: Session, now: dt.datetime) -> list[int]:
    """Return cases whose retention period is over, the oldest first.

    The period runs from the end of the last hearing, or from the case's entry if there was none.
    """
    case_ids: list[int] = []
    for court in session.scalars(sa.select(Court).where(Court.keep_days.is_not(None))).all():
        before = now - dt.timedelta(days=court.keep_days or 0)
        later = sa.func.coalesce(Hearing.ends_at, Hearing.changed_at) >= before
        in_use = sa.or_(later, Hearing.state == HearingState.PROPOSED.value)
        waits = sa.exists().where(Notice.case_id == Case.id, blanking.is_open())
        query = (
            sa.select(Case.id)
            .outerjoin(ChainHead, ChainHead.case_id == Case.id)
            .outerjoin(
                Entry, sa.and_(Entry.case_id == ChainHead.case_id, Entry.seq == ChainHead.seq)
            )
            .where(Case.court_id == court.id, Case.created_at < before, ~waits)
            .where(sa.or_(Entry.id.is_(None), Entry.what != Event.ERASED.value))
            .where(~sa.exists().where(Hearing.case_id == Case.id, in_use))
            .where(~sa.exists().where(Question.case_id == Case.id, questions.IS_OPEN))
            .where(~sa.exists().where(Exchange.case_id == Case.id, IS_OPEN))
            .order_by(Case.id)
            .limit(BATCH - len(case_ids))
        )
        case_ids += session.scalars(query)
    return case_ids


def by_rule(session: Session, case_id: int, now: dt.datetime) -> int:
    """Erase one case because its court's retention period is over."""
    case = session.get_one(Case, case_id)
    names = case.court.erase_names
    return erase(session, case, by="tingqi", why=BY_RULE, now=now, names=names)
