"""Compose a notice's message, and the words of it that the record may keep."""

import datetime as dt
import re
from typing import Any

from app.carriers.base import OutgoingMessage
from app.cases import keys
from app.core import ical, links
from app.core.channels import Channel
from app.core.matters import Matter
from app.letters import composing
from app.letters.custom_wording import CustomWording
from app.notices.kinds import NoticeKind
from app.notices.models import NoticeRow

HIDDEN = "…"
# What is before the key in a link: the address of counsel's pages, or of a member's.
_KEY_IN_LINK = re.compile(r"^.*/[rm]/")


class ComposeFailed(Exception):  # noqa: N818
    """The letter cannot be composed from the facts that it was queued with."""


def message(
    notice: NoticeRow,
    *,
    secret: bytes,
    public_url: str,
    court_address: str,
    now: dt.datetime,
    own: CustomWording | None = None,
) -> tuple[OutgoingMessage, dict[str, Any]]:
    """Return the message of a notice's current attempt, and its words for the record.

    ``own`` is the court's own wording, whose version the record names. A link is a key: the record
    keeps the words with the key left out. Raises ComposeFailed.
    """
    facts = notice.facts
    try:
        link, code = _link_and_code(notice, secret, public_url)
        letter = composing.compose(
            notice.kind,
            notice.channel,
            notice.language,
            facts,
            link=link,
            code=code,
            base=public_url,
            own=own,
        )
        calendar, method = _calendar(notice, court_address)
        court = facts["court"]["name"]
    except Exception as fault:  # of whatever kind: one letter must not hold up all others
        raise ComposeFailed(f"the letter could not be written: {fault}") from fault
    outgoing = OutgoingMessage(
        reference=notice.attempt,
        channel=notice.channel,
        to=notice.address,
        to_name=notice.name,
        from_name=court,
        language=notice.language,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        calendar=calendar,
        method=method,
        good_for=max(1, int((notice.stale_at - now).total_seconds())),
    )
    shown: dict[str, Any] = {
        "subject": letter.subject,
        "text": without_key(letter.text, link, code),
    }
    if letter.wording:
        shown["wording"] = letter.wording
    if method:
        hearing = facts["hearing"]
        sequence = hearing.get("sequence", hearing["revision"])
        shown["calendar"] = f"{method} {hearing['uid']} {sequence}"
    return outgoing, shown


def _link_and_code(notice: NoticeRow, secret: bytes, public_url: str) -> tuple[str, str]:
    if notice.user_id is not None:
        return f"{public_url}/{notice.about.replace('hearing/', 'hearings/')}", ""
    if notice.kind == NoticeKind.ADDRESS_CODE:
        return "", links.address_code(secret, notice.facts["change"]["id"])
    key = _key(notice, secret)
    if key is None:
        return "", ""
    code, channel = links.format_code(key.code), Channel(notice.channel).traits
    if channel.links_can_be_off and not notice.facts["court"].get("text_links", True):
        return "", code
    # A text is paid for by its length, and the page shows first what is asked now.
    if notice.member_id is not None:
        page = NoticeKind(notice.kind).traits.page if channel.rich else ""
        return f"{public_url}/m/{key.token}{page}", code
    return f"{public_url}/r/{key.token}{_place(notice) if channel.rich else ''}", code


def _place(notice: NoticeRow) -> str:
    """Return what is behind a key in the address of the page that a notice is about."""
    hearing_id = Matter.hearing_id(notice.about)
    return NoticeKind(notice.kind).traits.page + (f"?hearing={hearing_id}" if hearing_id else "")


def _key(notice: NoticeRow, secret: bytes) -> keys.Key | None:
    """Return the key that a notice's letter carries, or None if it carries none."""
    if notice.delegate_id is not None:
        return keys.of_delegate(secret, notice.delegate_id)
    if notice.member_id is not None:
        return keys.of_member(secret, notice.member_id, notice.link_version)
    if notice.representation_id is not None:
        return keys.of_representation(secret, notice.representation_id, notice.link_version)
    if notice.invitation_id is not None:
        return keys.of_invitation(secret, notice.invitation_id, notice.link_version)
    return None


def _calendar(notice: NoticeRow, court_address: str) -> tuple[bytes | None, str | None]:
    # Only counsel is invited: a delegate has the calendar file on their page.
    if not Channel(notice.channel).traits.rich or notice.delegate_id is not None:
        return None, None
    kind = NoticeKind(notice.kind).traits
    write, method = ical.invite, kind.invite
    if notice.facts.get("tentative"):
        write, method = ical.tentative, kind.tentative
    elif not notice.facts["hearing"]["starts_at"]:
        method = None
    if not notice.facts.get("in_calendars", True):
        method = None
    if method is None:
        return None, None
    calendar = write(
        notice.facts,
        method=method.value,
        stamp=notice.created_at,
        language=notice.language,
        organizer=(notice.facts["court"]["name"], court_address),
        attendee=(notice.name, notice.address),
    )
    return calendar, method.value


def without_key(text: str, link: str, code: str) -> str:
    """Return a message's words for the record: the key of its link and its code are left out."""
    for key in (_KEY_IN_LINK.sub("", link), code):
        if key and "/hearings/" not in key:
            text = text.replace(key, HIDDEN)
    return text
