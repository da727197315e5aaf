"""Answers to invites as three families of calendar programs send them, built by hand."""

import base64
import datetime as dt
import textwrap
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from tests.conftest import Scenario

SERVER = "mx.court.example"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Invited:
    """What a calendar program keeps of an invite."""

    uid: str
    sequence: int
    attendee: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    method: str
    event: Any


def invited(scenario: Scenario, to: str) -> Invited:
    """The newest invite that was mailed to somebody, as their calendar program reads it."""
    for file in sorted((scenario.folder / "outbox").glob("*.eml"), reverse=True):
        mail = message_from_bytes(file.read_bytes())
        if to not in str(mail["To"]):
            continue
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                body = part.get_payload(decode=True)
                assert isinstance(body, bytes)
                calendar = icalendar.Calendar.from_ical(body)
                event = calendar.walk("VEVENT")[0]
                return Invited(
                    str(event["UID"]),
                    int(event["SEQUENCE"]),
                    str(event["ATTENDEE"]).removeprefix("mailto:"),
                    event["DTSTART"].dt,
                    event["DTEND"].dt,
                    str(calendar["METHOD"]),
                    event,
                )
    raise LookupError(f"no invite was sent to {to}")


def vouched(sender: str, server: str = SERVER, result: str = "pass") -> str:
    """What the court's own server writes above a mail."""
    domain = sender.rpartition("@")[2]
    return (
        f"Authentication-Results: {server};\r\n"
        f" dkim={result} (2048-bit key) header.d={domain} header.s=s1;\r\n"
        f" dmarc={result} (p=REJECT) header.from={domain}\r\n"
    )


def mail(sender: str, body: str, *, above: str | None = None, subject: str = "Re") -> str:
    """A mail with its headers as they stand in the mailbox; ``body`` begins with headers too."""
    top = vouched(sender) if above is None else above
    return (
        f"{top}Received: from mail.example by {SERVER}; Mon, 23 Nov 2026 02:00:00 +0000\n"
        f"From: Somebody <{sender}>\nTo: court@court.example\nSubject: {subject}\n"
        f"Message-ID: <{abs(hash((sender, body)))}@mail.example>\n"
        f"Date: Mon, 23 Nov 2026 02:00:00 +0000\nMIME-Version: 1.0\n{body}"
    )


def utc(at: dt.datetime) -> str:
    """A time as UTC."""
    return at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def gmail(
    to: Invited, says: str, *, at: str = "20261123T020000Z", more: str = "", **changed: Any
) -> str:
    """Google Calendar: UTC, in an alternative and attached, the comment as a parameter."""
    sender = changed.pop("sender", to.attendee)
    uid, sequence = changed.pop("uid", to.uid), changed.pop("sequence", to.sequence)
    who = changed.pop("attendee", to.attendee)
    method = changed.pop("method", "REPLY")
    starts_at = changed.pop("starts_at", to.starts_at)
    calendar = textwrap.dedent(f"""\
        BEGIN:VCALENDAR
        PRODID:-//Google Inc//Google Calendar 70.9054//EN
        VERSION:2.0
        CALSCALE:GREGORIAN
        METHOD:{method}
        BEGIN:VEVENT
        DTSTART:{utc(starts_at)}
        DTEND:{utc(starts_at + (to.ends_at - to.starts_at))}
        DTSTAMP:{at}
        ORGANIZER;CN=court@court.example:mailto:court@court.example
        UID:{uid}
        ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={says};CN=li;X-NUM-GUESTS=0;X-RESPONSE-COMMENT="On my way":mailto:{who}
        CREATED:20261123T010000Z
        LAST-MODIFIED:{at}
        SEQUENCE:{sequence}
        STATUS:CONFIRMED
        SUMMARY:Trial
        TRANSP:OPAQUE
        {more}
        END:VEVENT
        END:VCALENDAR
        """).replace("\n\n", "\n")
    body = f"""Content-Type: multipart/mixed; boundary="000000000000a"

--000000000000a
Content-Type: multipart/alternative; boundary="000000000000b"

--000000000000b
Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes

li has accepted this invitation.

--000000000000b
Content-Type: text/calendar; charset="UTF-8"; method={method}
Content-Transfer-Encoding: 7bit

{calendar}
--000000000000b--
--000000000000a
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

{base64.encodebytes(calendar.encode()).decode()}
--000000000000a--
"""
    return mail(sender, body, subject="Accepted: Trial @ Mon", **changed)


