"""What is known of a file from the scanner for malware, and what that withholds from readers."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import UTCDateTime
from app.core.errors import N_
from app.storage.clamd import ScanState


class Scanned:
    """Columns of a row whose file is scanned: a ScanState, when, and what was found.

    No scanner is asked again before ``scan_after``.
    """

    scan_state: Mapped[str] = mapped_column(sa.String(10), default="", server_default="")
    scanned_at: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)
    scan_finding: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    scan_after: Mapped[dt.datetime | None] = mapped_column(UTCDateTime)


class ScanBar(StrEnum):
    """Why a file is withheld because of its scan, with the words of a refusal."""

    words: str

    def __new__(cls, value: str, words: str = "") -> "ScanBar":
        """Create a reason with its words; looking one up by its value needs none."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member

    SET_ASIDE = "set_aside", N_("This file is set aside: the court's scanner found malware in it.")
    NOT_SCANNED = (
        "not_scanned",
        N_("This file is not scanned yet. It can be opened once the court's scanner has seen it."),
    )


def bar(scan_state: str, *, scanned_only: bool, is_own: bool) -> ScanBar | None:
    """Return why a file is withheld; None if it is not.

    ``scanned_only``: a scanner is set up, so only who sent a file has it before it was scanned.
    """
    if scan_state == ScanState.FOUND:  # from its author too
        return ScanBar.SET_ASIDE
    if scanned_only and scan_state == ScanState.NOT_SCANNED and not is_own:
        return ScanBar.NOT_SCANNED
    return None
