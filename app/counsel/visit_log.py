"""Visits to counsel's page on the record: what they prove, and what they never do.

Mail scanners and chat previews open links, run scripts and move on. So there are three words:

- *answered*: a POST with a choice for every slot and the nonce of a rendered page; only that
  decides anything, and it is written by the answer itself.
- *opened*: by a person. Written only when the page's script reports a touch, a key, a press or a
  turn of the wheel that the browser itself vouches for (``Event.isTrusted``), on a page that was
  visible, in a browser that no program drives (``navigator.webdriver``), with the page's nonce.
  Scrolling alone is left out: a script that scrolls a page makes events that count as trusted.
  Who has no scripts is never *opened*; their answer says more than that.
- *fetched*: everything else. A known machine, a HEAD, a prefetch are called a machine; a GET like
  a browser's is *unseen*, for nobody knows whether eyes were there. It proves nothing.
"""

import datetime as dt
import re
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.hearings import queries
from app.hearings.models import Invitation
from app.record import ledger
from app.record.models import Entry
from app.record.rules import Event

ONCE_IN = dt.timedelta(minutes=10)
MACHINE, UNSEEN = "machine", "unseen"

# How programs that follow links name themselves; the ones in chats and mail houses first.
_MACHINES = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|prefetch|scan|fetch|monitor|headless|phantom"
    r"|facebookexternalhit|whatsapp/|skypeuri|telegram|vkshare|embedly|iframely"
    r"|barracuda|proofpoint|mimecast|safelinks|safebrowsing|symantec|sophos|trend ?micro"
    r"|ms-?office|microsoft office|outlook-|googleimageproxy|yahoomailproxy"
    r"|curl|wget|python|httpx|aiohttp|urllib|libwww|perl|java/|okhttp|go-http|ruby|node|axios",
    re.IGNORECASE,
)


def agent_class(method: str, headers: Mapping[str, str]) -> str:
    """Return "machine" for a visitor that shows itself to be one, else "unseen".

    ``Purpose`` and ``Sec-Purpose`` are sent by browsers that load a page ahead of its reader.
    """
    purpose = " ".join(headers.get(name, "") for name in ("Purpose", "Sec-Purpose", "X-Moz"))
    agent = headers.get("User-Agent", "")
    if method == "HEAD" or re.search(r"prefetch|prerender|preview", purpose, re.IGNORECASE):
        return MACHINE
    return MACHINE if not agent or _MACHINES.search(agent) else UNSEEN


def lately(session: Session, seat: Invitation, what: Event, agent: str, now: dt.datetime) -> bool:
    """Tell whether such a visit was written down within the last ten minutes."""
    wanted = sa.select(Entry.detail).where(
        Entry.notice_id.is_(None),
        Entry.attempt == f"i{seat.id}",
        Entry.what == what.value,
        Entry.at > now - ONCE_IN,
    )
    return any(detail.get("agent") == agent for detail in session.scalars(wanted))


def write(
    session: Session, seat_id: int, what: Event, agent: str, method: str, now: dt.datetime
) -> bool:
    """Write a visit down, at most once in ten minutes for each kind of visitor; tell whether."""
    seat = session.get_one(Invitation, seat_id)
    hearing = queries.lock(session, seat.proposal.hearing_id)
    if lately(session, seat, what, agent, now):
        return False
    line = ledger.NewEntry(
        what,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=f"hearing/{hearing.id}",
        attempt=f"i{seat.id}",
        counsel_id=seat.counsel_id,
        side=seat.side,
        channel="link",
        kind="visit",
        detail={"agent": agent, "method": method},
        personal={"name": seat.counsel.name},
    )
    ledger.append(session, [line], now)
    return True
