"""The clients: the assistant by the API, counsel by their links; and a log of their responses."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from app.cases import keys
from tests.conftest import SECRET, at, case_with
from tests.soak.plan import CASES, Act, Slot

PATIENT = 20.0  # seconds for one response
OFTEN = 40  # how often somebody tries who is not answered, or told to come again
ROOM_NAMES = ("第三法庭", "第五法庭")


@dataclass(frozen=True)
class ClientResponse:
    """One HTTP response: the request, its status, Retry-After, and whether its body has words."""

    what: str
    status: int
    retry_after: str = ""
    in_words: bool = True
    about: str = ""


@dataclass
class ClientLog:
    """All responses that the clients got, and what these said was done. Safe for threads."""

    answers: list[ClientResponse] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    proposed: dict[int, int] = field(default_factory=dict)  # hearing by act
    given_up: list[int] = field(default_factory=list)
    cancelled: set[int] = field(default_factory=set)
    revisions: list[tuple[int, int, int]] = field(default_factory=list)  # hearing, before, after
    answered: list[tuple[int, int]] = field(default_factory=list)  # act, seat
    guard: threading.Lock = field(default_factory=threading.Lock)

    def add_response(self, answer: ClientResponse) -> None:
        """Add a response."""
        with self.guard:
            self.answers.append(answer)

    def add_lost(self, what: str) -> None:
        """Add a request that got no response."""
        with self.guard:
            self.lost.append(what)


class Unanswered(Exception):  # noqa: N818
    """A client gave up after many tries."""


@dataclass
class People:
    """Everybody who acts over HTTP."""

    url: str
    token: str
    client_log: ClientLog
    twilio_reply: Any
    cases: list[int] = field(default_factory=list)
    again: threading.Event = field(default_factory=threading.Event)

    def ask(self, what: str, path: str, **given: Any) -> requests.Response:
        """Ask until there is an answer other than "come again"; raises Unanswered."""
        method = "POST" if "json" in given or "data" in given else "GET"
        for _ in range(OFTEN):
            try:
                with requests.Session() as http:
                    http.trust_env = False
                    answer = http.request(method, f"{self.url}{path}", timeout=PATIENT, **given)
            except requests.RequestException:
                self.client_log.add_lost(what)
                self.again.wait(0.05)
                continue
            self.client_log.add_response(_client_response(what, answer))
            if answer.status_code != 503:
                return answer
            self.again.wait(0.1)
        raise Unanswered(what)

    def api(self, act: int, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """Ask the API; the same act is named by the same key, however often it is said."""
        head = {"Authorization": f"Bearer {self.token}"}
        if body is None:
            answer = self.ask(f"GET {shape(path)}", f"/api/v1{path}", headers=head)
        else:
            head["Idempotency-Key"] = f"act {act} {path}"
            answer = self.ask(f"POST {shape(path)}", f"/api/v1{path}", headers=head, json=body)
        return answer.status_code, answer.json()

    def enter_cases(self) -> None:
        """Let the court have its cases: two judges, counsel who act in two of them."""
        for n in range(CASES):
            counsel = [_counsel(n), _counsel(CASES + n // 2)]
            body = case_with(f"（2026）沪0115民初{n}号", *counsel, judge=f"法官{n % 2}")
            status, case = self.api(-n, "/cases", body)
            assert status == 201, case
            self.cases.append(case["id"])

    def do(self, act: Act) -> None:
        """Do what a plan says; who is never answered gives up, and that is written down."""
        try:
            getattr(self, f"_{act.what}")(act)
            if act.twice and act.what not in ("answer", "answer_all", "text"):
                getattr(self, f"_{act.what}")(act)
        except Unanswered:
            with self.client_log.guard:
                self.client_log.given_up.append(act.number)

    def _hearing(self, act: Act) -> int | None:
        """Return the hearing that an act is about: the newest that was made by then."""
        made = [number for number in self.client_log.proposed if number <= act.of]
        return self.client_log.proposed[max(made)] if made else None

    def _propose(self, act: Act) -> None:
        body = {
            "case_id": self.cases[act.case],
            "kind": "trial",
            "minutes": act.minutes,
            **_round(act),
            "fix": "auto" if act.auto else "assistant",
        }
        status, said = self.api(act.number, "/hearings", body)
        if status == 201:
            with self.client_log.guard:
                self.client_log.proposed[act.number] = said["id"]

    def _look(self, act: Act) -> None:
        if hearing := self._hearing(act):
            self.api(act.number, f"/hearings/{hearing}/contacts")
            for path in self._links(act, hearing):
                self.ask("GET /r/…", path)

    def _fix(self, act: Act) -> None:
        if not (hearing := self._hearing(act)):
            return
        _, shown = self.api(act.number, f"/hearings/{hearing}")
        slot = shown["slots"][act.who % len(shown["slots"])]["id"]
        self._change(act, hearing, "fix", {"slot_id": slot, "reason": "依职权"})

    def _move(self, act: Act) -> None:
        if hearing := self._hearing(act):
            [slot] = _slots(act.slots)
            self._change(act, hearing, "move", {**slot, "reason": "改期"})

    def _move_asking(self, act: Act) -> None:
        if hearing := self._hearing(act):
            self._change(act, hearing, "move", {**_round(act), "reason": "改期"})

    def _cancel(self, act: Act) -> None:
        if hearing := self._hearing(act):
            status = self._change(act, hearing, "cancel", {"reason": "撤诉"})
            if status == 200:
                with self.client_log.guard:
                    self.client_log.cancelled.add(hearing)

    def _change(self, act: Act, hearing: int, how: str, body: Mapping[str, Any]) -> int:
        _, before = self.api(act.number, f"/hearings/{hearing}")
        status, _ = self.api(act.number, f"/hearings/{hearing}/{how}", body)
        _, after = self.api(act.number, f"/hearings/{hearing}")
        with self.client_log.guard:
            self.client_log.revisions.append((hearing, before["revision"], after["revision"]))
        return status

    def _links(self, act: Act, hearing: int) -> list[str]:
        _, shown = self.api(act.number, f"/hearings/{hearing}")
        seats = [each["representation_id"] for each in shown["invitations"]]
        tokens = [keys.of_representation(SECRET, seat, 1).token for seat in seats]
        return [f"/r/{token}?hearing={hearing}" for token in tokens]

    def _answer_all(self, act: Act) -> None:
        self._answers(act, slice(None), ("yes", *act.says[1:]))

    def _answer(self, act: Act) -> None:
        self._answers(act, slice(act.who, act.who + 1), act.says)

    def _answers(self, act: Act, who: slice, says: tuple[str, ...]) -> None:
        if not (hearing := self._hearing(act)):
            return
        for path in self._links(act, hearing)[who]:
            page = self.ask("GET /r/…", path).text
            slots = sorted(set(re.findall(r'name="(slot-\d+)"', page)))
            nonce = re.search(r'name="nonce"[^>]*value="([^"]+)"', page)
            if not slots or not nonce:
                continue
            form = {name: says[n % len(says)] for n, name in enumerate(slots)}
            form |= {"comment": f"act {act.number}", "nonce": nonce[1]}
            for _ in range(1 + act.twice):
                self.ask("POST /r/…", path, data=form)

    def _text(self, act: Act) -> None:
        """Counsel answers by a text, which Twilio posts twice if it was not heard."""
        digits = "1" if act.says[0] != "no" else "0"
        for _ in range(1 + act.twice):
            try:
                status, said = self.twilio_reply(
                    _counsel(act.case)["phone"],
                    digits,
                    f"{self.url}/twilio/inbound",
                    sid=f"SM{act.number:032}",
                )
                self.client_log.add_response(
                    ClientResponse("POST /twilio/inbound", status, "30", bool(said))
                )
            except requests.RequestException:
                self.client_log.add_lost("POST /twilio/inbound")


def _client_response(what: str, answer: requests.Response) -> ClientResponse:
    kind = answer.headers.get("Content-Type", "")
    worded = bool(answer.json().get("detail")) if "problem" in kind else len(answer.text) > 50
    return ClientResponse(
        what,
        answer.status_code,
        answer.headers.get("Retry-After", ""),
        worded and "Traceback" not in answer.text,
        answer.text[:200] if answer.status_code >= 500 else "",
    )


def shape(path: str) -> str:
    """Return a path with its numbers left out."""
    return re.sub(r"/\d+", "/…", path)


def _counsel(n: int) -> dict[str, Any]:
    ways = (["sms", "email"], ["email", "sms"], ["sms"], ["email"])[n % 4]
    return {
        "name": f"代理人{n}",
        "email": f"c{n}@firm.example",
        "phone": f"1380013{8000 + n}",
        "language": ("zh", "en")[n % 2],
        "channels": ways,
    }


def _slots(slots: tuple[Slot, ...]) -> list[dict[str, str]]:
    return [
        {"starts_at": at(each.day, each.at), "courtroom": ROOM_NAMES[each.room]} for each in slots
    ]


def _round(act: Act) -> dict[str, Any]:
    return {"slots": _slots(act.slots), "answer_by": at(7, "17:00")}
