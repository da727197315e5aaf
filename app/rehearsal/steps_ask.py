"""Steps: slots are proposed, both sides are asked and answer, the hearing is fixed."""

import re
from typing import Any
from urllib.parse import urljoin

from app.carriers.standin import ReceivedMessage
from app.core.channels import Channel
from app.rehearsal.browser import HtmlPage
from app.rehearsal.environment import PATIENCE, RehearsalEnvironment
from app.rehearsal.report import NotObserved, expect
from app.rehearsal.script import COUNSEL, NUMBERS, ROOMS, RehearsalCounsel, RehearsalScript

LINK = re.compile(r"https?://\S+/r/[A-Za-z0-9_-]{22}")


def propose(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Propose two slots by the API; the request sends nothing itself."""
    body = {
        "case_id": script.case_ids[0],
        "kind": "trial",
        "minutes": 90,
        "fix": "auto",
        "slots": [
            {"starts_at": at.isoformat(), "courtroom": room}
            for at, (room, _) in zip(script.slots, ROOMS, strict=True)
        ],
        "answer_by": script.answer_by.isoformat(),
    }
    status, answer = env.api("POST", "/hearings", body)
    expect(status == 201, f"POST /hearings answered {status}: {answer}")
    expect(answer["state"] == "proposed", f"the hearing is {answer['state']}, not proposed")
    expect(len(answer["slots"]) == 2, f"it has {len(answer['slots'])} slots, not 2")
    expect(not env.arrived(), "a message left before the worker ran")
    script.hearing = answer
    slots = len(answer["slots"])
    return f"201, hearing {answer['id']} is proposed with {slots} slots; nothing sent yet"


def asked(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Check that both sides' messages were queued at one moment and arrived on both channels."""
    status, record = env.api("GET", f"/hearings/{script.hearing_id}/contacts")
    expect(status == 200, f"the record answered {status}: {record}")
    queued = [
        (line["at"], line["detail"].get("due_at"))
        for attempt in record["attempts"]
        if attempt["kind"] == "proposal"
        for line in attempt["lines"]
        if line["what"] == "queued"
    ]
    expect(len(queued) == 4, f"{len(queued)} messages were queued, not 4")
    expect(len(set(queued)) == 1, f"they are not of one moment: {sorted(set(queued))}")
    new = env.beat()
    for who in COUNSEL:
        own = addressed(new, who)
        expect(
            {m.channel for m in own} == set(Channel) and len(own) == 2,
            f"{who.name} got {[m.channel for m in own]}",
        )
        for message in own:
            match = LINK.search(message.text)
            expect(match, f"the {message.channel} to {who.name} carries no link")
            if match:
                script.links.setdefault(who.name, match.group())
                expect(
                    script.links[who.name] == match.group(), f"{who.name} got two different links"
                )
    expect(len(set(script.links.values())) == len(COUNSEL), "the two sides got the same link")
    return f"4 messages queued at {queued[0][0]}, one mail and one text arrived at each side"


def addressed(messages: list[ReceivedMessage], who: RehearsalCounsel) -> list[ReceivedMessage]:
    """Return the messages to one counsel."""
    return [message for message in messages if message.to in (who.email, who.phone)]


def offered(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Check that the proposal counts as offered once each side's message was accepted."""
    status, answer = env.api("GET", f"/hearings/{script.hearing_id}")
    expect(status == 200 and answer.get("offered"), f"{status}, offered: {answer.get('offered')}")
    return "a carrier has taken a message to each side"


def double_booking(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Propose the same time in another case; the refusal names the first."""
    body = {
        "case_id": script.case_ids[1],
        "kind": "trial",
        "minutes": 60,
        "fix": "auto",
        "slots": [{"starts_at": script.slots[0].isoformat(), "courtroom": ROOMS[0][0]}],
        "answer_by": script.answer_by.isoformat(),
    }
    status, answer = env.api("POST", "/hearings", body)
    expect(status == 409, f"POST /hearings answered {status}, not 409: {answer}")
    words = str(answer.get("detail", ""))
    expect(NUMBERS[0] in words, f"the refusal does not name the other case: {words}")
    return f"409: {words}"


def first_answer(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Accept both slots for the first side; one side alone decides nothing."""
    state = _answer(env, script, COUNSEL[0], ("if_needed", "yes"))
    expect(state["state"] == "proposed", f"after one answer the hearing is {state['state']}")
    return f"{COUNSEL[0].name} chose on the page, without scripts; the hearing waits for the other"


def second_answer(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Accept the later slot only, for the second side."""
    _answer(env, script, COUNSEL[1], ("no", "yes"))
    return f"{COUNSEL[1].name} chose the second slot only"


def _answer(
    env: RehearsalEnvironment, script: RehearsalScript, who: RehearsalCounsel, says: tuple[str, str]
) -> dict[str, Any]:
    """Open a link as a browser does, check that this decides nothing, choose and send."""
    link = script.links[who.name]
    page = env.http.get(link, timeout=PATIENCE)
    expect(page.status_code == 200, f"{who.name}'s link answered {page.status_code}")
    form = HtmlPage(page.text).form_with("slot-")
    if form is None:
        raise NotObserved(f"{who.name}'s page has no form with slots")
    _, before = env.api("GET", f"/hearings/{script.hearing_id}")
    expect(before["state"] == "proposed", "opening the link decided something")
    names = [f"slot-{slot['id']}" for slot in script.hearing["slots"]]
    for name in names:
        expect(
            {"yes", "if_needed", "no"} <= set(form.choices.get(name, [])),
            f"{name} offers {form.choices.get(name)}",
        )
    script.forms[who.name] = form
    body = form.filled(**dict(zip(names, says, strict=True)))
    answer = env.http.post(urljoin(link, form.action), data=body, timeout=PATIENCE)
    expect(
        answer.status_code == 200,
        f"the answer was met with {answer.status_code}: {HtmlPage(answer.text).words[:200]}",
    )
    status, answer = env.api("GET", f"/hearings/{script.hearing_id}")
    expect(status == 200, f"GET /hearings/… answered {status}")
    return dict(answer)


def fixed(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Check that the slot that both accepted is the hearing's date."""
    _, answer = env.api("GET", f"/hearings/{script.hearing_id}")
    agreed = script.hearing["slots"][1]
    expect(answer["state"] == "fixed", f"the hearing is {answer['state']}, not fixed")
    expect(answer["starts_at"] == agreed["starts_at"], f"it is fixed for {answer['starts_at']}")
    expect(answer["revision"] == 1, f"its revision is {answer['revision']}, not 1")
    script.hearing = answer
    return f"{answer['starts_at']}, {answer['courtroom']}, revision 1"


def too_late(env: RehearsalEnvironment, script: RehearsalScript) -> str:
    """Submit the first form again, when there is nothing left to answer."""
    who = COUNSEL[0]
    form = script.forms[who.name]
    body = form.filled(**{name: "no" for name in form.choices if name.startswith("slot-")})
    answer = env.http.post(
        urljoin(script.links[who.name], form.action), data=body, timeout=PATIENCE
    )
    words = HtmlPage(answer.text).words
    expect(answer.status_code == 410, f"it was met with {answer.status_code}: {words[:200]}")
    expect(len(words) > 20, "the page says nothing")
    _, answer = env.api("GET", f"/hearings/{script.hearing_id}")
    expect(answer["state"] == "cancelled", f"the hearing became {answer['state']}")
    return "410 with a page in words; nothing changed"
