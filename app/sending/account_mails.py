"""Mails to users about their own accounts: factors added, removed, reset, codes used, guesses."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.base import OutgoingMessage
from app.core.db import transaction
from app.core.errors import N_, Message
from app.people.factors.models import AccountMail
from app.people.factors.rules import AccountMailKind, FactorMethod
from app.sending import user_mails
from app.sending.sender import Sender

BATCH = 50
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
}
NOT_YOU = N_(
    "If this was not you, change your password at once: ask an admin of your court for a link. "
    "What belongs to your account is at %(page)s."
)
FACTORS = {FactorMethod.APP: N_("authenticator app"), FactorMethod.PASSKEY: N_("passkey")}


def send_waiting(sender: Sender) -> int:
    """Send the mails that wait, oldest first; each once, for a crash in between leaves one unsent.

    Returns how many were handed to the carrier.
    """
    with transaction() as session:
        messages = _claim(session, sender)
    return user_mails.hand_over(sender, messages)


def _claim(session: Session, sender: Sender) -> Sequence[OutgoingMessage]:
    query = sa.select(AccountMail).where(AccountMail.sent_at.is_(None)).order_by(AccountMail.id)
    mails = session.scalars(query.limit(BATCH).with_for_update(skip_locked=True)).all()
    for mail in mails:
        mail.sent_at = sender.now
    return [_message(mail, sender) for mail in mails]


def _message(mail: AccountMail, sender: Sender) -> OutgoingMessage:
    subject, words = WORDS[AccountMailKind(mail.kind)]
    not_you = Message(NOT_YOU, page=f"{sender.public_url}/me/factors")
    paragraphs = [Message(words, **_facts(mail)), not_you]
    return user_mails.compose(mail.user, f"a{mail.id}", Message(subject), paragraphs)


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
