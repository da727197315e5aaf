"""A mail server and a Twilio that lose, break, delay and deny, each message by its own fate."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session

from app.carriers.smtp.standin import SmtpStandIn
from app.carriers.twilio.standin import TwilioStandIn
from app.carriers.twilio.standin_http import StandInResponse, problem, shown
from tests.soak.clock import SharedClock
from tests.soak.entry import PATIENCE
from tests.soak.fates import SILENT, TAKING, Fate, fate

A_WHILE = 0.15  # seconds by which a slow answer is late
NEVER = "21211"


@dataclass(frozen=True)
class Asked:
    """One message that a carrier was given: by our reference, and what it did with it."""

    reference: str
    channel: str
    to: str
    fate: str
    taken: bool
    sid: str = ""


@dataclass
class Ledger:
    """What all carriers were given, in the order of its coming; whoever waits for more is told."""

    seed: int
    asked: list[Asked] = field(default_factory=list)
    calm: bool = False
    more: threading.Condition = field(default_factory=threading.Condition)

    def decide(self, reference: str, channel: str) -> Fate:
        """Return the fate of an attempt; once all is to come to rest, everything goes well."""
        return Fate.WELL if self.calm else fate(self.seed, reference, channel)

    def write(self, asked: Asked) -> None:
        """Add a line, and tell whoever waits."""
        with self.more:
            self.asked.append(asked)
            self.more.notify_all()

    def wait_for(self, count: int, seconds: float) -> bool:
        """Wait until so many messages were given, at most so long; tell whether they were."""
        with self.more:
            return self.more.wait_for(lambda: len(self.asked) >= count, seconds)


class FickleMail(SmtpStandIn):
    """A mail server whose word about each mail depends on the mail's fate."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self.ledger = ledger

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail or not, and say so, or something else, or nothing."""
        data = envelope.original_content or b""
        reference = str(message_from_bytes(data)["X-Tingqi-Reference"])
        chosen = self.ledger.decide(reference, "email")
        taken = chosen in TAKING
        if taken:
            self._keep(session, envelope)
        self.ledger.write(Asked(reference, "email", envelope.rcpt_tos[0], chosen, taken))
        if chosen in (Fate.SLOW, Fate.STALLED):
            await asyncio.sleep(A_WHILE if chosen is Fate.SLOW else PATIENCE * 1.5)
        if chosen in SILENT and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        if chosen in (Fate.REFUSED, Fate.BROKEN, Fate.BROKEN_TAKEN):
            return "451 4.3.0 Not now"
        return "554 5.7.1 Never" if chosen is Fate.NEVER else "250 2.0.0 Kept"


class FickleTwilio(TwilioStandIn):
    """A Twilio whose answer to each text depends on the text's fate; it takes the house's time."""

    def __init__(self, ledger: Ledger, clock: SharedClock) -> None:
        super().__init__()
        self.ledger, self.clock = ledger, clock
        self.taken: list[dict[str, Any]] = []  # whose receipts are still to be posted

    def _create(self, given: MappingProxyType[str, str]) -> StandInResponse | None:
        reference = reference_of(given["StatusCallback"])
        chosen = self.ledger.decide(reference, "sms")
        taken, sid = chosen in TAKING, ""
        if taken:
            with self._lock:
                text = self._take(given)
                text["date_created"], sid = self.clock.now(), text["sid"]
                # As it is shown now: a receipt may change it before the answer is written.
                answer = shown(text)
        self.ledger.write(Asked(reference, "sms", given["To"], chosen, taken, sid))
        if taken:
            self.taken.append(text)
        if chosen in (Fate.SLOW, Fate.STALLED):
            self._over.wait(A_WHILE if chosen is Fate.SLOW else PATIENCE * 1.5)
        if chosen in SILENT:
            return None
        if chosen in (Fate.BROKEN, Fate.BROKEN_TAKEN):
            return problem(503, 20500, "Internal Server Error")
        if chosen is Fate.REFUSED:
            return problem(429, 20429, "Too Many Requests")
        if chosen is Fate.NEVER:
            return problem(400, int(NEVER), "The 'To' number is not a valid phone number.")
        return StandInResponse(201, answer)

    def post(
        self, text: Mapping[str, Any], status: str, code: str, *, forged: bool
    ) -> tuple[int, Mapping[str, str]]:
        """Post a status callback, signed or with another's signature; return status and headers."""
        form = {
            "MessageSid": text["sid"],
            "SmsSid": text["sid"],
            "AccountSid": self.account_sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": text["to"],
            "From": str(text["from"]),
            "ApiVersion": "2010-04-01",
        }
        if code:
            form["ErrorCode"] = code
        url = text["status_callback"]
        signed = {**form, "MessageStatus": "queued"} if forged else form
        answer = self._posts.post(
            url,
            data=form,
            headers={"X-Twilio-Signature": self.sign(url, signed)},
            timeout=15,
            allow_redirects=False,
        )
        return answer.status_code, answer.headers


def reference_of(callback: str) -> str:
    """Return our reference, which the address of a callback carries."""
    return parse_qs(urlsplit(callback).query)["ref"][0]
