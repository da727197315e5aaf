"""Change who sits or is needed in a hearing, and with it in its case and the hearings to come.

Others' times are released and taken in the same transaction. The parties have a right to know who
hears the case, for they may ask for another (Civil Procedure Law of the PRC (2023), art. 47–48 and
131): counsel are told of every change among those who sit. The date stays the one that was told, so
the revision stays too, and with it reminders and what counsel confirmed; calendars are corrected
under the next number, as they say who sits.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import benches
from app.cases import service as cases
from app.cases.models import Case
from app.core import wording
from app.core.db import bulk
from app.core.errors import N_, Clash, Message, Refusal, RuleWarning, joined
from app.court import bench, change_log
from app.court.bench import BenchChange, BenchMember, BenchRole
from app.court.change_log import ChangeAuthor
from app.court.models import Judge
from app.hearings import booking, facts, notifications, queries, versions
from app.hearings.bench import members
from app.hearings.booking import BookingConflict
from app.hearings.forms import BenchChangeIn
from app.hearings.models import Hearing, HearingState
from app.hearings.rules import Span
from app.hearings.scheduling import CourtContext, invite_everybody
from app.law import benches as rules
from app.notices.case_lock import lock_case
from app.notices.kinds import BY_THE_CLOCK, NoticeKind
from app.notices.models import Notice
from app.record import ledger
from app.record.rules import Event, NoticeState

MOST_CLASHES = 5  # that are named at once
MOST_FREE, MOST_SEARCHED = 6, 200  # people who are free: named, and looked for


class MembersBusy(Clash):
    """People who are new in a bench have other hearings; the message names them and who is free."""


@dataclass(frozen=True)
class _HearingChange:
    """A change of one hearing's people; ``gone`` and ``new`` are the ids of who was replaced."""

    hearing: Hearing
    made: BenchChange
    gone: Sequence[int]
    new: Sequence[int]


def change(
    session: Session,
    context: CourtContext,
    hearing_id: int,
    form: BenchChangeIn,
    *,
    version: str = "",
) -> Hearing:
    """Let a hearing have another bench; book it, record it and tell counsel.

    ``version`` is that of the hearing when the form was loaded; "" checks nothing. Raises NotFound;
    Clash where it changed meanwhile, MembersBusy where somebody new is booked, RuleWarning where a
    rule speaks against the bench and no reason is given, Refusal where there is nothing to change,
    and Invalid.
    """
    hearing = _locked(session, context, hearing_id, form)
    if version and versions.of_hearing(session, hearing) != version:
        raise Clash(versions.CHANGED)
    check_open(hearing, context.now)
    own = _set(session, hearing, form.bench)
    changes = [own]
    if form.whole_case:
        before = members.of_hearings(hearing.case)
        benches.set_bench(session, hearing.case, own.made.applied_to(before))
        _log(session, context, hearing.case, before)
        changes += _of_others(session, context, hearing.case, own.made, but=hearing.id)
    elif own.made.is_empty:
        raise Refusal(N_("These are the people of this hearing already. Nothing was changed."))
    _apply(session, context, changes, form)
    return hearing


def change_case(
    session: Session,
    context: CourtContext,
    case_id: int,
    form: BenchChangeIn,
    *,
    version: str = "",
) -> Case:
    """Let a case have another bench; with ``form.whole_case`` its hearings to come, too.

    ``version`` is the fingerprint of the bench that the form was loaded with. Raises as ``change``
    does.
    """
    case = lock_for_case(session, context, case_id, form)
    if version and members.fingerprint(case) != version:
        words = N_("The bench of this case was changed while you were typing: it is now %(names)s.")
        raise Clash(words, names=members.names_by_language(case))
    before = members.of_hearings(case)
    benches.set_bench(session, case, form.bench)
    _log(session, context, case, before)
    made = BenchChange(before, members.of_hearings(case))
    changes = _of_others(session, context, case, made) if form.whole_case else []
    if made.is_empty and all(each.made.is_empty for each in changes):
        raise Refusal(N_("These are the people of this case already. Nothing was changed."))
    _apply(session, context, changes, form)
    return case


def lock_for_case(
    session: Session, context: CourtContext, case_id: int, form: BenchChangeIn
) -> Case:
    """Lock a case for a change of its bench, after the hearings to come that change with it."""
    case = cases.find_case(session, context.court.id, case_id)
    if form.whole_case:
        ids = [each.id for each in queries.upcoming_hearings(session, case, context.now)]
        queries.lock_hearings(session, ids)
    lock_case(session, case.id, context.secret)
    session.refresh(case)
    return case


def check_open(hearing: Hearing, now: dt.datetime) -> None:
    """Raise Refusal unless the bench of a hearing can change: it is not over."""
    if hearing.state == HearingState.CANCELLED:
        raise Refusal(N_("This hearing is cancelled: propose a new one."))
    if hearing.outcome:
        raise Refusal(N_("This hearing has an outcome: propose a further hearing of the case."))
    if hearing.state == HearingState.FIXED and hearing.ends_at and hearing.ends_at <= now:
        raise Refusal(N_("This hearing is over, and its bench stays as it was."))


