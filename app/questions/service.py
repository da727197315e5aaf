"""Ask the court, add a word, answer, rate the answer: each act told to all sides at once.

Every act locks the head of the case's chain first, so that acts on the questions of one case come
one after another, and stores the keys that its notices carry before that (see cases.keys).
"""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.delegates import Delegation
from app.cases.models import Representation
from app.core import wording
from app.core.errors import N_, Clash, HearingTime, Invalid, Message, NotFound, Refusal
from app.core.matters import Matter
from app.hearings import facts, notifications
from app.law import working_days
from app.notices.case_lock import lock_case
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, queue
from app.people.models import Role, User
from app.questions import queries, rules, standard_answers
from app.questions.models import AddedWord, Question
from app.questions.rules import QuestionInput, QuestionOutcome, QuestionState, ReplyInput
from app.record import ledger
from app.record.rules import Event
from app.tasks.models import Task
from app.tasks.service import TaskKind, TaskState


def ask(
    session: Session,
    representation: Representation,
    typed: QuestionInput,
    now: dt.datetime,
    secret: bytes,
    delegate: Delegation | None = None,
) -> Question:
    """Put counsel's question on the record, tell the other sides, and open a task for the court.

    ``delegate`` asks for counsel. The same words within ten minutes are one question.
    Raises Invalid, and Refusal where counsel has asked too many, or the question before cannot be
    asked on.
    """
    rules.check_question(typed)
    case, counsel_id = representation.party.case, representation.counsel_id
    heads = lock_case(session, case.id, secret)
    own = _own(session, case.id, counsel_id)
    recent = (each for each in own if each.asked_at > now - rules.SAME_WITHIN)
    words = (typed.subject, typed.words)
    if same := next((each for each in recent if (each.subject, each.words) == words), None):
        return same
    _check_limits(own, now)
    if typed.follows_id is not None:
        _check_follows(session, own, typed.follows_id)
    salt = secrets.token_hex(16)
    question = Question(
        court_id=case.court_id,
        case_id=case.id,
        representation_id=representation.id,
        counsel_id=counsel_id,
        side=representation.party.side,
        subject=typed.subject,
        words=typed.words,
        digest=rules.digest(*words, salt=salt),
        salt=salt,
        private=typed.private,
        state=QuestionState.OPEN.value,
        asked_at=now,
        due_at=_due_at(session, representation, now),
        follows_id=typed.follows_id,
        delegate_id=delegate.id if delegate else None,
    )
    session.add(question)
    session.flush()
    session.add(_task(question, now))
    entry = _entry(
        question,
        Event.ASKED,
        counsel_id,
        question.side,
        representation.counsel.name,
        {"due_at": ledger.instant(question.due_at)},
        "" if question.private else f"{question.subject}\n{question.words}",
        delegate=delegate,
    )
    requests = _requests(session, question, NoticeKind.QUESTION, now, but=counsel_id)
    queue(session, requests, now, [entry], heads=heads)
    return question


