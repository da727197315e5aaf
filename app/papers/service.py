"""File papers, open them, confirm having received them: each told or recorded in one transaction.

Every act locks the head of the case's chain first, so that acts on the papers of one case come one
after another, and stores the keys that its notices carry before that (see cases.keys).
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.delegates import SIDE as DELEGATE
from app.cases.delegates import Delegation
from app.cases.models import Representation
from app.core.channels import Channel
from app.core.errors import N_, Invalid, Message, NotFound, Refusal
from app.core.matters import Matter
from app.hearings import facts, notifications
from app.notices.case_lock import lock_case
from app.notices.kinds import NoticeKind
from app.notices.queue import NoticeRequest, Subject, queue
from app.papers import queries, rules
from app.papers.drafting import Author
from app.papers.exchange import filing as exchange_filing
from app.papers.exchange.filing import NOT_ASKED, ExchangeChoice
from app.papers.exchange.models import LateFiling
from app.papers.models import (
    DelegateOpening,
    FileRelease,
    Filing,
    Paper,
    PaperFile,
    PaperPage,
    PaperReading,
)
from app.papers.rules import Disclosure, FilingState
from app.papers.scanning import set_aside
from app.record import ledger
from app.record.chain import ChainPosition
from app.record.rules import Event
from app.storage import service as storage

MOST_NAMES = 5  # papers that a letter names


def filed_before(
    session: Session, author: Author, filing_id: int, page_nonce: str
) -> Filing | None:
    """Return what an author filed by the same form, or None: a double press is one filing.

    ``filing_id`` is the draft that the form was about, 0 for none.
    """
    same = sa.or_(Filing.id == filing_id, Filing.page_nonce == page_nonce)
    query = sa.select(Filing).where(Filing.case_id == author.case.id, same, _is_of(author))
    return session.scalar(query.where(Filing.state == FilingState.FILED.value).limit(1))


def _is_of(author: Author) -> sa.ColumnElement[bool]:
    if author.representation is not None:
        return Filing.representation_id == author.representation.id
    return sa.and_(
        Filing.representation_id.is_(None), Filing.user_id == (author.user.id if author.user else 0)
    )


def file_papers(
    session: Session,
    author: Author,
    filing: Filing,
    now: dt.datetime,
    heads: Mapping[int, ChainPosition],
    *,
    page_nonce: str = "",
    receipt_by_mail: bool = False,
    choice: ExchangeChoice = NOT_ASKED,
) -> Filing:
    """File a locked draft: number its papers, record them with digests, and tell all others.

    ``heads`` are those of ``lock_case``, taken before the draft was read: of two presses at once
    the second finds what the first filed. Raises Invalid where there is no paper, and what
    ``exchange.filing.enter`` raises of an exchange that counsel chose.
    """
    if not filing.papers:
        raise Invalid({"files": Message(N_("Add a paper first: there is none to file."))})
    filing.state, filing.draft_key, filing.refused = FilingState.FILED.value, None, []
    filing.filed_at = heads[filing.case_id].next_at(now)  # as its entry says
    filing.seq = heads[filing.case_id].seq + 1
    filing.delegate_id = author.delegate.id if author.delegate else None
    filing.unseen, filing.page_nonce = author.representation is not None, page_nonce
    filing.number = 1 + _greatest(session, Filing.number, Filing.case_id == filing.case_id)
    of_side = sa.select(Filing.id).where(
        Filing.case_id == filing.case_id, Filing.side == filing.side
    )
    before = _greatest(session, Paper.number, Paper.filing_id.in_(of_side))
    for place, paper in enumerate(filing.papers, 1):
        paper.position, paper.number = place, before + place
    if author.representation is not None:
        exchange_filing.enter(
            session, filing, author.representation.party_id, choice, filing.filed_at
        )
    if filing.disclosure == Disclosure.SEALED:
        filing.unseen = False  # the court notes it once it is open
    session.flush()
    requests = _requests(session, filing, author, now)
    if receipt_by_mail:
        requests += _receipt_requests(filing, author, now)
    entries = [_entry_of(filing, author)]
    for file in set_aside.files_of(filing):
        entries.append(set_aside.entry_of(file))
        requests += set_aside.requests_of(file, now)
    queue(session, requests, now, entries, heads=heads)
    return filing


def _greatest(session: Session, column: Any, condition: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.max(column)).where(condition)) or 0


def entry_details(filing: Filing) -> list[dict[str, Any]]:
    """Return the papers of a filing as the record keeps them for ever: numbers and digests."""
    return [
        {
            "number": paper.number,
            "kind": paper.kind,
            "original": paper.original,
            "pages": paper.pages,
            "files": [
                {"sha256": file.digest, "bytes": file.size, "type": file.media_type}
                for file in paper.files
            ],
        }
        for paper in filing.papers
    ]


def _entry_of(filing: Filing, author: Author) -> ledger.NewEntry:
    sealed = filing.disclosure == Disclosure.SEALED
    lines = [filing.late.reason] if filing.late else []
    lines += [] if sealed else [described(filing)]
    return ledger.NewEntry(
        Event.FILED,
        court_id=filing.court_id,
        case_id=filing.case_id,
        direction="in" if author.representation else "out",
        about=str(Matter.case(filing.case_id)),
        attempt=f"f{filing.id}",
        counsel_id=filing.counsel_id,
        side=filing.side,
        channel="link" if author.representation else "",
        kind="papers",
        detail={
            "filing": filing.number,
            "papers": [] if sealed else entry_details(filing),
            **exchange_filing.entry_detail(filing),
            **_repeated(filing),
            **({"user": author.user.id} if author.user else {}),
        },
        personal={"name": author.name, "note": "\n".join(lines)},
        delegate=author.delegate,
        ids={"filing_id": filing.id},
    )


def _repeated(filing: Filing) -> dict[str, list[int]]:
    """Return which papers of a cancelled exchange are filed again, by their numbers."""
    numbers = [each.repeats.number or 0 for each in filing.papers if each.repeats]
    return {"repeats": numbers} if numbers else {}


def described(filing: Filing) -> str:
    """Return the papers of a filing by number, name and what they are to prove, one a line."""
    return "\n".join(
        f"{paper.number}. {paper.name}" + (f" ({paper.proves})" if paper.proves else "")
        for paper in filing.papers
    )


def notice_version(filing: Filing) -> str:
    """Return the version of a filing in the keys of the notices that tell of it."""
    return f"c{filing.case_id}.f{filing.id}"


def _subject(filing: Filing) -> Subject:
    about = str(Matter.case(filing.case_id))
    return Subject(filing.court_id, filing.case_id, about, notice_version(filing))


def _facts(filing: Filing, author: Author) -> dict[str, Any]:
    sealed = filing.disclosure == Disclosure.SEALED
    names = [] if sealed else [f"{paper.number}. {paper.name}" for paper in filing.papers]
    return {
        **facts.case_facts(filing.case),
        "papers_filed": {
            "by": author.name,
            "delegate": author.delegate.name if author.delegate else "",
            "side": filing.side,
            "count": len(filing.papers),
            "sealed": sealed,
            "late": filing.late.reason if filing.late else "",
            "names": names[:MOST_NAMES],
            "more": max(0, len(names) - MOST_NAMES),
            "filed_at": facts.iso(filing.filed_at),
        },
    }


def _requests(
    session: Session, filing: Filing, author: Author, now: dt.datetime
) -> list[NoticeRequest]:
    """Return one request for each other counsel who acts, all due at the same moment."""
    papers_facts = _facts(filing, author)
    return notifications.case_requests(
        session,
        filing.case,
        NoticeKind.PAPERS,
        notice_version(filing),
        lambda _: papers_facts,
        now,
        but=filing.counsel_id,
    )


def _receipt_requests(filing: Filing, author: Author, now: dt.datetime) -> list[NoticeRequest]:
    """Return the request to send the receipt to who filed, by mail; none without an address."""
    representation = author.representation
    if representation is None:
        return []
    recipient = facts.representation_recipient(representation)
    ways = [way for way in recipient.ways if way[0] == Channel.EMAIL]
    if not ways:
        return []
    return [
        NoticeRequest(
            _subject(filing),
            NoticeKind.PAPERS_RECEIPT,
            recipient.by(*ways),
            {
                **_facts(filing, author),
                "person": facts.representation_facts(representation),
                "receipt": _receipt_lines(filing),
            },
            due_at=now,
            stale_at=now + notifications.STALE_AFTER,
        )
    ]


def _receipt_lines(filing: Filing) -> list[dict[str, Any]]:
    """Return what the mail with the receipt says of each paper.

    Its words are on the court's pages of messages: of a sealed filing it has the digests alone.
    """
    sealed = filing.disclosure == Disclosure.SEALED
    return [
        {
            "number": paper.number,
            "name": "" if sealed else paper.name,
            "size": "" if sealed else rules.megabytes(paper.size),
            "digests": [file.digest for file in paper.files],
        }
        for paper in filing.papers
    ]


def open_paper(
    session: Session,
    representation: Representation,
    paper_id: int,
    now: dt.datetime,
    secret: bytes,
    delegate: Delegation | None = None,
) -> Paper:
    """Record that a person opened a paper of others, once for each person; return the paper.

    That a ``delegate`` of counsel opened it proves nothing of counsel, as their visits do not.
    Raises NotFound.
    """
    case_id, counsel_id = representation.party.case_id, representation.counsel_id
    paper = queries.paper_in_case(session, case_id, paper_id, representation.party_id)
    if paper.filing.counsel_id == counsel_id:
        return paper
    heads = lock_case(session, case_id, secret)
    if delegate is not None:
        entries = _opened_by_delegate(session, representation, paper, now, delegate)
        ledger.append(session, entries, now, heads=heads)
        return paper
    reading = _reading(session, paper, counsel_id)
    if reading.opened_at is None:
        reading.opened_at = now
        entry = _reading_entry(Event.OPENED, representation, paper)
        ledger.append(session, [entry], now, heads=heads)
    return paper


def _opened_by_delegate(
    session: Session,
    representation: Representation,
    paper: Paper,
    now: dt.datetime,
    delegate: Delegation,
) -> list[ledger.NewEntry]:
    """Keep that a delegate opened a paper; return the entry, none where they did before."""
    known = sa.select(DelegateOpening.id).where(
        DelegateOpening.paper_id == paper.id, DelegateOpening.delegate_id == delegate.id
    )
    if session.scalar(known) is not None:
        return []
    session.add(DelegateOpening(paper=paper, delegate_id=delegate.id, opened_at=now))
    entry = _reading_entry(Event.OPENED, representation, paper)
    return [
        replace(
            entry,
            attempt=f"f{paper.filing_id}.d{delegate.id}",
            counsel_id=None,
            side=DELEGATE,
            detail={**entry.detail, "delegate": delegate.id},
            personal={"name": delegate.name, "for": delegate.counsel},
        )
    ]


def _reading(session: Session, paper: Paper, counsel_id: int) -> PaperReading:
    query = sa.select(PaperReading).where(
        PaperReading.paper_id == paper.id, PaperReading.counsel_id == counsel_id
    )
    reading = session.scalar(query.execution_options(populate_existing=True))
    if reading is None:
        reading = PaperReading(paper=paper, counsel_id=counsel_id)
        session.add(reading)
    return reading


def reading_attempt(filing_id: int, counsel_id: int) -> str:
    """Return the attempt of the entries by which a counsel opened and confirmed papers."""
    return f"f{filing_id}.{counsel_id}"


def _reading_entry(
    event: Event, representation: Representation, paper: Paper, delegate: Delegation | None = None
) -> ledger.NewEntry:
    """Return the entry that counsel, or a delegate for them, opened or confirmed one paper."""
    filing = paper.filing
    return ledger.NewEntry(
        event,
        court_id=filing.court_id,
        case_id=filing.case_id,
        about=str(Matter.case(filing.case_id)),
        attempt=reading_attempt(filing.id, representation.counsel_id),
        counsel_id=representation.counsel_id,
        side=representation.party.side,
        channel="link",
        kind="papers",
        detail={
            "filing": filing.number,
            "of": filing.side,
            "number": paper.number,
            "sha256": [file.digest for file in paper.files],
        },
        personal={"name": representation.counsel.name},
        delegate=delegate,
        ids={"filing_id": filing.id, "paper_id": paper.id},
    )


def confirm_received(
    session: Session,
    representation: Representation,
    paper_ids: Collection[int],
    now: dt.datetime,
    secret: bytes,
    delegate: Delegation | None = None,
) -> Sequence[Paper]:
    """Record that counsel received papers of others: an entry for each that is new.

    ``delegate`` confirms it for counsel, which binds them.
    Raises Refusal where none of them can be confirmed.
    """
    case_id, counsel_id = representation.party.case_id, representation.counsel_id
    heads = lock_case(session, case_id, secret)
    query = (
        sa.select(Paper)
        .join(Filing)
        .where(
            Paper.id.in_(paper_ids),
            Filing.case_id == case_id,
            Filing.state == FilingState.FILED.value,
            sa.or_(Filing.counsel_id.is_(None), Filing.counsel_id != counsel_id),
            queries.readable(representation.party_id),
        )
    )
    papers = session.scalars(query.order_by(Filing.number, Paper.position)).all()
    if not papers:
        raise Refusal(N_("Choose at least one paper of another side."))
    entries = []
    for paper in papers:
        reading = _reading(session, paper, counsel_id)
        if reading.confirmed_at is None:
            reading.confirmed_at = now
            reading.confirmed_by_id = delegate.id if delegate else None
            entries.append(_reading_entry(Event.CONFIRMED, representation, paper, delegate))
    ledger.append(session, entries, now, heads=heads)
    return papers


def note_seen(session: Session, court_id: int, filing_id: int) -> Filing:
    """Take a filing off the court's list of new ones. Raises NotFound."""
    filing = session.get(Filing, filing_id)
    if filing is None or filing.court_id != court_id or filing.is_draft:
        raise NotFound(N_("There is no such filing in this court."))
    filing.unseen = False
    return filing


