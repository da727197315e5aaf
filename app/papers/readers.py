"""Readers of papers, as pages and the API know them; see ``access``."""

from app.papers.access import Reader
from app.people.models import User
from app.storage.downloads import scanned_only


def counsel_reader(counsel_id: int, party_id: int, delegate_id: int | None = None) -> Reader:
    """Return a counsel who acts for a party, or a delegate of theirs, as reader."""
    return Reader(
        counsel_id=counsel_id,
        party_id=party_id,
        delegate_id=delegate_id,
        scanned_only=scanned_only(),
    )


def court_reader(user: User) -> Reader:
    """Return a user of a court as reader."""
    return Reader(court_id=user.court_id, user_id=user.id, scanned_only=scanned_only())


def program_reader(court_id: int) -> Reader:
    """Return a program of a court as reader."""
    return Reader(court_id=court_id, scanned_only=scanned_only())
