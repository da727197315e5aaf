"""Enter the outcome of a hearing, and who was absent; correct it by a further entry."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.errors import N_, Clash, HearingTime, Invalid, Message, Refusal
from app.core.matters import Matter
from app.core.normalization import name_key
from app.court.bench import WRITTEN_ROLES
from app.events.rules import EventType
from app.evidence import assessment, member_reach
from app.evidence.member_reach import MemberReach
from app.evidence.reach import CounselReach
from app.hearings import booking, move_requests
from app.hearings import queries as hearings
from app.hearings.bench.messages import SIDE
from app.hearings.models import Hearing, HearingState
from app.hearings.notifications import publish_off_record
from app.hearings.scheduling import CourtContext
from app.hearings.sittings.rules import Sitting
from app.notices.queue import withdraw_unrecorded
from app.outcomes import notifications, queries, rules
from app.outcomes.forms import AbsentMember, OutcomeIn
from app.outcomes.models import Absence, HearingOutcome
from app.outcomes.queries import ExpectedPeople, Participant
from app.outcomes.rules import BOTH_SIDES, ImportedOutcome, Outcome, OutcomeEntry
from app.people.models import User
from app.record import ledger
from app.record.rules import Event, EvidenceGrade
from app.tasks import service as tasks
from app.tasks.service import BY_COUNSEL, TaskState

OVER = N_("the hearing is over")


@dataclass(frozen=True)
class NoticeShown:
    """Who was shown to know a date, by the ids of counsel and of members outside the court."""

    counsel: Mapping[int, CounselReach] = field(default_factory=dict)
    members: Mapping[int, MemberReach] = field(default_factory=dict)


def enter(
    session: Session,
    context: CourtContext,
    hearing_id: int,
    form: OutcomeIn,
    *,
    revision: int | None = None,
) -> HearingOutcome:
    """Enter the outcome of a hearing that has begun, or correct the one that it has.

    ``revision`` is that of the hearing when the form was loaded; None checks nothing. The same
    entry again changes nothing. Counsel of all sides get a message where it tells them something to
    act on (see ``notifications``). Raises NotFound, Refusal where the hearing can have no outcome,
    Clash where it was moved, or has an outcome that ``form.replaces`` does not name, and Invalid.
    """
    hearing = hearings.find_hearing(session, context.court.id, hearing_id, lock=True)
    if revision is not None and hearing.revision != revision:
        raise Clash(N_("This hearing was moved while you were typing. Look at its date now."))
    check_open(hearing, context.now)
    before = queries.current(session, hearing.id)
    people = queries.expected(session, [hearing])[hearing.id]
    entry = _entry_of(form, people.counsel)
    if before is not None and _same(before, entry):
        return before
    _check_replaces(before, form.replaces)
    counsel = {*people.counsel, *(before.absent_ids if before else ())}
    members = {*people.members, *(before.absent_member_ids if before else ())}
    if errors := rules.errors_of(entry, counsel, members):
        raise Invalid(errors)
    return _write(session, context, hearing, before, entry, people)


def enter_imported(
    session: Session, context: CourtContext, rows: Sequence[tuple[Hearing, ImportedOutcome]]
) -> None:
    """Enter outcomes of hearings from a file, many at once.

    A hearing about which Tingqi sent nothing, and which has no outcome yet, leaves nothing on the
    record, which is of contacts: an import that is undone takes its outcome along. For all others
    the outcome is entered as by a person, but sends no message: a file may hold months of outcomes,
    and nobody has seen what would go out. Raises Refusal and Invalid, as ``enter`` does.
    """
    people = queries.expected(session, [hearing for hearing, _ in rows])
    off_record: list[Hearing] = []
    for hearing, imported in rows:
        check_open(hearing, context.now)
        if days_ahead(hearing, context.now):
            raise Refusal(
                N_(
                    "This hearing goes on until %(when)s. Enter its outcome on its page, which "
                    "gives up the days ahead and tells all who were to come."
                ),
                when=HearingTime(hearing.ends_at or context.now, hearing.case.court.zone),
            )
        known = people[hearing.id]
        entry = imported.entry(*_absent_of(imported, known))
        before = queries.current(session, hearing.id) if hearing.outcome else None
        if before is not None:
            if not _same(before, entry):
                _check_replaces(before, None)
            continue
        sent_nothing = hearing.imported and hearing.revision == 1
        if sent_nothing and not queries.is_on_record(session, hearing):
            _add_outcome(session, context, hearing, None, entry, known, NoticeShown(), user=None)
            off_record.append(hearing)
        else:
            hearings.lock_hearing(session, hearing.id)
            _write(session, context, hearing, None, entry, known, sends=False)
    session.flush()
    publish_off_record(session, off_record, EventType.HEARING_OUTCOME, context.now)


def _absent_of(
    imported: ImportedOutcome, people: ExpectedPeople
) -> tuple[frozenset[int], frozenset[int]]:
    """Return the ids of counsel and members whom a file says were absent. Raises Invalid."""
    counsel: set[int] = set()
    members: set[int] = set()
    for word in imported.absent:
        own = {
            who
            for who, person in people.counsel.items()
            if word in BOTH_SIDES
            or word == person.party.side
            or name_key(word) in (name_key(person.counsel.name), name_key(person.party.name))
        }
        needed = {
            who
            for who, member in people.members.items()
            if member.role == WRITTEN_ROLES.get(word.lower())
            or name_key(word) == name_key(member.judge.name)
        }
        if not own and not needed:
            words = N_("Nobody in the case is called %(name)s: give a side or a name.")
            raise Invalid({"absent": Message(words, name=word)})
        counsel |= own
        members |= needed
    return frozenset(counsel), frozenset(members)


def check_open(hearing: Hearing, now: dt.datetime) -> None:
    """Raise Refusal unless a hearing can have an outcome: it has a date, which has begun."""
    zone = hearing.case.court.zone
    if hearing.state == HearingState.CANCELLED:
        raise Refusal(N_("This hearing is cancelled, so it has no outcome."))
    if hearing.starts_at is None:
        raise Refusal(N_("This hearing has no date yet, so it has no outcome."))
    when = HearingTime(hearing.starts_at, zone, hearing.ends_at)
    if hearing.state != HearingState.FIXED:
        raise Refusal(
            N_(
                "Another date than %(when)s is being asked for. "
                "Enter the outcome once that round has ended, or end it by fixing a date."
            ),
            when=when,
        )
    if hearing.starts_at > now:
        raise Refusal(
            N_("This hearing is still to come, %(when)s. Enter its outcome once it has begun."),
            when=when,
        )


def _entry_of(form: OutcomeIn, people: Mapping[int, Participant]) -> OutcomeEntry:
    """Return a form as an entry, sides replaced by their counsel. Raises Invalid."""
    absent: set[int] = set()
    members = {each.member_id for each in form.absent if isinstance(each, AbsentMember)}
    for n, each in enumerate(form.absent):
        if isinstance(each, AbsentMember):
            continue
        if isinstance(each, int):
            absent.add(each)
            continue
        of_side = {who for who, person in people.items() if person.party.side == each}
        if not of_side:
            words = N_("Nobody acts for this side in the case.")
            raise Invalid({f"absent.{n}": Message(words)})
        absent |= of_side
    entry = OutcomeEntry(
        Outcome(form.outcome), form.cause, form.reason, frozenset(absent), frozenset(members)
    )
    return replace(entry, cause=entry.settled_cause)


def _same(before: HearingOutcome, entry: OutcomeEntry) -> bool:
    known = OutcomeEntry(
        Outcome(before.outcome),
        before.cause,
        before.reason,
        before.absent_ids,
        before.absent_member_ids,
    )
    return known == entry


def _check_replaces(before: HearingOutcome | None, replaces: int | None) -> None:
    """Check that the entry corrects the outcome that is current. Raises Clash."""
    number = before.number if before else 0
    if (replaces or 0) == number:
        return
    if before is None:
        raise Clash(N_("This hearing has no outcome yet that could be changed."))
    raise Clash(
        N_(
            "%(name)s has entered an outcome: %(outcome)s. "
            "Nothing of yours was saved; save again to change it (entry %(number)s)."
        ),
        name=before.user.name if before.user else "–",
        outcome=Message(Outcome(before.outcome).label),
        number=before.number,
    )


def _write(
    session: Session,
    context: CourtContext,
    hearing: Hearing,
    before: HearingOutcome | None,
    entry: OutcomeEntry,
    people: ExpectedPeople,
    *,
    sends: bool = True,
) -> HearingOutcome:
    """Write an outcome and all that follows from it; ``sends``: counsel get a message of it."""
    if before is not None:
        before.replaced_at = context.now
    reached = _reached_at_start(session, hearing) if entry.somebody_absent else NoticeShown()
    outcome = _add_outcome(
        session, context, hearing, before, entry, people, reached, user=context.user
    )
    session.flush()
    _end_what_waits(session, hearing, context.now)
    _give_up_days_ahead(session, hearing, context.now)
    ledger.append(session, entries(context.user, outcome, before), context.now)
    if sends:
        notifications.queue_messages(session, outcome, people.counsel.values(), context.now)
    return outcome


def _add_outcome(
    session: Session,
    context: CourtContext,
    hearing: Hearing,
    before: HearingOutcome | None,
    entry: OutcomeEntry,
    people: ExpectedPeople,
    reached: NoticeShown,
    *,
    user: User | None,
) -> HearingOutcome:
    """Add the row of an outcome, and one for each who was absent."""
    outcome = HearingOutcome(
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        hearing=hearing,
        number=before.number + 1 if before else 1,
        outcome=entry.outcome.value,
        cause=entry.cause,
        reason=entry.reason,
        starts_at=hearing.starts_at,
        entered_at=context.now,
        user=user,
    )
    session.add(outcome)
    outcome.absences = [
        *_absent_counsel(entry, before, people, reached),
        *_absent_members(entry, before, people, reached),
    ]
    hearing.outcome = entry.outcome.value
    return outcome


def _absent_counsel(
    entry: OutcomeEntry,
    before: HearingOutcome | None,
    people: ExpectedPeople,
    reached: NoticeShown,
) -> Iterator[Absence]:
    """Yield a row for each counsel who was absent."""
    earlier = {each.counsel_id: each for each in before.absences} if before else {}
    for counsel_id in sorted(entry.absent):
        known, person = reached.counsel.get(counsel_id), people.counsel.get(counsel_id)
        yield Absence(
            counsel_id=counsel_id,
            party_id=person.party.id if person else earlier[counsel_id].party_id,
            side=person.party.side if person else earlier[counsel_id].side,
            grade=(known.grade if known else EvidenceGrade.ATTEMPTED).value,
            proof_seq=known.proof.seq if known and known.proof else None,
            sufficient=known.verdict.bears if known and known.verdict else None,
        )


def _absent_members(
    entry: OutcomeEntry,
    before: HearingOutcome | None,
    people: ExpectedPeople,
    reached: NoticeShown,
) -> Iterator[Absence]:
    """Yield a row for each member outside the court who was absent.

    They are no parties: no default judgment looks at them.
    """
    earlier = {each.judge_id: each for each in before.absences} if before else {}
    for judge_id in sorted(entry.absent_members):
        known, person = reached.members.get(judge_id), people.members.get(judge_id)
        yield Absence(
            judge_id=judge_id,
            role=person.role if person else earlier[judge_id].role,
            side=SIDE,
            grade=(known.grade if known else EvidenceGrade.ATTEMPTED).value,
            proof_seq=known.proof.seq if known and known.proof else None,
        )


def _reached_at_start(session: Session, hearing: Hearing) -> NoticeShown:
    """Return who was shown to know the date when the hearing began.

    What came later, such as a visit of the page by somebody who forgot, proves no notice.
    """
    begins = hearing.starts_at
    if begins is None:
        return NoticeShown()
    known = [each for each in assessment.entries(session, hearing) if each.at <= begins]
    notices = assessment.notices(session, hearing)
    contacts = assessment.contacts(session, hearing, notices, known, begins)
    return NoticeShown(
        {each.counsel.id: each for each in contacts},
        member_reach.of_hearing(session, hearing, known),
    )


def days_ahead(hearing: Hearing, now: dt.datetime) -> list[Sitting]:
    """Return the sittings of a hearing that an outcome entered now gives up: none has begun."""
    ahead = [each for each in hearing.sittings if each.starts_at > now]
    return ahead if len(ahead) < len(hearing.sittings) else []


def _give_up_days_ahead(session: Session, hearing: Hearing, now: dt.datetime) -> None:
    """Free the sittings that have not begun when a hearing's outcome is entered."""
    ahead = len(days_ahead(hearing, now))
    if not ahead:
        return
    begun = hearing.sittings[:-ahead]
    hearing.set_sittings(begun)
    hearing.corrections += 1  # under which calendars show the sittings that were held alone
    hearing.changed_at = now
    session.flush()
    booking.book(session, hearing, None, sorted(hearings.acting_counsel_ids(session, hearing)))


