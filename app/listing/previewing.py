"""Preview of a listing that is to be sent: all recipients, and the messages of some hearings.

The messages of all would need each hearing proposed and undone, which takes minutes for hundreds;
those of any one hearing can be read by itself.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.models import Counsel, Party, Representation
from app.cases.rules import addresses_by_channel
from app.core.channels import Channel
from app.core.errors import N_, Invalid, NotFound, Refusal
from app.hearings.proposing.preview import Preview, PreviewSender, preview_messages
from app.hearings.service import CourtContext
from app.listing import sending
from app.listing.models import ListedHearing
from app.listing.queries import DraftRow

ContextFactory = Callable[[Session], CourtContext]
MOST_TRIES = 8  # hearings whose messages are composed to find an example in each language


@dataclass(frozen=True)
class ListedRecipient:
    """A counsel of a hearing that is to be sent, and the ways to reach them, best first."""

    name: str
    side: str
    language: str
    ways: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SendingSummary:
    """What sending a listing sends to whom."""

    hearings: Sequence[tuple[DraftRow, Sequence[ListedRecipient]]]
    # The number of messages over each channel.
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def unreachable(self) -> list[str]:
        """The names of counsel whom no message can reach, each once."""
        names = (
            each.name for _, recipients in self.hearings for each in recipients if not each.ways
        )
        return list(dict.fromkeys(names))

    @property
    def people(self) -> int:
        """The number of counsel, each counted once per name and address."""
        return len({(each.name, *each.ways) for _, some in self.hearings for each in some})


def summary(session: Session, rows: Sequence[DraftRow]) -> SendingSummary:
    """Return the recipients of hearings of a draft, in one query."""
    query = (
        sa.select(Party.case_id, Party.side, Counsel)
        .join(Representation, Representation.party_id == Party.id)
        .join(Counsel, Counsel.id == Representation.counsel_id)
        .where(Party.case_id.in_({row.case_id for row in rows}), Representation.left_at.is_(None))
        .order_by(Representation.id)
    )
    by_case: dict[int, dict[int, ListedRecipient]] = {}
    for case_id, side, counsel in session.execute(query):
        recipient = ListedRecipient(
            counsel.name, side, counsel.language, addresses_by_channel(counsel)
        )
        by_case.setdefault(case_id, {}).setdefault(counsel.id, recipient)
    hearings = [(row, list(by_case.get(row.case_id, {}).values())) for row in rows]
    counts = Counter(
        channel for _, recipients in hearings for each in recipients for channel, _ in each.ways
    )
    return SendingSummary(hearings, counts)


def messages(
    context_of: ContextFactory,
    listing_id: int,
    listed_id: int,
    sender: PreviewSender,
    now: dt.datetime,
) -> Preview:
    """Return the messages of one hearing of a draft as they would be sent now.

    Raises NotFound, and Refusal or Invalid where it would not be sent.
    """

    def work(session: Session) -> int:
        row = session.get(ListedHearing, listed_id)
        if row is None or row.listing_id != listing_id or row.hearing_id is not None:
            raise NotFound(N_("This hearing is not in the list."))
        return sending.propose(session, context_of(session), row).case_id

    return preview_messages(work, sender, now)


def examples(
    context_of: ContextFactory,
    listing_id: int,
    shown: SendingSummary,
    sender: PreviewSender,
    now: dt.datetime,
) -> Iterator[tuple[DraftRow, Preview]]:
    """Yield hearings with their messages, so that each language of counsel occurs once."""
    missing = {each.language for _, some in shown.hearings for each in some if each.ways}
    tries = 0
    for row, recipients in shown.hearings:
        languages = {each.language for each in recipients if each.ways}
        if not languages & missing or tries == MOST_TRIES:
            continue
        tries += 1
        try:
            preview = messages(context_of, listing_id, row.id, sender, now)
        except (Refusal, Invalid):  # it stays in the draft when the others are sent
            continue
        missing -= languages
        yield row, preview


def channel_names(counts: Counter[str]) -> list[tuple[Channel, int]]:
    """Return the channels in use with the numbers of their messages."""
    return [(channel, counts[channel]) for channel in Channel if counts[channel]]
