"""Changes of an address that counsel asked for by link."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.addresses import rules
from app.cases.models import Counsel, Representation
from app.core.db import Base, Key, UTCDateTime


class AddressChange(Base):
    """A change that counsel asked for; one of a mail address or a number waits for its code.

    The code is not stored: it is derived from the row (see ``core.links.digits``).
    """

    __tablename__ = "address_change"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    representation_id: Mapped[int] = mapped_column(sa.ForeignKey("representation.id"), index=True)
    counsel_id: Mapped[int] = mapped_column(sa.ForeignKey("counsel.id"), index=True)
    # A rules.AddressField, and a rules.ChangeState.
    field: Mapped[str] = mapped_column(sa.String(10))
    # The new mail address or number; "" for other fields, and once the case is erased.
    value: Mapped[str] = mapped_column(sa.String(254))
    state: Mapped[str] = mapped_column(sa.String(10))
    # Wrong codes so far.
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[dt.datetime] = mapped_column(UTCDateTime)
    # How often its code was sent, and when last; None where it was sent once, when it was asked.
    sendings: Mapped[int] = mapped_column(default=1)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)

    @property
    def send_again_at(self) -> dt.datetime | None:
        """From when its code can be sent again; None: not any more."""
        return rules.may_send_again_at(self.sendings, self.sent_at or self.asked_at)

    representation: Mapped[Representation] = relationship()
    counsel: Mapped[Counsel] = relationship()