def outlook(to: Invited, says: str, **changed: Any) -> str:
    """Outlook: base64, a zone of Windows' name, another summary, no CN, no ORGANIZER."""
    calendar = textwrap.dedent(f"""\
        BEGIN:VCALENDAR
        METHOD:REPLY
        PRODID:Microsoft Exchange Server 2010
        VERSION:2.0
        BEGIN:VTIMEZONE
        TZID:China Standard Time
        BEGIN:STANDARD
        DTSTART:16010101T000000
        TZOFFSETFROM:+0800
        TZOFFSETTO:+0800
        END:STANDARD
        END:VTIMEZONE
        BEGIN:VEVENT
        ATTENDEE;PARTSTAT={says}:MAILTO:{to.attendee.upper()}
        COMMENT;LANGUAGE=zh-CN:收到\\n
        UID:{to.uid}
        SUMMARY;LANGUAGE=zh-CN:已接受: 开庭审理
        DTSTART;TZID=China Standard Time:{to.starts_at.astimezone(SHANGHAI):%Y%m%dT%H%M%S}
        DTEND;TZID=China Standard Time:{to.ends_at.astimezone(SHANGHAI):%Y%m%dT%H%M%S}
        CLASS:PUBLIC
        PRIORITY:5
        DTSTAMP:20261123T020500Z
        TRANSP:OPAQUE
        STATUS:CONFIRMED
        SEQUENCE:{to.sequence}
        LOCATION;LANGUAGE=zh-CN:第三法庭
        X-MICROSOFT-CDO-APPT-SEQUENCE:{to.sequence}
        X-MICROSOFT-CDO-BUSYSTATUS:BUSY
        END:VEVENT
        END:VCALENDAR
        """)
    body = f"""Content-Type: multipart/alternative; boundary="_000_A_"

--_000_A_
Content-Type: text/plain; charset="gb2312"
Content-Transfer-Encoding: base64

{base64.encodebytes("收到".encode("gb2312")).decode()}
--_000_A_
Content-Type: text/calendar; charset="utf-8"; method=REPLY
Content-Transfer-Encoding: base64

{base64.encodebytes(calendar.encode()).decode()}
--_000_A_--
"""
    subject = f"=?utf-8?B?{base64.b64encode('已接受: 开庭审理'.encode()).decode()}?="
    return mail(to.attendee, body, subject=subject, **changed)


def apple(to: Invited, says: str, **changed: Any) -> str:
    """Apple Calendar: attached, neither method nor charset among the part's parameters."""
    calendar = textwrap.dedent(f"""\
        BEGIN:VCALENDAR
        CALSCALE:GREGORIAN
        VERSION:2.0
        METHOD:REPLY
        PRODID:-//Apple Inc.//macOS 15.1//EN
        BEGIN:VEVENT
        TRANSP:OPAQUE
        DTEND;TZID=Asia/Shanghai:{to.ends_at.astimezone(SHANGHAI):%Y%m%dT%H%M%S}
        UID:{to.uid}
        DTSTAMP:20261123T021000Z
        SEQUENCE:{to.sequence}
        SUMMARY:开庭审理
        DTSTART;TZID=Asia/Shanghai:{to.starts_at.astimezone(SHANGHAI):%Y%m%dT%H%M%S}
        ORGANIZER;CN="Court";EMAIL="court@court.example":mailto:court@court.example
        ATTENDEE;CN="Zhao Lei";CUTYPE=INDIVIDUAL;EMAIL="{to.attendee}";PARTSTAT={says};ROLE=REQ-PARTICIPANT:/aMTAyNj/principal/
        END:VEVENT
        END:VCALENDAR
        """)
    body = f"""Content-Type: multipart/mixed; boundary=Apple-Webmail-42--7

--Apple-Webmail-42--7
Content-Type: text/plain; charset=utf-8; format=flowed


--Apple-Webmail-42--7
Content-Type: text/calendar; name=iCal-20261123.ics
Content-Disposition: attachment; filename=iCal-20261123.ics
Content-Transfer-Encoding: quoted-printable

{calendar.replace("=", "=3D")}
--Apple-Webmail-42--7--
"""
    return mail(to.attendee, body, **changed)


def bounce(message_id: str, recipient: str, action: str = "failed", status: str = "5.1.1") -> str:
    """A mail system's report that a mail could not be delivered (RFC 3464)."""
    return f"""From: Mail Delivery System <MAILER-DAEMON@mail.example>
To: court@court.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I could not deliver it.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Mon, 23 Nov 2026 02:00:00 +0000

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: no such user

--B
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: yours

--B--
"""
