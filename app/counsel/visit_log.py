"""Visits to counsel's page on the record, and what each kind of them proves.

Mail scanners and chat previews open links, run scripts and move on. So there are three events:

- *answered*: a POST with a choice for every slot and the key of a rendered page. Only that decides
  anything, and it is recorded by the answer itself.
- *opened*: by a person. Recorded only when the page's script reports a touch, a key, a press or a
  turn of the wheel that the browser itself vouches for (``Event.isTrusted``), on a visible page, in
  a browser that no program drives (``navigator.webdriver``), with the page's key. Scrolling alone
  is left out: a script that scrolls a page produces events that count as trusted. A visitor without
  scripts is never *opened*; their answer proves more than that.
- *fetched*: everything else. A known machine, a HEAD or a prefetch is recorded as "machine"; a GET
  like a browser's as "unseen", for nobody knows whether a person was there. It proves nothing.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.hearings import queries
from app.record import chain, ledger
from app.record.models import Entry
from app.record.rules import Event

ONCE_IN = dt.timedelta(minutes=10)
MACHINE, UNSEEN = "machine", "unseen"

# User agents of programs that follow links; those of chats and mail providers first.
_MACHINES = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|prefetch|scan|fetch|monitor|headless|phantom"
    r"|facebookexternalhit|whatsapp/|skypeuri|telegram|vkshare|embedly|iframely"
    r"|barracuda|proofpoint|mimecast|safelinks|safebrowsing|symantec|sophos|trend ?micro"
    r"|ms-?office|microsoft office|outlook-|googleimageproxy|yahoomailproxy"
    r"|curl|wget|python|httpx|aiohttp|urllib|libwww|perl|java/|okhttp|go-http|ruby|node|axios",
    re.IGNORECASE,
)


def agent_class(method: str, headers: Mapping[str, str]) -> str:
    """Return "machine" for a visitor that identifies itself as one, else "unseen".

    Browsers send ``Purpose`` or ``Sec-Purpose`` when they load a page before it is asked for.
    """
    purpose = " ".join(headers.get(name, "") for name in ("Purpose", "Sec-Purpose", "X-Moz"))
    agent = headers.get("User-Agent", "")
    if method == "HEAD" or re.search(r"prefetch|prerender|preview", purpose, re.IGNORECASE):
        return MACHINE
    return MACHINE if not agent or _MACHINES.search(agent) else UNSEEN


@dataclass(frozen=True)
class Visitor:
    """Who visits what: one counsel, and the hearing or the case that their page is about.

    ``attempt`` names the page in the record: that of an invitation (``i45``) or representation
    (``r7``). ``counsel_id`` is None for a delegate, and ``principal`` whom they act for.
    """

    court_id: int
    case_id: int
    about: str
    hearing_id: int | None
    attempt: str
    counsel_id: int | None
    side: str
    name: str
    principal: str = ""
    delegate_id: int = 0


@dataclass(frozen=True)
class Visit:
    """A visit to a page: the event that it is recorded as, the class of visitor, the method."""

    visitor: Visitor
    event: Event
    agent: str
    method: str


_RECENT = sa.select(Entry.detail).where(
    Entry.notice_id.is_(None),
    Entry.attempt == sa.bindparam("attempt"),
    Entry.what == sa.bindparam("what"),
    Entry.at > sa.bindparam("since"),
)


def is_recent(session: Session, visit: Visit, now: dt.datetime) -> bool:
    """Tell whether such a visit was recorded within the last ten minutes."""
    parameters = {
        "attempt": visit.visitor.attempt,
        "what": visit.event.value,
        "since": now - ONCE_IN,
    }
    details = session.scalars(_RECENT, parameters)
    return any(detail.get("agent") == visit.agent for detail in details)


def write(session: Session, visit: Visit, now: dt.datetime) -> bool:
    """Record a visit, at most once in ten minutes for each class of visitor; return whether.

    Locks the hearing, or else the head of the case's chain, against the same visit twice.
    """
    visitor = visit.visitor
    if visitor.hearing_id is not None:
        queries.lock_hearing(session, visitor.hearing_id)
    else:
        chain.lock_heads(session, [visitor.case_id])
    if is_recent(session, visit, now):
        return False
    entry = ledger.NewEntry(
        visit.event,
        court_id=visitor.court_id,
        case_id=visitor.case_id,
        about=visitor.about,
        attempt=visitor.attempt,
        counsel_id=visitor.counsel_id,
        side=visitor.side,
        channel="link",
        kind="visit",
        detail={
            "agent": visit.agent,
            "method": visit.method,
            **({"delegate": visitor.delegate_id} if visitor.delegate_id else {}),
        },
        personal={
            "name": visitor.name,
            **({"for": visitor.principal} if visitor.principal else {}),
        },
    )
    ledger.append(session, [entry], now)
    return True
