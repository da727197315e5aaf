"""The court's own words about a hearing to one counsel: to copy, or to read out on the telephone.

They are composed from the facts of the message that all sides are sent, so that nobody hears
anything else over a private chat than the others do over the court's channels.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Case, Counsel, Representation
from app.core import links, wording
from app.core.errors import N_, NotFound, Refusal
from app.desk.contacts import off_channel
from app.desk.contacts.forms import HandOnIn, MessageForm
from app.evidence.reach import ENDING
from app.hearings import facts, notifications, queries
from app.hearings.answers import counsel_keys
from app.hearings.models import Hearing, HearingState, Invitation
from app.hearings.scheduling import CourtContext
from app.letters import composing, wording_versions
from app.letters.composing import Letter
from app.letters.custom_wording import CustomWording
from app.letters.wording_versions import Key
from app.notices.keys import NoticeKey
from app.notices.kinds import ANNOUNCING_DATE, NoticeKind
from app.notices.models import Notice
from app.record.models import Entry
from app.record.rules import ContactOutcome
from app.sending import messages
from app.tasks.contacts_by_hand import HandedMessage
from app.tasks.forms import ContactIn


@dataclass(frozen=True)
class OfficialMessage:
    """The latest news of a hearing as one counsel is told it; link and code are "" without one."""

    hearing: Hearing
    counsel: Counsel
    kind: NoticeKind
    facts: Mapping[str, Any]
    link: str = ""
    code: str = ""
    base: str = ""
    # When counsel answered the question that is open.
    answered_at: dt.datetime | None = None
    wordings: Mapping[Key, CustomWording] | None = None

    def letter(self, form: MessageForm) -> Letter:
        """Compose the message in counsel's language, as it can be copied: without attachments."""
        language = wording.language_of(self.counsel.language)
        key = (self.hearing.court_id, self.kind.value, form.channel.value, language)
        # Digits can be replied to a text message only.
        court = {**self.facts["court"], "text_slots": False}
        return composing.compose(
            self.kind,
            form.channel,
            language,
            {**self.facts, "court": court, "paper": True},
            link=self._link(form),
            code=self.code,
            base=self.base,
            own=(self.wordings or {}).get(key),
        )

    def _link(self, form: MessageForm) -> str:
        """Return the link of a form; as in a sent e-mail, the long one names its hearing."""
        named = self.link and form.channel.traits.rich
        return f"{self.link}?hearing={self.hearing.id}" if named else self.link

    def text(self, form: MessageForm) -> str:
        """Return the words to copy."""
        letter = self.letter(form)
        return "\n\n".join(part for part in (letter.subject, letter.text.strip()) if part)

    def script(self, language: str) -> list[str]:
        """Return what to read out, in a language: who calls, the news, what to ask."""
        return composing.call_script(self.kind, language, self.facts)


def find(
    session: Session,
    context: CourtContext,
    case: Case,
    counsel_id: int,
    hearing_id: int | None,
    public_url: str,
) -> OfficialMessage:
    """Return the message to a counsel about a hearing, or about the one that is next.

    Raises NotFound, Refusal if there is no news, or counsel acts no longer.
    """
    acting = {each.counsel_id: each for each in queries.acting_representations(session, case)}
    representation = acting.get(counsel_id)
    if representation is None:
        raise Refusal(N_("This person does not act in this case now."))
    hearing = _hearing(session, context, case, hearing_id)
    found = _news(session, hearing, counsel_id, context.now) if hearing else None
    if hearing is None or found is None:
        raise Refusal(N_("There is no news to pass on: no question is open, and no date is ahead."))
    kind, news_facts = found
    invitation = queries.latest_invitations(session, hearing).get(counsel_id)
    if kind == NoticeKind.PROPOSAL and invitation is None:
        raise Refusal(N_("This person joined the case just now and is asked within a minute."))
    message = OfficialMessage(
        hearing,
        representation.counsel,
        kind,
        {**news_facts, "person": _person(representation)},
        base=public_url,
        wordings=wording_versions.current(session, {case.court_id}),
    )
    return _with_keys(message, invitation, context.secret) if invitation else message


