"""Months of hearings before the demo's story, so that its figures say something.

Written in bulk, since the story's way through pages and beats would take minutes. The first months
are as if imported from before the court used Tingqi; of the later ones all messages and answers
are on the record. Questions and moves are few, and go through the services of the application with
the time set back.
"""

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import keys
from app.cases.models import Case, Counsel, Party, Representation
from app.core.channels import OtherChannel
from app.court.models import Court, Courtroom, Judge
from app.hearings import facts
from app.hearings import service as hearings
from app.hearings.forms import MoveIn
from app.hearings.models import (
    Answer,
    AnswerChoice,
    FixPolicy,
    Hearing,
    HearingState,
    Invitation,
    MoveReason,
    Proposal,
    ProposalState,
    Slot,
)
from app.hearings.rescheduling import asking, deciding
from app.hearings.rescheduling.asking import Plea
from app.hearings.rules import MoveCause
from app.hearings.scheduling import CourtContext
from app.law import working_days
from app.law.working_days import WorkingDays
from app.notices.entries import entry_of
from app.notices.kinds import NoticeKind
from app.notices.models import COLUMNS, Notice, NoticeRow
from app.notices.queue import NoticeRequest, queue
from app.outcomes import service as outcomes
from app.outcomes.forms import OutcomeIn
from app.outcomes.models import Absence, HearingOutcome
from app.outcomes.rules import Outcome, OutcomeCause
from app.people.models import User
from app.questions import service as questions
from app.questions.rules import QuestionInput, ReplyInput
from app.record import ledger
from app.record.ledger import NewEntry
from app.record.rules import Event, EvidenceGrade, NoticeState

BEFORE_WEEKS, AFTER_WEEKS = 12, 16
OF_WEEK = 6  # hearings
# Of a hundred hearings: how many had somebody absent before, and since.
ABSENT_BEFORE, ABSENT_SINCE = 19, 6
PROCEDURES = ("ordinary", "ordinary", "summary", "summary", "small_claims")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
TRADES = ("货运", "建材", "食品", "纺织", "电子", "印刷", "物流", "家具")
TIMES = ("09:00", "10:30", "14:00")
ASKED_BEFORE = dt.timedelta(days=24)  # at most, before the date
ANSWERED_AFTER = dt.timedelta(days=1, hours=5)
SHARE_OF_READERS = 0.85  # who confirm that they know the date


@dataclass
class PastHearing:
    """A hearing of the past with its two counsel, and the proposals that led to its date."""

    hearing: Hearing
    starts_at: dt.datetime
    counsel: Sequence[tuple[Counsel, Party, Representation]]
    proposals: list[Proposal] = field(default_factory=list)
    moved: bool = False


