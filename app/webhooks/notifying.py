"""Tell a court's admins by mail that an endpoint is no longer called."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.carriers.base import OutgoingMessage
from app.core.db import transaction
from app.core.errors import N_, Message
from app.court.models import Court
from app.people.models import Role, User
from app.sending import user_mails
from app.sending.sender import Sender
from app.webhooks.models import WebhookEndpoint
from app.webhooks.rules import STOPPED, EndpointState

SUBJECT = N_("A webhook was turned off")
WHY = {
    EndpointState.FAILED: N_(
        "For five days no call of %(url)s succeeded. It is called no more, and what waited for it "
        "is not sent."
    ),
    EndpointState.GONE: N_(
        "%(url)s has answered that it no longer exists (410). It is called no more, and what "
        "waited for it is not sent."
    ),
}
WHAT_NOW = N_(
    "See the last calls and turn it on again at %(page)s. Events meanwhile can be read with "
    "GET /events."
)


def notify_admins(sender: Sender) -> int:
    """Send a mail to each admin of a court about each endpoint that was turned off; once each.

    A crash in between leaves a mail unsent: the home page of admins shows the endpoint as well.
    """
    with transaction() as session:
        messages = _claim(session, sender)
    return user_mails.hand_over(sender, messages)


def _claim(session: Session, sender: Sender) -> list[OutgoingMessage]:
    query = sa.select(WebhookEndpoint).where(
        WebhookEndpoint.state.in_([each.value for each in STOPPED]),
        WebhookEndpoint.notified_at.is_(None),
    )
    endpoints = session.scalars(query.with_for_update(skip_locked=True)).all()
    messages = []
    for endpoint in endpoints:
        endpoint.notified_at = sender.now
        court = session.get_one(Court, endpoint.court_id)
        page = f"{sender.public_url}/settings/webhooks/{endpoint.id}"
        messages += [_message(endpoint, user, page) for user in _admins(session, court)]
    return messages


def _admins(session: Session, court: Court) -> Sequence[User]:
    query = sa.select(User).where(
        User.court_id == court.id, User.role == Role.ADMIN.value, User.active
    )
    return session.scalars(query.order_by(User.id)).all()


def _message(endpoint: WebhookEndpoint, user: User, page: str) -> OutgoingMessage:
    reference = f"w{endpoint.id}.{user.id}.{int(endpoint.changed_at.timestamp())}"
    why = Message(WHY[EndpointState(endpoint.state)], url=endpoint.url)
    what_now = Message(WHAT_NOW, page=page)
    return user_mails.compose(user, reference, Message(SUBJECT), [why, what_now])
