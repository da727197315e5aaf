"""Tables of webhooks: the endpoints of other systems, and what is delivered to each."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Json, Key, UTCDateTime
from app.core.db.indexes import partial_index
from app.events.models import CourtEvent


class WebhookEndpoint(Base):
    """An address of another system to which events of a court are posted.

    Its secret is derived from the installation's own and is stored nowhere (see signing).
    """

    __tablename__ = "webhook_endpoint"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    court_id: Mapped[int] = mapped_column(sa.ForeignKey("court.id"), index=True)
    url: Mapped[str] = mapped_column(sa.String(500))
    description: Mapped[str] = mapped_column(sa.String(200), default="")
    # Values of EventType; an empty list: all of them.
    types: Mapped[list] = mapped_column(Json, default=list)
    # An EndpointState, and when it changed last.
    state: Mapped[str] = mapped_column(sa.String(10))
    changed_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # Increased with every new secret; until then the secret before it signs as well.
    secret_version: Mapped[int] = mapped_column(default=1)
    old_secret_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    # The number of the last event for which there is a delivery.
    cursor: Mapped[int] = mapped_column(default=0)
    # Since when every call has failed; None: the last one did not, or there was none.
    failing_since: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # The endpoint asked to be left alone until then (429).
    paused_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # When the admins were told that it is no longer called.
    notified_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    # The worker that delivers to it at present.
    lease_until: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    claimed_by: Mapped[str] = mapped_column(sa.String(100), default="")


class WebhookDelivery(Base):
    """One event for one endpoint, or a test without an event; with each of its calls."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        sa.Index("ix_webhook_delivery_endpoint_id_id", "endpoint_id", "id"),
        sa.Index("ix_webhook_delivery_endpoint_id_called_at", "endpoint_id", "called_at"),
        partial_index(
            "ix_webhook_delivery_due", "endpoint_id", "due_at", where="state = 'waiting'"
        ),
        partial_index(
            "ix_webhook_delivery_case", "endpoint_id", "case_id", "id", where="state = 'waiting'"
        ),
        partial_index("ix_webhook_delivery_ended", "called_at", where="state <> 'waiting'"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(sa.ForeignKey("webhook_endpoint.id"))
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("court_event.id"))
    case_id: Mapped[int | None] = mapped_column(Key)  # a plain number, as that of its event
    # A WebhookState.
    state: Mapped[str] = mapped_column(sa.String(10))
    due_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # Calls, oldest first, as rules.Call stores them.
    calls: Mapped[list] = mapped_column(Json, default=list)
    called_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)

    event: Mapped[CourtEvent | None] = relationship()
