"""Tell a court's admins by mail that an endpoint is no longer called."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.core.db import transaction
from app.people import service as people
from app.people.models import Role, User
from app.people.rules import AccountMailKind
from app.sending.sender import Sender
from app.webhooks.models import WebhookEndpoint
from app.webhooks.rules import STOPPED, EndpointState

KINDS = {
    EndpointState.FAILED: AccountMailKind.WEBHOOK_FAILED,
    EndpointState.GONE: AccountMailKind.WEBHOOK_GONE,
}


def notify_admins(sender: Sender) -> int:
    """Queue a mail to each admin of a court about each endpoint that was turned off; once each."""
    with transaction() as session:
        return _queue(session, sender)


def _queue(session: Session, sender: Sender) -> int:
    query = sa.select(WebhookEndpoint).where(
        WebhookEndpoint.state.in_([each.value for each in STOPPED]),
        WebhookEndpoint.notified_at.is_(None),
    )
    queued = 0
    for endpoint in session.scalars(query.with_for_update(skip_locked=True)).all():
        endpoint.notified_at = sender.now
        kind = KINDS[EndpointState(endpoint.state)]
        facts: dict[str, str | int] = {"url": endpoint.url, "endpoint": endpoint.id}
        for user in _admins(session, endpoint.court_id):
            people.queue_mail(session, user.id, kind, sender.now, **facts)
            queued += 1
    return queued


def _admins(session: Session, court_id: int) -> Sequence[User]:
    query = sa.select(User).where(
        User.court_id == court_id, User.role == Role.ADMIN.value, User.active
    )
    return session.scalars(query.order_by(User.id)).all()
