"""Mails to users of a court that are no notices: they are about no case, and on no record.

They are about the user's own account (factors added, removed, reset, codes used, guesses) or about
what only admins see to. A mail is sent when its carrier took it: while the mail server is away, it
waits and is tried again. After a crash between the call and its outcome it is sent once more, under
the same Message-ID: here a second copy does no harm, and none at all would.
"""

import datetime as dt
import logging
import random
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.base import OutgoingMessage, SendOutcome, SendStatus
from app.core import wording
from app.core.db import transaction
from app.core.errors import N_, Message
from app.core.translation import translate
from app.notices.rules import next_try
from app.people.factors.rules import FactorMethod
from app.people.models import AccountMail
from app.people.rules import AccountMailKind
from app.sending.sender import LEASE, Sender

log = logging.getLogger("tingqi.worker")

BATCH = 50
GIVE_UP_AFTER = dt.timedelta(days=3)
# Subject and words of each kind.
WORDS = {
    AccountMailKind.FACTOR_ADDED: (
        N_("A second factor was added"),
        N_("This second factor was added to your account: %(factor)s."),
    ),
    AccountMailKind.FACTOR_REMOVED: (
        N_("A second factor was removed"),
        N_("This second factor was removed from your account: %(factor)s."),
    ),
    AccountMailKind.FACTORS_RESET: (
        N_("Your second factors were reset"),
        N_(
            "%(by)s removed all second factors of your account and signed you out everywhere. "
            "Sign in with your password, and set up a new one."
        ),
    ),
    AccountMailKind.RECOVERY_CODE_USED: (
        N_("A recovery code was used"),
        N_("A recovery code of your account was used. Left: %(left)s."),
    ),
    AccountMailKind.RECOVERY_CODES_RENEWED: (
        N_("New recovery codes"),
        N_("Ten new recovery codes were made for your account. Those of before are void."),
    ),
    AccountMailKind.MANY_WRONG_CODES: (
        N_("Wrong codes for your account"),
        N_(
            "Somebody entered your correct password and then wrong codes, five times. Who tries "
            "has to wait now; you do not, on a device where you have signed in before."
        ),
    ),
    AccountMailKind.WEBHOOK_FAILED: (
        N_("A webhook was turned off"),
        N_(
            "For five days no call of %(url)s succeeded. It is called no more, and what waited for "
            "it is not sent."
        ),
    ),
    AccountMailKind.WEBHOOK_GONE: (
        N_("A webhook was turned off"),
        N_(
            "%(url)s has answered that it no longer exists (410). It is called no more, and what "
            "waited for it is not sent."
        ),
    ),
}
NOT_YOU = N_(
    "If this was not you, change your password at once: ask an admin of your court for a link. "
    "What belongs to your account is at %(page)s."
)
SEE_WEBHOOK = N_(
    "See the last calls and turn it on again at %(page)s. Events meanwhile can be read with "
    "GET /events."
)
FACTORS = {FactorMethod.APP: N_("authenticator app"), FactorMethod.PASSKEY: N_("passkey")}


def send_waiting(sender: Sender) -> int:
    """Send the mails that are due, oldest first; return how many were handed to the carrier."""
    with transaction() as session:
        messages = _claim(session, sender)
    if not messages:
        return 0
    outcomes = {each.reference: outcome for each, outcome in sender.external.email.send(messages)}
    with transaction() as session:
        _settle(session, outcomes, sender.now)
    return len(messages)


def _claim(session: Session, sender: Sender) -> Sequence[OutgoingMessage]:
    """Lease the mails that are due: another worker takes them only if this one dies.

    What was never tried is due, whatever the clock of the machine that queued it says.
    """
    due = sa.or_(AccountMail.tries == 0, AccountMail.due_at <= sender.now)
    query = sa.select(AccountMail).where(AccountMail.due_at.is_not(None), due)
    query = query.order_by(AccountMail.due_at, AccountMail.id).limit(BATCH)
    mails = session.scalars(query.with_for_update(of=AccountMail, skip_locked=True)).all()
    for mail in mails:
        mail.due_at = sender.now + LEASE
        mail.tries += 1
    return [_message(mail, sender) for mail in mails]


def _settle(session: Session, outcomes: dict[str, SendOutcome], now: dt.datetime) -> None:
    """Write what became of mails, by our reference: taken, tried again later, or given up."""
    ids = [int(reference[1:]) for reference in outcomes]
    query = sa.select(AccountMail).where(AccountMail.id.in_(ids), AccountMail.sent_at.is_(None))
    for mail in session.scalars(query.with_for_update(of=AccountMail)):
        outcome = outcomes[f"a{mail.id}"]
        again_at = now + next_try(mail.tries, random.random(), outcome.retry_after)
        if outcome.result is SendStatus.ACCEPTED:
            mail.sent_at, mail.due_at = now, None
        elif outcome.result is SendStatus.PERMANENT or again_at > mail.created_at + GIVE_UP_AFTER:
            mail.due_at = None
            log.error(
                "mail a%s to a user was given up: %s", mail.id, outcome.code or outcome.status
            )
        else:
            mail.due_at = again_at


def _message(mail: AccountMail, sender: Sender) -> OutgoingMessage:
    """Return a mail in the user's language, or that of their court."""
    user, kind = mail.user, AccountMailKind(mail.kind)
    language = wording.language_of(user.language or user.court.language)
    subject, words = WORDS[kind]
    paragraphs = [Message(words, **_facts(mail)), _last_paragraph(mail, sender.public_url)]
    return OutgoingMessage(
        reference=f"a{mail.id}",
        channel="email",
        to=user.email,
        from_name=user.court.name,
        language=language,
        subject=translate(Message(subject), language),
        text="\n\n".join(translate(each, language) for each in paragraphs) + "\n",
        good_for=int(GIVE_UP_AFTER.total_seconds()),
    )


def _last_paragraph(mail: AccountMail, public_url: str) -> Message:
    """Return what the user can do about it."""
    if endpoint := mail.facts.get("endpoint"):
        return Message(SEE_WEBHOOK, page=f"{public_url}/settings/webhooks/{endpoint}")
    return Message(NOT_YOU, page=f"{public_url}/me/factors")


def _facts(mail: AccountMail) -> dict[str, Any]:
    """Return what a mail's words name."""
    facts = mail.facts
    if method := facts.get("method"):
        factor = Message(FACTORS[FactorMethod(method)])
        named = Message(N_("%(factor)s “%(name)s”"), factor=factor, name=facts.get("name", ""))
        return {"factor": named if facts.get("name") else factor}
    if "by" in facts:
        return {"by": facts["by"] or Message(N_("An administrator of this installation"))}
    return dict(facts)