def erase(session: Session, case_id: int, now: dt.datetime) -> None:
    """Erase drafts, words and bytes of a case's papers; digests stay, as on the record."""
    filings = sa.select(Filing.id).where(Filing.case_id == case_id)
    papers = sa.select(Paper.id).where(Paper.filing_id.in_(filings))
    files = PaperFile.paper_id.in_(papers)
    columns = sa.select(PaperFile.file_id, PaperFile.copy_id, PaperFile.image_id).where(files)
    file_ids = [each for row in session.execute(columns) for each in row if each is not None]
    pages = PaperPage.file_id.in_(sa.select(PaperFile.id).where(files))
    file_ids += session.scalars(sa.select(PaperPage.image_id).where(pages))
    storage.release(session, file_ids, now)
    unsynchronized = {"synchronize_session": False}
    for statement in (
        sa.delete(PaperPage).where(pages),
        sa.update(PaperFile)
        .where(files)
        .values(name="", file_id=None, copy_id=None, image_id=None, images_due=False),
        sa.update(Paper).where(Paper.filing_id.in_(filings)).values(name="", proves=""),
        sa.update(Filing)
        .where(Filing.case_id == case_id)
        .values(refused=[], unseen=False, list_salt=""),
        sa.update(LateFiling).where(LateFiling.filing_id.in_(filings)).values(reason="", words=""),
        sa.update(FileRelease)
        .where(FileRelease.file_id.in_(sa.select(PaperFile.id).where(files)))
        .values(reason=""),
    ):
        session.execute(statement.execution_options(**unsynchronized))