def _end_what_waits(session: Session, hearing: Hearing, now: dt.datetime) -> None:
    """Withdraw messages, steps and requests that serve a hearing which is over."""
    withdrawn = withdraw_unrecorded(session, hearing.about, OVER)
    for task in tasks.of_matter(session, Matter.hearing(hearing.id)):
        if task.way not in BY_COUNSEL:
            withdrawn.append(tasks.entry(task, Event.WITHDRAWN, "", OVER))
            task.state, task.ended_at = TaskState.WITHDRAWN.value, now
    move_requests.close_requests(session, hearing, now)
    ledger.append(session, withdrawn, now)


def entries(
    user: User | None, outcome: HearingOutcome, before: HearingOutcome | None
) -> list[ledger.NewEntry]:
    """Return the entries of an outcome: its own, one for each absence, one for each taken back."""
    detail: dict[str, Any] = {
        "outcome": outcome.outcome,
        "cause": outcome.cause,
        "number": outcome.number,
        "starts_at": ledger.instant(outcome.starts_at),
        "user": outcome.user_id,
    }
    by = {"by": user.name} if user else {}
    personal = {**by, **({"note": outcome.reason} if outcome.reason else {})}
    found = [_entry(outcome, Event.OUTCOME, "outcome", detail, personal)]
    absent = {each.person for each in outcome.absences}
    returned = [each for each in before.absences if each.person not in absent] if before else []
    found += [_absence(outcome, each, Event.ABSENT) for each in outcome.absences]
    found += [_absence(outcome, each, Event.NOT_ABSENT) for each in returned]
    return found


