"""Step: a bench of three whose assessor, outside the court, answers by a link of their own."""

import datetime as dt
import re
from typing import Any
from urllib.parse import urljoin

from app.core.errors import N_, Message
from app.rehearsal.browser import HtmlForm, HtmlPage
from app.rehearsal.environment import PATIENCE, RehearsalEnvironment
from app.rehearsal.report import ANSWERED, NotObserved, expect
from app.rehearsal.script import COUNSEL, JUDGE, ROOMS, RehearsalScript

ASSESSOR, ADDRESS = "Ann Assessor", "ann@rehearsal.example"
LINK = re.compile(r"https?://\S+/m/[A-Za-z0-9_-]{22}")


def assessor(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Propose a hearing before a bench of three; its assessor decides between the slots."""
    hearing = _propose(env, script)
    link = _assessor_link(env)
    for who in COUNSEL:
        address = f"{script.links[who.name]}?hearing={hearing['id']}"
        _choose(env, address, ("yes", "yes"))
    state = _state(env, hearing)["state"]
    expect(
        state == "proposed", N_("the hearing did not wait for the assessor: %(state)s"), state=state
    )
    _choose(env, link, ("no", "yes"))
    fixed = _state(env, hearing)
    later = hearing["slots"][1]["starts_at"]
    expect(fixed["starts_at"] == later, N_("the date is %(date)s"), date=fixed["starts_at"])
    env.beat()
    page = HtmlPage(env.http.get(link, timeout=PATIENCE).text)
    for who in COUNSEL:
        shown = who.name in page.words
        expect(not shown, N_("the assessor reads the name of %(name)s"), name=who.name)
    form = next((each for each in page.forms if "reason" in each.fields), None)
    if form is None:
        raise NotObserved(Message(N_("the page has no form to say that one cannot come")))
    _post(env, link, form, form.filled(reason="Rehearsal"))
    status, answer = env.api("GET", f"/hearings/{hearing['id']}/members")
    expect(status == 200, ANSWERED, request="GET …/members", status=status, answer=str(answer))
    [line] = answer["members"]
    expect(line["state"] == "cannot_come", ANSWERED, request="", status=200, answer=str(line))
    env.beat()
    return Message(
        N_("%(name)s decided between two slots, and said later that they cannot come"),
        name=ASSESSOR,
    )


def _propose(env: RehearsalEnvironment, script: RehearsalScript) -> dict[str, Any]:
    first = script.moved_to + dt.timedelta(days=42)
    body = {
        "case_id": script.case_ids[0],
        "minutes": 60,
        "bench": [
            {"name": JUDGE, "role": "presiding"},
            {"name": "Second Judge", "role": "judge"},
            {"name": ASSESSOR, "role": "assessor"},
        ],
        "slots": [
            {"starts_at": (first + dt.timedelta(days=7 * n)).isoformat(), "courtroom": ROOMS[0][0]}
            for n in range(2)
        ],
        "answer_by": (first - dt.timedelta(days=14)).isoformat(),
        "fix": "auto",
        "override_reason": "Rehearsal",
    }
    status, hearing = env.api("POST", "/hearings", body)
    expect(status == 201, ANSWERED, request="POST /hearings", status=status, answer=str(hearing))
    return dict(hearing)


def _assessor_link(env: RehearsalEnvironment) -> str:
    """Enter the assessor's address and return the link that they are sent."""
    status, answer = env.api("GET", "/members")
    expect(status == 200, ANSWERED, request="GET /members", status=status, answer=str(answer))
    [person] = [each for each in answer["members"] if each["name"] == ASSESSOR]
    body = {"email": ADDRESS, "language": "en"}
    status, answer = env.api("PATCH", f"/members/{person['id']}", body)
    expect(status == 200, ANSWERED, request="PATCH /members/…", status=status, answer=str(answer))
    messages = [each for each in env.beat() if each.to == ADDRESS]
    links = {match.group() for each in messages if (match := LINK.search(each.text))}
    expect(len(links) == 1, N_("%(name)s got %(count)s links"), name=ASSESSOR, count=len(links))
    return links.pop()


def _choose(env: RehearsalEnvironment, address: str, says: tuple[str, str]) -> None:
    """Answer two slots in order on somebody's page."""
    form = HtmlPage(env.http.get(address, timeout=PATIENCE).text).form_with("slot-")
    if form is None:
        raise NotObserved(Message(N_("the page asks about no slot")))
    names = [name for name in form.choices if name.startswith("slot-")]
    _post(env, address, form, form.filled(**dict(zip(names, says, strict=True))))


def _post(env: RehearsalEnvironment, page: str, form: HtmlForm, data: dict[str, str]) -> None:
    answer = env.http.post(urljoin(page, form.action), data=data, timeout=PATIENCE)
    seen = HtmlPage(answer.text).words[:200]
    expect(answer.ok, ANSWERED, request="POST", status=answer.status_code, answer=seen)


def _state(env: RehearsalEnvironment, hearing: dict[str, Any]) -> dict[str, Any]:
    status, answer = env.api("GET", f"/hearings/{hearing['id']}")
    expect(status == 200, ANSWERED, request="GET /hearings/…", status=status, answer=str(answer))
    return dict(answer)