class PastMonths:
    """Writes the past hearings of a court; the same for the same day."""

    def __init__(
        self, session: Session, court: Court, user: User, today: dt.date, secret: bytes
    ) -> None:
        self.secret = secret
        self.session, self.court, self.user, self.today = session, court, user, today
        self.random = random.Random(2026)
        self.judges = list(session.query(Judge).filter_by(court_id=court.id).order_by(Judge.id))
        rooms = session.query(Courtroom).filter_by(court_id=court.id)
        self.rooms = list(rooms.order_by(Courtroom.id))
        self.working: WorkingDays = working_days.working_days(session, court)
        self.number = 0

    def write(self) -> None:
        """Write all weeks, the earliest first, and say from which day the court sends."""
        weeks = BEFORE_WEEKS + AFTER_WEEKS
        monday = self.today - dt.timedelta(days=self.today.weekday(), weeks=weeks)
        for week in range(weeks):
            self._week(monday + dt.timedelta(weeks=week), sent=week >= BEFORE_WEEKS)
        self.court.sends_from = monday + dt.timedelta(weeks=BEFORE_WEEKS)
        self.session.flush()

    def _week(self, monday: dt.date, *, sent: bool) -> None:
        days = [monday + dt.timedelta(days=n) for n in range(5)]
        open_days = [day for day in days if self.working.has(day)]
        if not open_days:
            return
        asked = self._at(monday, "10:00") - ASKED_BEFORE
        asked += dt.timedelta(days=self.random.randrange(10))
        past = [self._hearing(n, open_days, asked, sent=sent) for n in range(OF_WEEK)]
        self.session.flush()
        if sent:
            self._contacts(past, asked)
        self._outcomes(past, sent=sent)

    def _at(self, day: dt.date, clock: str) -> dt.datetime:
        time = dt.time.fromisoformat(clock)
        return dt.datetime.combine(day, time, tzinfo=ZoneInfo(self.court.zone))

    # --- cases and hearings ----------------------------------------------------------------------

    def _hearing(
        self, n: int, days: Sequence[dt.date], asked: dt.datetime, *, sent: bool
    ) -> PastHearing:
        self.number += 1
        judge, room = self.judges[n % len(self.judges)], self.rooms[n % len(self.rooms)]
        case = self._case(judge, asked)
        # Two hearings of a week share neither judge nor time.
        starts_at = self._at(days[(n // len(TIMES)) % len(days)], TIMES[n % len(TIMES)])
        hearing = Hearing(
            court_id=self.court.id,
            case=case,
            judge=judge,
            courtroom=room,
            kind="trial",
            minutes=60,
            state=HearingState.FIXED.value,
            revision=1,
            planned_revision=1,
            uid=str(uuid.UUID(int=self.random.getrandbits(128), version=4)),
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(minutes=60),
            imported=not sent,
            user=self.user,
            created_at=asked,
            changed_at=asked,
        )
        self.session.add(hearing)
        counsel = [
            (each.counsel, party, each) for party in case.parties for each in party.representations
        ]
        past = PastHearing(hearing, starts_at, counsel)
        if sent:
            self._proposals(past, asked)
        return past

    def _case(self, judge: Judge, entered: dt.datetime) -> Case:
        claimant, respondent = self.random.sample(TRADES, 2)
        case = Case(
            court_id=self.court.id,
            number=f"（{entered.year}）东0101民初{3000 + self.number}号",
            number_key=f"{entered.year}东0101民初{3000 + self.number}号",
            title=f"{claimant}公司诉{respondent}公司",
            procedure=self.random.choice(PROCEDURES),
            judge=judge,
            assistant=self.user,
            created_at=entered - dt.timedelta(days=30),
        )
        self.session.add(case)
        sides = (("原告", "claimant", claimant), ("被告", "respondent", respondent))
        for role, side, trade in sides:
            name = f"东湾{self.random.choice(SURNAMES)}氏{trade}有限公司"
            party = Party(role=role, side=side, name=name)
            case.parties.append(party)
            person = self._counsel(side)
            party.representations.append(Representation(counsel=person, welcomed=True))
        return case

    def _counsel(self, side: str) -> Counsel:
        name = self.random.choice(SURNAMES) + self.random.choice("明华丽强静伟芳磊")
        counsel = Counsel(
            court_id=self.court.id,
            name=name,
            language="zh",
            email=f"{side}{self.number}@past.example",
            channels=["email"],
        )
        self.session.add(counsel)
        return counsel

    def _proposals(self, past: PastHearing, asked: dt.datetime) -> None:
        """Add the proposals that led to the date; of every fifth hearing it was the second one."""
        proposal_count = 2 if self.number % 5 == 0 else 1
        for number in range(1, proposal_count + 1):
            is_last = number == proposal_count
            proposal = Proposal(
                hearing=past.hearing,
                round=number,
                answer_by=asked + dt.timedelta(days=5),
                fix=FixPolicy.AUTO.value,
                state=(ProposalState.DECIDED if is_last else ProposalState.WITHDRAWN).value,
                rules_version="",
                created_at=asked - dt.timedelta(days=4) * (proposal_count - number),
            )
            starts = [past.starts_at + dt.timedelta(days=n if is_last else n + 2) for n in (0, 1)]
            proposal.slots = [
                Slot(
                    starts_at=at,
                    ends_at=at + dt.timedelta(minutes=60),
                    courtroom=past.hearing.courtroom,
                )
                for at in starts
            ]
            proposal.invitations = [
                Invitation(
                    counsel=counsel,
                    party=party,
                    representation=representation,
                    side=party.side,
                    answered_at=proposal.created_at + ANSWERED_AFTER,
                )
                for counsel, party, representation in past.counsel
            ]
            self.session.add(proposal)
            past.proposals.append(proposal)

    def _answers(self, past: PastHearing) -> None:
        """Add the answers: all take the first slot of the last round, and no other."""
        for proposal in past.proposals:
            is_last = proposal is past.proposals[-1]
            for n, invitation in enumerate(proposal.invitations):
                for k, slot in enumerate(proposal.slots):
                    takes = k == 0 if is_last else n == 0
                    says = AnswerChoice.YES if takes else AnswerChoice.NO
                    row = Answer(invitation_id=invitation.id, slot_id=slot.id, says=says.value)
                    self.session.add(row)

    # --- messages, and what counsel did ----------------------------------------------------------

    def _contacts(self, week: Sequence[PastHearing], asked: dt.datetime) -> None:
        """Send proposal, date and reminder of a week's hearings, and let counsel answer."""
        acting = [representation.id for past in week for _, _, representation in past.counsel]
        keys.issue(self.session, acting, self.secret)
        for past in week:
            self._answers(past)
        self._send(week, NoticeKind.PROPOSAL, "r1", asked)
        answered = asked + ANSWERED_AFTER
        everybody = [(past, each) for past in week for each in past.proposals[-1].invitations]
        self._append(everybody, Event.ANSWERED, "", answered)
        self._send(week, NoticeKind.FIXED, "1", answered)
        readers = [each for each in everybody if self.random.random() < SHARE_OF_READERS]
        self._append(readers, Event.CONFIRMED, "knows", answered + dt.timedelta(days=1))
        reminded = min(past.starts_at for past in week) - dt.timedelta(days=3)
        self._questions(week[-2:], answered + dt.timedelta(days=2))
        self._moves(week, answered + dt.timedelta(days=2))
        self._send([past for past in week if not past.moved], NoticeKind.REMINDER, "1", reminded)

    def _append(
        self,
        people: Sequence[tuple[PastHearing, Invitation]],
        event: Event,
        kind: str,
        at: dt.datetime,
    ) -> None:
        entries = [
            NewEntry(
                event,
                court_id=self.court.id,
                case_id=past.hearing.case_id,
                about=past.hearing.about,
                counsel_id=invitation.counsel_id,
                side=invitation.side,
                channel=OtherChannel.LINK,
                kind=kind,
                personal={"name": invitation.counsel.name},
            )
            for past, invitation in people
        ]
        ledger.append(self.session, entries, at)

    def _send(
        self, week: Sequence[PastHearing], kind: NoticeKind, version: str, at: dt.datetime
    ) -> None:
        """Queue one kind of message to all counsel of a week, and let the outbox accept it."""
        requests = [
            NoticeRequest(
                facts.subject(past.hearing, version),
                kind,
                facts.invitation_recipient(invitation),
                facts.hearing_facts(past.hearing, person=facts.person_facts(invitation)),
                due_at=at,
                stale_at=past.starts_at,
            )
            for past in week
            for invitation in past.proposals[-1].invitations
        ]
        self._hand_over(queue(self.session, requests, at), ZH_SUBJECTS[kind], at)

    def _hand_over(self, ids: Sequence[int], subject: str, at: dt.datetime) -> None:
        """Let the outbox accept queued messages."""
        handed = at + dt.timedelta(seconds=2)
        sent = (
            sa.update(Notice)
            .where(Notice.id.in_(ids))
            .values(
                state=NoticeState.SENT.value,
                tries=1,
                tried_at=at,
                handed_at=handed,
                carrier="outbox",
            )
        )
        self.session.execute(sent.execution_options(synchronize_session=False))
        columns = sa.select(*COLUMNS).where(Notice.id.in_(ids)).order_by(Notice.id)
        rows = [NoticeRow(*row) for row in self.session.execute(columns)]
        words = {"subject": subject}
        started = [entry_of(row, Event.STARTED, personal=words) for row in rows]
        accepted = [entry_of(row, Event.ACCEPTED, carrier="outbox") for row in rows]
        ledger.append(self.session, started, at)
        ledger.append(self.session, accepted, handed)

    # --- questions and moves, through the services -----------------------------------------------

    def _questions(self, week: Sequence[PastHearing], asked: dt.datetime) -> None:
        """Let counsel ask a question in each of some cases, most of which is answered in time."""
        open_ones: list[tuple[int, str]] = []
        for past in week:
            representation = self.random.choice(past.counsel)[2]
            subject, words, reply = self.random.choice(QUESTIONS)
            typed = QuestionInput(subject=subject, words=words, all_sides=True)
            question = questions.ask(self.session, representation, typed, asked, self.secret)
            open_ones.append((question.id, reply))
        self._hand_over_queued(week, asked)
        days = 6 if self.random.random() < SHARE_OF_LATE_ANSWERS else 1
        at = asked + dt.timedelta(days=days)
        for question_id, reply in open_ones:
            answer = ReplyInput(words=reply)
            questions.answer(
                self.session, self.court.id, question_id, answer, self.user, at, self.secret
            )
        self._hand_over_queued(week, at)

    def _moves(self, week: Sequence[PastHearing], at: dt.datetime) -> None:
        """Move a hearing of each week: of the court's own accord, or as counsel asks."""
        if self.number % (2 * OF_WEEK):
            past, cause = week[0], self.random.choice((*MoveCause, ""))
            context = CourtContext(self.court, self.user, at, self.secret)
            later = MoveIn(
                starts_at=past.starts_at + dt.timedelta(minutes=30 * self.random.choice((1, 2))),
                courtroom=past.hearing.courtroom_id,
                reason="另行安排",
                cause=cause,
                override_reason="已当面征得各方同意",
            )
            hearings.move(self.session, context, past.hearing.id, later)
        else:
            past = week[1]
            self._request(past, at)
        self._hand_over_queued([past], at)
        past.starts_at, past.moved = past.hearing.starts_at or past.starts_at, True

    def _request(self, past: PastHearing, at: dt.datetime) -> None:
        """Let counsel ask for another date, and the court decide a day later."""
        reason = self.random.choice(REASONS)
        invitation = past.proposals[-1].invitations[0]
        request = asking.request_move(self.session, invitation.id, Plea(reason, ""), at)
        self._hand_over_queued([past], at)
        decided = at + dt.timedelta(days=1)
        slot = next((each for each in request.slots if each.starts_at < past.starts_at), None)
        if slot is None or self.random.random() < SHARE_OF_REFUSED:
            deciding.refuse(self.session, request, "日程已满，庭期不变", decided)
        else:
            context = CourtContext(self.court, self.user, decided, self.secret)
            more = {"reason": "理由成立，准予改期", "override_reason": "理由成立"}
            deciding.move(self.session, context, request, slot.id, **more)
        self._hand_over_queued([past], decided)

    def _hand_over_queued(self, week: Sequence[PastHearing], at: dt.datetime) -> None:
        """Let the outbox accept all messages that wait in some cases."""
        self.session.flush()
        waiting = sa.select(Notice.id).where(
            Notice.case_id.in_([past.hearing.case_id for past in week]),
            Notice.state == NoticeState.QUEUED.value,
        )
        if ids := self.session.scalars(waiting).all():
            self._hand_over(ids, "法院通知", at)

    # --- outcomes --------------------------------------------------------------------------------

    def _outcomes(self, week: Sequence[PastHearing], *, sent: bool) -> None:
        entered = max(past.starts_at for past in week) + dt.timedelta(hours=8)
        plain = []
        for past in week:
            form = self._outcome_form(past, ABSENT_SINCE if sent else ABSENT_BEFORE)
            if not past.moved and (not sent or (form.outcome == Outcome.HELD and not form.absent)):
                plain.append((past, form))
                continue
            context = CourtContext(self.court, self.user, entered, b"")
            outcomes.enter(self.session, context, past.hearing.id, form)
        self._plain_outcomes(plain, entered, recorded=sent)
        self._hand_over_queued(week, entered)

    def _outcome_form(self, past: PastHearing, absent_of_hundred: int) -> OutcomeIn:
        if self.random.randrange(100) < absent_of_hundred:
            who = self.random.choice(past.counsel)[0].id
            outcome = self.random.choice((Outcome.NOT_HELD, Outcome.ADJOURNED, Outcome.HELD))
            why = {Outcome.ADJOURNED: OutcomeCause.EXCUSED, Outcome.NOT_HELD: OutcomeCause.ABSENCE}
            return OutcomeIn(outcome=outcome.value, absent=[who], cause=why.get(outcome, ""))
        chance = self.random.randrange(100)
        if chance < 6:
            cause = self.random.choice((OutcomeCause.EVIDENCE, OutcomeCause.SETTLEMENT))
            return OutcomeIn(outcome=Outcome.ADJOURNED.value, cause=cause.value)
        if chance < 9:
            return OutcomeIn(
                outcome=Outcome.NOT_HELD.value,
                cause=OutcomeCause.COURT.value,
                reason="法官临时出差",
            )
        return OutcomeIn(outcome=(Outcome.HELD_IN_PART if chance < 16 else Outcome.HELD).value)

    def _plain_outcomes(
        self,
        entered: Sequence[tuple[PastHearing, OutcomeIn]],
        at: dt.datetime,
        *,
        recorded: bool,
    ) -> None:
        """Write outcomes as an import does: nothing was sent, or nobody was absent."""
        entries = []
        for past, form in entered:
            hearing = past.hearing
            hearing.outcome = form.outcome
            row = HearingOutcome(
                court_id=self.court.id,
                case_id=hearing.case_id,
                hearing=hearing,
                number=1,
                outcome=form.outcome,
                cause=form.cause,
                reason=form.reason,
                starts_at=past.starts_at,
                entered_at=at,
                user=self.user if recorded else None,
            )
            sides = {counsel.id: party for counsel, party, _ in past.counsel}
            row.absences = [
                Absence(
                    counsel_id=who,
                    party_id=sides[who].id,
                    side=sides[who].side,
                    grade=EvidenceGrade.ATTEMPTED.value,
                )
                for who in form.absent
                if isinstance(who, int)
            ]
            self.session.add(row)
            if recorded:
                entries.append((row, past))
        self.session.flush()
        if entries:
            lines = [each for row, _ in entries for each in outcomes.entries(self.user, row, None)]
            ledger.append(self.session, lines, at)


# Subject, words and the court's answer.
QUESTIONS = (
    ("证据副本份数", "证据副本应提交几份？", "请按对方当事人人数提交，另加一份。"),
    ("远程开庭", "能否以视频方式参加庭审？", "可以，请于开庭前三日提出申请。"),
    ("证人出庭", "证人是否需要提前到庭？", "请提前三十分钟到庭等候。"),
    ("停车", "法院内是否可以停车？", "院内不提供停车位，请使用附近停车场。"),
)
REASONS = (MoveReason.ILLNESS, MoveReason.ABSENT, MoveReason.EVIDENCE, MoveReason.SETTLEMENT)
SHARE_OF_LATE_ANSWERS, SHARE_OF_REFUSED = 0.12, 0.35
ZH_SUBJECTS = {
    NoticeKind.PROPOSAL: "征询开庭时间",
    NoticeKind.FIXED: "开庭时间已排定",
    NoticeKind.REMINDER: "开庭提醒",
}
