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

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.hearings import queries
from app.hearings.models import Invitation
from app.record import ledger
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


def is_recent(
    session: Session, invitation_id: int, event: Event, agent: str, now: dt.datetime
) -> bool:
    """Tell whether such a visit was recorded within the last ten minutes."""
    details = sa.select(Entry.detail).where(
        Entry.notice_id.is_(None),
        Entry.attempt == f"i{invitation_id}",
        Entry.what == event.value,
        Entry.at > now - ONCE_IN,
    )
    return any(detail.get("agent") == agent for detail in session.scalars(details))


def write(
    session: Session, invitation_id: int, event: Event, agent: str, method: str, now: dt.datetime
) -> bool:
    """Record a visit, at most once in ten minutes for each class of visitor; return whether."""
    invitation = session.get_one(Invitation, invitation_id)
    hearing = queries.lock_hearing(session, invitation.proposal.hearing_id)
    if is_recent(session, invitation_id, event, agent, now):
        return False
    entry = ledger.NewEntry(
        event,
        court_id=hearing.court_id,
        case_id=hearing.case_id,
        about=hearing.about,
        attempt=f"i{invitation.id}",
        counsel_id=invitation.counsel_id,
        side=invitation.side,
        channel="link",
        kind="visit",
        detail={"agent": agent, "method": method},
        personal={"name": invitation.counsel.name},
    )
    ledger.append(session, [entry], now)
    return True