def _hearing(
    session: Session, context: CourtContext, case: Case, hearing_id: int | None
) -> Hearing | None:
    if hearing_id is not None:
        hearing = queries.find_hearing(session, context.court.id, hearing_id)
        if hearing.case_id != case.id:
            raise NotFound(N_("This hearing is not of this case."))
        return hearing
    upcoming = queries.upcoming_hearings(session, case, context.now)
    of_case = upcoming or queries.hearings_of_case(session, case)[:1]
    return of_case[-1] if of_case else None


def _with_keys(message: OfficialMessage, invitation: Invitation, secret: bytes) -> OfficialMessage:
    key = counsel_keys.key_of(invitation, secret)
    answered_at = invitation.answered_at if message.kind == NoticeKind.PROPOSAL else None
    return replace(
        message,
        link=f"{message.base}/r/{key.token}",
        code=links.format_code(key.code),
        answered_at=answered_at,
    )


def _person(representation: Representation) -> dict[str, Any]:
    party = representation.party
    return {
        "name": representation.counsel.name,
        "party": party.name,
        "side": party.side,
        "is_court": False,
    }


def _news(
    session: Session, hearing: Hearing, counsel_id: int, now: dt.datetime
) -> tuple[NoticeKind, dict[str, Any]] | None:
    """Return the kind and the facts of what counsel should know now; None if nothing is ahead."""
    proposal = queries.open_proposal(session, hearing)
    if proposal is not None and now < proposal.answer_by:
        sent = _sent(session, hearing, (NoticeKind.PROPOSAL,), f"r{proposal.round}")
        return sent or (
            NoticeKind.PROPOSAL,
            notifications.proposal_facts(hearing, proposal, hearing.reason),
        )
    version = str(hearing.revision)
    if hearing.state == HearingState.FIXED and hearing.starts_at and hearing.starts_at > now:
        if reminder := _sent(session, hearing, (NoticeKind.REMINDER,), version, counsel_id):
            kind, reminded_of = reminder
            return kind, {**reminded_of, "days": None}  # counted on the day on which it was sent
        kind = NoticeKind.MOVED if hearing.revision > 1 else NoticeKind.FIXED
        by_order = {"reason": hearing.reason, "by_order": bool(hearing.reason)}
        return _sent(session, hearing, ANNOUNCING_DATE, version) or (
            kind,
            facts.hearing_facts(hearing, was={}, **by_order),
        )
    if hearing.state == HearingState.CANCELLED:
        kind = NoticeKind.CANCELLED if hearing.starts_at else NoticeKind.WITHDRAWN
        return _sent(session, hearing, ENDING, version) or (
            kind,
            facts.hearing_facts(hearing, reason=hearing.reason),
        )
    return None


def _sent(
    session: Session,
    hearing: Hearing,
    kinds: tuple[NoticeKind | str, ...],
    version: str,
    counsel_id: int | None = None,
) -> tuple[NoticeKind, dict[str, Any]] | None:
    """Return kind and facts of the newest message of one version of a hearing, or None.

    ``counsel_id``: only one to this counsel that is due already.
    """
    query = sa.select(Notice).where(Notice.about == hearing.about, Notice.kind.in_(list(kinds)))
    if counsel_id is not None:
        query = query.where(Notice.counsel_id == counsel_id, Notice.tries > 0)
    for notice in session.scalars(query.order_by(Notice.id.desc()).limit(50)):
        same = NoticeKey.parse(notice.key).version == f"{hearing.id}.{version}"
        if same and notice.counsel_id is not None and notice.facts:
            return NoticeKind(notice.kind), dict(notice.facts)
    return None


def hand_on(
    session: Session, context: CourtContext, case: Case, message: OfficialMessage, form: HandOnIn
) -> Entry:
    """Record that the message was handed on by another way than the court's channels.

    It proves nothing until counsel opens or answers. The other sides are not notified: they were
    sent the same words. Raises Invalid.
    """
    letter = message.letter(MessageForm(form.form))
    contact = ContactIn(
        channel=form.channel,
        counsel_id=message.counsel.id,
        hearing_id=message.hearing.id,
        at=context.now,
        outcome=ContactOutcome.HANDED_ON,
        note=form.note,
        tell_others=False,
        page=form.page,
    )
    text = messages.without_key(letter.text, message.link, message.code)
    logged = off_channel.log_with(
        session,
        case,
        message.counsel,
        contact,
        context.user,
        context.now,
        message=HandedMessage(message.kind, letter.subject, text),
    )
    return logged.entry
