"""Entries of the record about a notice."""

from typing import Any

from app.notices.models import Notice, NoticeRow
from app.record.ledger import NewEntry
from app.record.rules import Event


def entry_of(
    notice: Notice | NoticeRow, what: Event, /, *, personal: dict | None = None, **detail: Any
) -> NewEntry:
    """Return an entry about a notice's current try; details that are empty are left out."""
    return NewEntry(
        what,
        court_id=notice.court_id,
        case_id=notice.case_id,
        about=notice.about,
        attempt=notice.attempt,
        notice_id=notice.id,
        counsel_id=notice.counsel_id,
        side=notice.side,
        channel=notice.channel,
        kind=notice.kind,
        detail={name: value for name, value in detail.items() if value not in ("", None)},
        personal={"name": notice.name, "address": notice.address, **(personal or {})},
    )