def must_notify(hearing: Hearing, made: BenchChange) -> bool:
    """Tell whether counsel must be told of a change: others sit in what they were told of.

    Of a hearing that was fixed elsewhere, and imported, Tingqi has told them nothing.
    """
    is_open = hearing.state == HearingState.PROPOSED
    notified = hearing.has_date and not (hearing.imported and hearing.revision == 1)
    return made.of_bench and (is_open or notified)


def _locked(
    session: Session, context: CourtContext, hearing_id: int, form: BenchChangeIn
) -> Hearing:
    """Lock a hearing, with the others to come of its case if they change too, then the case."""
    hearing = queries.find_hearing(session, context.court.id, hearing_id)
    ids = {hearing.id}
    if form.whole_case:
        upcoming = queries.upcoming_hearings(session, hearing.case, context.now)
        ids |= {each.id for each in upcoming}
    queries.lock_hearings(session, sorted(ids))
    lock_case(session, hearing.case_id, context.secret)
    return hearing


def _set(session: Session, hearing: Hearing, people: Sequence[BenchMember]) -> _HearingChange:
    """Let a hearing have these people, and return what that changes. Raises Invalid."""
    before, booked = members.everybody(hearing), set(members.judge_ids(hearing))
    members.set_bench(session, hearing, people)
    needed = set(members.judge_ids(hearing))
    made = BenchChange(before, members.everybody(hearing))
    return _HearingChange(hearing, made, sorted(booked - needed), sorted(needed - booked))


def _of_others(
    session: Session, context: CourtContext, case: Case, made: BenchChange, but: int = 0
) -> list[_HearingChange]:
    """Make a change in the hearings to come of a case; ``but`` has had it already."""
    upcoming = queries.upcoming_hearings(session, case, context.now)
    return [
        _set(session, each, made.applied_to(members.everybody(each)))
        for each in upcoming
        if each.id != but
    ]


def _log(
    session: Session, context: CourtContext, case: Case, before: Sequence[BenchMember]
) -> None:
    """Log the change of a case's bench; of those who sit, as others may be witnesses."""
    by = ChangeAuthor(context.court.id, context.user, context.now)
    was, became = (
        wording.bench_line(bench.as_facts(bench.sitting(each)), "en")
        for each in (before, members.of_hearings(case))
    )
    change_log.note(session, by, "cases", f"bench/{case.number}", was, became)


def _apply(
    session: Session,
    context: CourtContext,
    changes: Sequence[_HearingChange],
    form: BenchChangeIn,
) -> None:
    """Check, book, record and tell what changes in some hearings, all or none."""
    changes = [each for each in changes if not each.made.is_empty]
    if not form.override_reason:
        _check_rules(context, changes)
    _book(session, context, changes)
    for each in changes:
        _publish(session, context, each.hearing, each.made, form)


def _check_rules(context: CourtContext, changes: Sequence[_HearingChange]) -> None:
    """Raise RuleWarning where a rule speaks against one of the benches."""
    found: list[Message] = []
    for each in changes:
        if each.made.of_bench:
            warnings = rules.warnings(each.hearing.case, each.made.after, context.now)
            found += [words for words in warnings if words not in found]
    if found:
        words = N_("A rule warns: %(warning)s Choose another bench, or give a reason to go on.")
        raise RuleWarning(words, warning=joined(found))


def _book(session: Session, context: CourtContext, changes: Sequence[_HearingChange]) -> None:
    """Release who left and book who is new in some hearings. Raises MembersBusy, naming all."""
    spans: list[Span] = []
    conflicts: list[tuple[Hearing, BookingConflict]] = []
    for each in changes:
        hearing, proposal = each.hearing, queries.open_proposal(session, each.hearing)
        own: list[tuple[Hearing, BookingConflict]] = []
        for resource, needed in booking.people_time(hearing, proposal, each.new).items():
            spans += [span for span, _ in needed]
            for span, _ in needed:
                found = booking.find_conflicts(session, [resource], span, but=hearing.id)
                own += [(hearing, conflict) for conflict in found]
        conflicts += own
        if not own:
            booking.book_members(session, hearing, proposal, gone=each.gone, new=each.new)
    if conflicts:
        raise _busy(session, context, changes, conflicts, spans)