def _absence(outcome: HearingOutcome, absence: Absence, event: Event) -> ledger.NewEntry:
    evidence = {
        "grade": absence.grade,
        "proof": absence.proof_seq,
        "sufficient": absence.sufficient,
    }
    detail = {
        "number": outcome.number,
        "starts_at": ledger.instant(outcome.starts_at),
        **(evidence if event is Event.ABSENT else {}),
    }
    if absence.role:
        detail["role"] = absence.role
    # Who is needed, but does not sit, concerns the court alone, as does any change of them.
    kind = "absence" if absence.public_name else "member_absence"
    personal = {"name": absence.name}
    return _entry(outcome, event, kind, detail, personal, absence.counsel_id, absence.side)


def _entry(
    outcome: HearingOutcome,
    event: Event,
    kind: str,
    detail: Mapping[str, Any],
    personal: Mapping[str, str],
    counsel_id: int | None = None,
    side: str = "",
) -> ledger.NewEntry:
    return ledger.NewEntry(
        event,
        court_id=outcome.court_id,
        case_id=outcome.case_id,
        about=outcome.hearing.about,
        attempt=f"o{outcome.id}",
        counsel_id=counsel_id,
        side=side,
        kind=kind,
        detail=dict(detail),
        personal=dict(personal),
    )


def erase(session: Session, case_id: int) -> None:
    """Blank the reasons of a case's outcomes; what they are stays, as on the record."""
    blank = sa.update(HearingOutcome).where(HearingOutcome.case_id == case_id).values(reason="")
    session.execute(blank.execution_options(synchronize_session=False))


def delete_of_hearings(session: Session, hearing_ids: Sequence[int]) -> None:
    """Delete the outcomes of hearings that are deleted themselves."""
    outcomes = sa.select(HearingOutcome.id).where(HearingOutcome.hearing_id.in_(hearing_ids))
    for words in (
        sa.delete(Absence).where(Absence.outcome_id.in_(outcomes)),
        sa.delete(HearingOutcome).where(HearingOutcome.hearing_id.in_(hearing_ids)),
    ):
        session.execute(words.execution_options(synchronize_session=False))