def _own(session: Session, case_id: int, counsel_id: int) -> Sequence[Question]:
    query = sa.select(Question).where(
        Question.case_id == case_id, Question.counsel_id == counsel_id
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _check_limits(own: Sequence[Question], now: dt.datetime) -> None:
    if sum(each.state == QuestionState.OPEN for each in own) >= rules.MAX_OPEN:
        raise Refusal(
            N_("%(most)s questions of yours are open: ask the next one when one is answered."),
            most=rules.MAX_OPEN,
        )
    if sum(each.asked_at > now - rules.WEEK for each in own) >= rules.MAX_IN_WEEK:
        raise Refusal(
            N_("You have asked %(most)s questions in seven days. Please call the court."),
            most=rules.MAX_IN_WEEK,
        )


def _check_follows(session: Session, own: Sequence[Question], follows_id: int) -> None:
    """Raise Refusal unless a question can be asked on: counsel's own, answered, and not yet."""
    before = next((each for each in own if each.id == follows_id), None)
    if before is None or before.state != QuestionState.ANSWERED or before.follows_id is not None:
        raise Refusal(N_("Only your own answered question can be asked on, and only once."))
    if any(each.follows_id == follows_id for each in own):
        raise Refusal(N_("You have asked on already. Ask a new question instead."))


def _due_at(session: Session, representation: Representation, now: dt.datetime) -> dt.datetime:
    court = representation.party.case.court
    working = working_days.working_days(session, court)
    return rules.due_at(now, court.zone, court.closes, court.answer_days, working.has)


def _task(question: Question, now: dt.datetime) -> Task:
    return Task(
        key=f"question/{question.id}",
        court_id=question.court_id,
        case_id=question.case_id,
        about=str(Matter.case(question.case_id)),
        counsel_id=question.counsel_id,
        side=question.side,
        way=TaskKind.QUESTION.value,
        state=TaskState.OPEN.value,
        opens_at=now,
        latest_at=question.due_at,
        because={"question": question.id},
        created_at=now,
    )


def _entry(
    question: Question,
    event: Event,
    counsel_id: int,
    side: str,
    name: str,
    detail: Mapping[str, Any],
    note: str,
    kind: str = "question",
    by: str = "",
    delegate: Delegation | None = None,
) -> ledger.NewEntry:
    """Return an entry about a question; the words of a private one stay with the court."""
    common = {"question": question.id, "sha256": question.digest}
    private = {"private": question.private} if question.is_private else {}
    return ledger.NewEntry(
        event,
        court_id=question.court_id,
        case_id=question.case_id,
        about=str(Matter.case(question.case_id)),
        attempt=f"q{question.id}",
        counsel_id=counsel_id,
        side=side,
        channel="link",
        kind=kind,
        detail={**common, **private, **detail},
        personal={"name": name, **({"note": note} if note else {}), **({"by": by} if by else {})},
        delegate=delegate,
        ids={"question_id": question.id},
    )


def _requests(
    session: Session,
    question: Question,
    kind: NoticeKind,
    now: dt.datetime,
    *,
    but: int | None = None,
    only: int | None = None,
    variant: str = "",
    added: AddedWord | None = None,
) -> list[NoticeRequest]:
    """Return one request for each counsel who acts in the case, all due at the same moment."""

    def facts_for(representation: Representation) -> dict[str, Any]:
        return {
            "answer_by": facts.iso(question.due_at),
            # Other sides read on the record what one side was sent, but not this.
            "private": question.private if only is not None else "",
            "question": _question_facts(question, added, representation.counsel.language),
        }

    return notifications.case_requests(
        session,
        question.case,
        kind,
        queries.notice_version(question.case_id, question.id),
        facts_for,
        now,
        but=but,
        only=only,
        variant=variant,
        confidential=question.is_private,
    )


def _question_facts(question: Question, added: AddedWord | None, language: str) -> dict[str, Any]:
    """Return what a letter in a language says of a question; of a private one no words."""
    hidden = question.is_private
    return {
        "subject": "" if hidden else question.subject,
        "words": "" if hidden else question.words,
        "private": question.private if hidden else "",
        "by": question.counsel.name,
        "delegate": question.delegate.name if question.delegate else "",
        "side": question.side,
        "outcome": question.outcome,
        "answer": question.answer_in(wording.language_of(language)),
        "added": added.words if added else "",
        "added_by": added.counsel.name if added else "",
        "added_delegate": added.delegate.name if added and added.delegate else "",
    }


def add_word(
    session: Session,
    representation: Representation,
    question_id: int,
    words: str,
    now: dt.datetime,
    secret: bytes,
    delegate: Delegation | None = None,
) -> AddedWord:
    """Add a word of another side to an open question, once for each counsel, and tell all others.

    Raises NotFound, Invalid, and Refusal where nothing can be added.
    """
    case, counsel_id = representation.party.case, representation.counsel_id
    heads = lock_case(session, case.id, secret)
    question = _of_case(session, case.id, question_id)
    known = next((each for each in question.added if each.counsel_id == counsel_id), None)
    if known is not None and known.words == words:
        return known
    if question.counsel_id == counsel_id or question.is_private:
        raise Refusal(N_("Words are added by counsel of the other sides."))
    if question.state != QuestionState.OPEN:
        raise Refusal(N_("The court has answered this question: nothing can be added."))
    if known is not None:
        raise Refusal(N_("You have added your words already."))
    rules.check_words(words, rules.MAX_ADDED)
    added = AddedWord(
        question=question,
        counsel_id=counsel_id,
        side=representation.party.side,
        words=words,
        digest=rules.digest(words, salt=question.salt),
        added_at=now,
        delegate_id=delegate.id if delegate else None,
    )
    session.add(added)
    session.flush()
    entry = _entry(
        question,
        Event.ASKED,
        counsel_id,
        added.side,
        representation.counsel.name,
        {"added": added.digest},
        words,
        kind="question_word",
        delegate=delegate,
    )
    requests = _requests(
        session,
        question,
        NoticeKind.QUESTION,
        now,
        but=counsel_id,
        variant=f"w{added.id}",
        added=added,
    )
    queue(session, requests, now, [entry], heads=heads)
    return added


def _of_case(session: Session, case_id: int, question_id: int) -> Question:
    query = sa.select(Question).where(Question.id == question_id, Question.case_id == case_id)
    question = session.scalar(query.execution_options(populate_existing=True))
    if question is None:
        raise NotFound(N_("There is no such question in this case."))
    return question


def answer(
    session: Session,
    court_id: int,
    question_id: int,
    typed: ReplyInput,
    user: User,
    now: dt.datetime,
    secret: bytes,
) -> Question:
    """Answer a question to all sides, in one transaction; a private one to who asked.

    Raises NotFound, Invalid, Clash if somebody has answered meanwhile, with their words, and
    Refusal for a judge, who does not read what may be on the merits.
    """
    question = queries.find(session, court_id, question_id)
    heads = lock_case(session, question.case_id, secret)
    session.refresh(question)
    if question.state != QuestionState.OPEN:
        raise _answered_meanwhile(question)
    if user.role == Role.JUDGE:
        raise Refusal(N_("A question is answered by an assistant before a judge reads it."))
    outcome = rules.check_answer(typed)
    joined = _joined(session, question, typed) if outcome is QuestionOutcome.JOINED else None
    source = _write_words(session, question, typed, joined, now)
    question.state, question.outcome = QuestionState.ANSWERED.value, outcome.value
    question.answered_at, question.user = now, user
    ended = sa.update(Task).where(Task.key == f"question/{question.id}")
    session.execute(ended.values(state=TaskState.DONE.value, ended_at=now))
    session.flush()
    texts = _texts(question)
    entry = _entry(
        question,
        Event.REPLIED,
        question.counsel_id,
        question.side,
        question.counsel.name,
        {
            "reply": outcome.value,
            "answer": rules.digest(*texts, salt=question.salt),
            "user": user.id,
            **source,
        },
        "" if question.is_private else "\n".join(texts),
        by=user.name,
    )
    only = question.counsel_id if question.is_private else None
    requests = _requests(session, question, NoticeKind.QUESTION_ANSWERED, now, only=only)
    queue(session, requests, now, [entry], heads=heads)
    return question


def _write_words(
    session: Session,
    question: Question,
    typed: ReplyInput,
    joined: Question | None,
    now: dt.datetime,
) -> dict[str, Any]:
    """Set the words of an answer: as typed, of an earlier answer, or of a standard answer.

    A standard answer that nobody changed is sent to each side in its own language. Returns which
    one was used in which versions, if one was. Raises Invalid if a place of it cannot be filled,
    or if what fills it has changed since it was chosen.
    """
    question.answer, question.answers = typed.words, {}
    if joined is not None:
        question.joined_id = joined.id
        if not typed.words:
            question.answer, question.answers = joined.answer, joined.answers
    if typed.standard_answer_id is None:
        return {}
    standard = standard_answers.filled(session, question.case, typed.standard_answer_id, now)
    question.standard_answer_id = standard.number
    question.standard_versions = dict(standard.versions)
    used = {"standard_answer": standard.number, "versions": question.standard_versions}
    if not typed.words:
        question.answer = standard.in_language(wording.language_of(question.case.court.language))
    elif typed.words not in standard.words.values():
        if typed.is_as_filled:
            raise Invalid({"words": Message(rules.FILLED_ANEW)})
        return {**used, "changed": True}
    standard.check_filled()
    question.answers = dict(standard.words) if len(standard.words) > 1 else {}
    return {**used, "changed": False}


def _texts(question: Question) -> list[str]:
    """Return all words of an answer, in every language in which a side is sent it."""
    return list(dict.fromkeys([question.answer, *question.answers.values()]))


def _answered_meanwhile(question: Question) -> Clash:
    """Return the error for a second answer, which shows the first one."""
    court = question.case.court
    when = HearingTime(question.answered_at or question.asked_at, court.zone)
    name = question.user.name if question.user else court.name
    if not question.answer:
        return Clash(
            N_("%(name)s dealt with this question on %(when)s; nothing more was sent."),
            name=name,
            when=when,
        )
    return Clash(
        N_("%(name)s answered on %(when)s; nothing more was sent. The answer: %(words)s"),
        name=name,
        when=when,
        words=question.answer,
    )


def _joined(session: Session, question: Question, typed: ReplyInput) -> Question:
    """Return the earlier question whose answer this one is joined to. Raises Invalid."""
    earlier = session.get(Question, typed.joined_id or 0)
    if earlier is None or earlier.case_id != question.case_id or earlier.id >= question.id:
        raise Invalid({"joined_id": Message(N_("Choose an earlier question of this case."))})
    if not earlier.can_be_joined:
        raise Invalid(
            {"joined_id": Message(N_("Choose a question that was answered to all sides."))}
        )
    return earlier


def rate(
    session: Session,
    representation: Representation,
    question_id: int,
    helpful: bool,
    now: dt.datetime,
    secret: bytes,
    delegate: Delegation | None = None,
) -> Question:
    """Keep whether the asker finds the question answered; the last of their choices holds.

    Raises NotFound, and Refusal for another's question or one that is open.
    """
    case = representation.party.case
    heads = lock_case(session, case.id, secret)
    question = _of_case(session, case.id, question_id)
    if question.counsel_id != representation.counsel_id:
        raise Refusal(N_("Only who asked can say whether the question is answered."))
    if question.state != QuestionState.ANSWERED:
        raise Refusal(N_("The court has not answered this question yet."))
    if question.helpful is helpful:
        return question
    question.helpful = helpful
    entry = _entry(
        question,
        Event.ASKED,
        question.counsel_id,
        question.side,
        representation.counsel.name,
        {"helpful": helpful},
        "",
        kind="question_rating",
        delegate=delegate,
    )
    ledger.append(session, [entry], now, heads=heads)
    return question


def disclose(
    session: Session, court_id: int, question_id: int, user: User, now: dt.datetime, secret: bytes
) -> Question:
    """Disclose a private question, and its answer if there is one, to all sides.

    Raises NotFound, and Refusal if all sides have it already.
    """
    question = queries.find(session, court_id, question_id)
    heads = lock_case(session, question.case_id, secret)
    session.refresh(question)
    if not question.is_private:
        raise Refusal(N_("All sides read this question already."))
    question.disclosed_at = now
    session.flush()
    entry = _entry(
        question,
        Event.REPLIED,
        question.counsel_id,
        question.side,
        question.counsel.name,
        {"disclosed": True, "user": user.id},
        "\n".join([question.subject, question.words, *filter(None, _texts(question))]),
        by=user.name,
    )
    entry = replace(entry, published=False)  # it is no answer
    answered = question.state == QuestionState.ANSWERED
    kind = NoticeKind.QUESTION_ANSWERED if answered else NoticeKind.QUESTION
    requests = _requests(session, question, kind, now, but=question.counsel_id, variant="disclosed")
    queue(session, requests, now, [entry], heads=heads)
    return question


IS_OPEN = Question.state == QuestionState.OPEN.value


def erase(session: Session, case_id: int) -> None:
    """Blank the words of a case's questions and the salt of their digests, which stay."""
    unsynchronized = {"synchronize_session": False}
    questions = sa.select(Question.id).where(Question.case_id == case_id)
    for words in (
        sa.update(Question)
        .where(Question.case_id == case_id)
        .values(subject="", words="", answer="", answers={}, salt=""),
        sa.update(AddedWord).where(AddedWord.question_id.in_(questions)).values(words=""),
    ):
        session.execute(words.execution_options(**unsynchronized))
