"""Give, change and withdraw opinions: each version on the record, all others told in one commit."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from app.cases.delegates import Delegation
from app.cases.models import Case, Representation
from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.core.matters import Matter
from app.core.wording import shortened
from app.hearings import facts, notifications
from app.notices.case_lock import lock_case
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, queue
from app.papers.exchange.models import Exchange
from app.papers.models import Filing, Paper
from app.papers.opinions import queries, rules
from app.papers.opinions.models import OpinionDeadline, PaperOpinion
from app.papers.opinions.queries import OpinionDates
from app.papers.opinions.rules import OpinionInput
from app.papers.rules import FilingState
from app.people.models import User
from app.record import ledger
from app.record.rules import Event

MOST_NAMES = 5  # papers that a letter names
MOST_WORDS = 200  # characters of a reason in a letter
WITHDRAWN = OpinionInput()


def give(
    session: Session,
    representation: Representation,
    opinions: Mapping[int, OpinionInput],
    now: dt.datetime,
    secret: bytes,
    delegate: Delegation | None = None,
) -> Sequence[PaperOpinion]:
    """Give or change opinions on papers, by paper id; return those that are new or changed.

    What says the same as before is no new version, so that a double press is one. Either all are
    kept, or none. Raises Invalid by field and paper ("lawful_reason-12"), NotFound for a paper that
    is not in the case, and Refusal where no opinion can be given on one of them.
    """
    if not opinions:
        raise Refusal(N_("Nothing was recorded: give an opinion on at least one paper."))
    return _keep(session, representation, opinions, now, secret, delegate)


def withdraw(
    session: Session,
    representation: Representation,
    paper_id: int,
    now: dt.datetime,
    secret: bytes,
    delegate: Delegation | None = None,
) -> Sequence[PaperOpinion]:
    """Take the opinion on a paper back; what was given before stays on the record.

    Raises as ``give`` does. Where there is none to withdraw, nothing is recorded.
    """
    return _keep(session, representation, {paper_id: WITHDRAWN}, now, secret, delegate)


def _keep(
    session: Session,
    representation: Representation,
    opinions: Mapping[int, OpinionInput],
    now: dt.datetime,
    secret: bytes,
    delegate: Delegation | None,
) -> Sequence[PaperOpinion]:
    case = representation.party.case
    heads = lock_case(session, case.id, secret)
    papers = _papers(session, case.id, opinions)
    due = queries.dates(session, case)
    _check(papers, representation, opinions, due, heads[case.id].next_at(now))
    known = _known(session, representation, opinions)
    changed: list[PaperOpinion] = []
    for paper in papers:
        typed = opinions[paper.id]
        opinion = known.get(paper.id)
        if typed == (opinion.values if opinion else WITHDRAWN):
            continue
        if opinion is None:
            opinion = PaperOpinion(
                case_id=case.id,
                paper=paper,
                representation=representation,
                counsel_id=representation.counsel_id,
                side=representation.party.side,
                version=0,
            )
            session.add(opinion)
        opinion.set_values(typed)
        opinion.version += 1
        opinion.given_at = heads[case.id].next_at(now)  # as its entry says
        opinion.delegate_id = delegate.id if delegate else None
        changed.append(opinion)
        opinion.seq = heads[case.id].seq + len(changed)
    if changed:
        session.flush()
        requests = _requests(session, case, representation, changed, now, delegate)
        entries = [_entry(each, case, delegate) for each in changed]
        queue(session, requests, now, entries, heads=heads)
    return changed


def _papers(session: Session, case_id: int, opinions: Mapping[int, OpinionInput]) -> list[Paper]:
    """Return the papers that opinions are on, by side and number. Raises NotFound."""
    query = (
        sa.select(Paper)
        .join(Filing)
        .where(
            Paper.id.in_(opinions),
            Filing.case_id == case_id,
            Filing.state == FilingState.FILED.value,
        )
        .options(joinedload(Paper.filing), selectinload(Paper.files))
        .order_by(Filing.side, Paper.number)
        .execution_options(populate_existing=True)
    )
    papers = list(session.scalars(query))
    if len(papers) < len(opinions):
        raise NotFound(N_("There is no such paper in this case."))
    return papers


def _check(
    papers: Sequence[Paper],
    representation: Representation,
    opinions: Mapping[int, OpinionInput],
    due: OpinionDates,
    now: dt.datetime,
) -> None:
    for paper in papers:
        subject = queries.subject_of(paper, due)
        if bar := rules.bar(subject, representation.party.side, now):
            message = bar.message(paper.number or 0)
            raise Refusal(message.words, **message.facts)
    errors: dict[str, Message] = {}
    for paper in papers:
        typed = opinions[paper.id]
        if typed is not WITHDRAWN:
            faults = rules.check(typed)
            errors |= {f"{name}-{paper.id}": fault for name, fault in faults.items()}
    if errors:
        raise Invalid(errors)


def _known(
    session: Session, representation: Representation, opinions: Mapping[int, OpinionInput]
) -> dict[int, PaperOpinion]:
    query = sa.select(PaperOpinion).where(
        PaperOpinion.representation_id == representation.id, PaperOpinion.paper_id.in_(opinions)
    )
    found = session.scalars(query.execution_options(populate_existing=True))
    return {each.paper_id: each for each in found}


def _entry(opinion: PaperOpinion, case: Case, delegate: Delegation | None) -> ledger.NewEntry:
    paper, values = opinion.paper, opinion.values
    answers = {aspect.value: values.says(aspect) for aspect in rules.Aspect}
    return ledger.NewEntry(
        Event.OPINION,
        court_id=case.court_id,
        case_id=case.id,
        about=str(Matter.case(case.id)),
        attempt=f"o{opinion.id}",
        counsel_id=opinion.counsel_id,
        side=opinion.side,
        channel="link",
        kind=NoticeKind.OPINIONS.value,
        detail={
            "filing": paper.filing.number,
            "of": paper.filing.side,
            "number": paper.number,
            "version": opinion.version,
            **({"withdrawn": True} if values.is_empty else answers),
            **({"reason_sha256": values.digests} if values.reasons else {}),
        },
        personal={
            "name": opinion.representation.counsel.name,
            "note": f"{paper.number}. {paper.name}",
            **({"reasons": _labelled(values)} if values.reasons else {}),
        },
        delegate=delegate,
    )


def _labelled(values: OpinionInput) -> dict[str, str]:
    """Return the reasons by the label of their aspect, which pages of the record translate."""
    return {aspect.label: text for aspect, text in values.reasons.items()}


def _requests(
    session: Session,
    case: Case,
    representation: Representation,
    changed: Sequence[PaperOpinion],
    now: dt.datetime,
    delegate: Delegation | None,
) -> list[NoticeRequest]:
    """Return one request for each other counsel who acts, for all opinions of one press."""
    objections = [each for each in changed if each.objects]
    opinion_facts: dict[str, Any] = {
        "by": representation.counsel.name,
        "delegate": delegate.name if delegate else "",
        "side": representation.party.side,
        "given_at": facts.iso(changed[0].given_at),
        "count": len(changed),
        "withdrawn": sum(each.is_withdrawn for each in changed),
        "objections": [_objection(each) for each in objections[:MOST_NAMES]],
        "more": max(0, len(objections) - MOST_NAMES),
    }
    return notifications.case_requests(
        session,
        case,
        NoticeKind.OPINIONS,
        f"c{case.id}.o{changed[0].seq}",
        lambda _: {"opinions": opinion_facts},
        now,
        but=representation.counsel_id,
    )


def _objection(opinion: PaperOpinion) -> dict[str, Any]:
    """Return what a letter says of one objection: the paper, and the reason of each no."""
    values = opinion.values
    return {
        "paper": f"{opinion.paper.number}. {opinion.paper.name}",
        "denied": [
            [aspect.value, shortened(values.reason_for(aspect), MOST_WORDS)]
            for aspect in values.denied
        ],
    }


def set_due(
    session: Session,
    exchange: Exchange,
    due_at: dt.datetime,
    user: User,
    now: dt.datetime,
    secret: bytes,
) -> Exchange:
    """Set the date by which opinions on an exchange are given, and tell all counsel.

    The same date again changes nothing. Raises Invalid for a time that has passed or lies before
    the close, and Refusal for an exchange that was cancelled.
    """
    case = exchange.case
    heads = lock_case(session, case.id, secret)
    session.refresh(exchange)
    if queries.is_cancelled(exchange):
        raise Refusal(N_("This exchange was cancelled: there are no opinions on it."))
    if due_at <= now or due_at <= (exchange.ended_at or exchange.ends_at):
        raise Invalid({"due_at": Message(N_("Enter a time to come, after the exchange closes."))})
    deadline = session.get(OpinionDeadline, exchange.id)
    if deadline is not None and deadline.due_at == due_at:
        return exchange
    if deadline is None:
        deadline = OpinionDeadline(exchange_id=exchange.id)
        session.add(deadline)
    deadline.due_at, deadline.set_at, deadline.user_id = due_at, now, user.id
    exchange.opinions_remind_at = now
    entry = ledger.NewEntry(
        Event.REGISTERED,
        court_id=case.court_id,
        case_id=case.id,
        about=str(Matter.case(case.id)),
        attempt=f"x{exchange.id}",
        kind="opinions_due",
        detail={"exchange": exchange.number, "due_at": ledger.instant(due_at), "user": user.id},
        personal={"by": user.name},
    )
    due_facts = {"due_at": facts.iso(due_at), "given_at": facts.iso(now), "by": user.name}
    requests = notifications.case_requests(
        session,
        case,
        NoticeKind.OPINIONS,
        f"c{case.id}.o{heads[case.id].seq + 1}",
        lambda _: {"opinions": due_facts},
        now,
    )
    queue(session, requests, now, [entry], heads=heads)
    return exchange


def erase(session: Session, case_id: int) -> None:
    """Erase the reasons of a case's opinions; their digests stay, as on the record."""
    blank = {aspect.reason_field: "" for aspect in rules.Aspect}
    statement = sa.update(PaperOpinion).where(PaperOpinion.case_id == case_id).values(blank)
    session.execute(statement.execution_options(synchronize_session=False))