def _busy(
    session: Session,
    context: CourtContext,
    changes: Sequence[_HearingChange],
    conflicts: Sequence[tuple[Hearing, BookingConflict]],
    spans: Sequence[Span],
) -> MembersBusy:
    """Return the refusal of a change: who has which hearing then, and who is free instead."""
    messages, roles = [], set()
    for hearing, conflict in conflicts:
        message = booking.clash_error(session, context.court, conflict).message
        messages += [message] if message not in messages else []
        own = {each.judge_id: BenchRole(each.role) for each in hearing.members}
        roles.add(own.get(conflict.row, BenchRole.JUDGE).of_person)
    taken = {each.name for one in changes for each in (*one.made.before, *one.made.after)}
    others = sa.select(Judge).where(
        Judge.court_id == context.court.id,
        Judge.role.in_([each.value for each in roles if each.sits]),
        Judge.name.not_in(taken),
    )
    people = session.scalars(others.order_by(Judge.name).limit(MOST_SEARCHED)).all()
    free = booking.free_people(session, people, spans)[:MOST_FREE]
    clashes = joined(messages[:MOST_CLASHES])
    if free:
        return MembersBusy(N_("%(clashes)s Free then: %(names)s."), clashes=clashes, names=free)
    words = N_("%(clashes)s Name somebody else, or ask about other times.")
    return MembersBusy(words, clashes=clashes)


def _publish(
    session: Session,
    context: CourtContext,
    hearing: Hearing,
    made: BenchChange,
    form: BenchChangeIn,
) -> None:
    """Record a change of a hearing's people, correct what waits to be sent, and tell counsel."""
    hearing.changed_at = context.now
    if made.of_bench:
        hearing.bench_changes += 1
    session.flush()
    numbers = ledger.append(session, _entries(context, hearing, made, form), context.now)
    _correct_waiting(session, hearing)
    notifies_others = form.tell and made.of_others
    if must_notify(hearing, made) or form.tell:
        _notify(session, context, hearing, made, form.reason, numbers[0], others=notifies_others)


def _entries(
    context: CourtContext, hearing: Hearing, made: BenchChange, form: BenchChangeIn
) -> list[ledger.NewEntry]:
    """Return an entry about those who sit, and one for the court alone about those who do not."""
    parts = []
    if made.of_bench:
        parts.append(("bench", bench.sitting(made.before), bench.sitting(made.after)))
    if made.of_others:
        others = bench.not_sitting(made.before), bench.not_sitting(made.after)
        parts.append(("needed_people", *others))
    words = {"note": form.reason, "overridden": form.override_reason}
    by = context.user.name if context.user else ""
    return [
        ledger.NewEntry(
            Event.BENCH_CHANGED,
            court_id=hearing.court_id,
            case_id=hearing.case_id,
            about=hearing.about,
            kind=kind,
            detail={
                "sequence": hearing.sequence,
                "user": context.user.id if context.user else None,
            },
            personal={
                "was": bench.as_facts(was),
                "now": bench.as_facts(now),
                **({"by": by} if by else {}),
                **{name: text for name, text in words.items() if text},
            },
        )
        for kind, was, now in parts
    ]


def _correct_waiting(session: Session, hearing: Hearing) -> None:
    """Let the reminders that wait say who sits now.

    Those that a worker is claiming at this moment go out as they are.
    """
    waiting = (
        sa.select(Notice)
        .where(
            Notice.about == hearing.about,
            Notice.state == NoticeState.QUEUED.value,
            Notice.kind.in_(BY_THE_CLOCK),
        )
        .order_by(Notice.id)
        .with_for_update(skip_locked=True)
    )
    now = facts.hearing_facts(hearing)["hearing"]
    current = {name: now[name] for name in ("judge", "bench", "sequence") if name in now}
    rows = []
    for notice in session.scalars(waiting):
        others = {k: v for k, v in notice.facts["hearing"].items() if k != "bench"}
        rows.append({"id": notice.id, "facts": {**notice.facts, "hearing": {**others, **current}}})
    bulk.update(session, bulk.table(Notice), rows)


def _notify(
    session: Session,
    context: CourtContext,
    hearing: Hearing,
    made: BenchChange,
    reason: str,
    number: int,
    *,
    others: bool,
) -> None:
    """Tell all counsel who sits now; with ``others``, who else is needed too.

    ``number`` is that of the entry. A change that no calendar shows carries no calendar entry.
    """
    proposal = queries.open_proposal(session, hearing)
    invitations = queries.latest_invitations(session, hearing)
    if hearing.imported and hearing.has_date:
        invitations = invite_everybody(session, hearing, context.secret, context.now)
    shown = [
        [each for each in people if (made.of_bench if each.role.sits else others)]
        for people in (made.before, made.after)
    ]
    more: dict[str, Any] = {}
    if proposal is not None and hearing.starts_at is None:
        more = {"slots": facts.slots_facts(proposal), "answer_by": facts.iso(proposal.answer_by)}
        more["tentative"] = proposal.tentative
    if not made.of_bench:
        more |= {"in_calendars": False}
    stale_at = hearing.starts_at or (proposal.answer_by if proposal else None)
    notifications.everyone(
        session,
        hearing,
        NoticeKind.BENCH_CHANGED,
        invitations.values(),
        context.now,
        stale_at=stale_at if stale_at and stale_at > context.now else None,
        version=f"{hearing.revision}.bench{number}",
        reason=reason,
        bench_change={
            "was": bench.as_facts(shown[0]),
            "now": bench.as_facts(shown[1]),
            "of_bench": made.of_bench,
        },
        **more,
    )
