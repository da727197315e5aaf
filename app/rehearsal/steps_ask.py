"""Steps: slots are proposed, both sides are asked and answer, the hearing is fixed."""

import re
from typing import Any
from urllib.parse import urljoin

from app.carriers.standin import ReceivedMessage
from app.rehearsal.browser import HtmlPage
from app.rehearsal.play import COUNSEL, NUMBERS, ROOMS, RehearsalCounsel, RehearsalScript
from app.rehearsal.report import NotObserved, expect
from app.rehearsal.stage import PATIENCE, RehearsalEnvironment

LINK = re.compile(r"https?://\S+/r/[A-Za-z0-9_-]{22}")


def propose(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Propose two slots by the API; the request sends nothing itself."""
    given = {
        "case_id": play.case_ids[0],
        "kind": "trial",
        "minutes": 90,
        "fix": "auto",
        "slots": [
            {"starts_at": at.isoformat(), "courtroom": room}
            for at, (room, _) in zip(play.slots, ROOMS, strict=True)
        ],
        "answer_by": play.answer_by.isoformat(),
    }
    status, said = stage.api("POST", "/hearings", given)
    expect(status == 201, f"POST /hearings answered {status}: {said}")
    expect(said["state"] == "proposed", f"the hearing is {said['state']}, not proposed")
    expect(len(said["slots"]) == 2, f"it has {len(said['slots'])} slots, not 2")
    expect(not stage.arrived(), "a message left before the worker ran")
    play.hearing = said
    return (
        f"201, hearing {said['id']} is proposed with {len(said['slots'])} slots; nothing sent yet"
    )


def asked(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """See that both sides' messages were queued in one moment and arrived on both channels."""
    status, record = stage.api("GET", f"/hearings/{play.hearing_id}/contacts")
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
    new = stage.beat()
    for who in COUNSEL:
        mine = addressed(new, who)
        expect(
            {m.channel for m in mine} == {"email", "sms"} and len(mine) == 2,
            f"{who.name} got {[m.channel for m in mine]}",
        )
        for message in mine:
            found = LINK.search(message.text)
            expect(found, f"the {message.channel} to {who.name} carries no link")
            if found:
                play.links.setdefault(who.name, found.group())
                expect(play.links[who.name] == found.group(), f"{who.name} got two different links")
    expect(len(set(play.links.values())) == len(COUNSEL), "the two sides got the same link")
    return f"4 messages queued at {queued[0][0]}, one mail and one text arrived at each side"


def addressed(messages: list[ReceivedMessage], who: RehearsalCounsel) -> list[ReceivedMessage]:
    """Return which of some messages went to a counsel."""
    return [message for message in messages if message.to in (who.email, who.phone)]


def offered(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """See that the round counts as offered once each side's message was accepted."""
    status, said = stage.api("GET", f"/hearings/{play.hearing_id}")
    expect(status == 200 and said.get("offered"), f"{status}, offered: {said.get('offered')}")
    return "a carrier has taken a message to each side"


def double_booking(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Ask for the same time in another case; it is refused and the words say for what."""
    given = {
        "case_id": play.case_ids[1],
        "kind": "trial",
        "minutes": 60,
        "fix": "auto",
        "slots": [{"starts_at": play.slots[0].isoformat(), "courtroom": ROOMS[0][0]}],
        "answer_by": play.answer_by.isoformat(),
    }
    status, said = stage.api("POST", "/hearings", given)
    expect(status == 409, f"POST /hearings answered {status}, not 409: {said}")
    words = str(said.get("detail", ""))
    expect(NUMBERS[0] in words, f"the refusal does not name the other case: {words}")
    return f"409: {words}"


def first_answer(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """The first side takes both slots; nothing is decided by one side."""
    state = _answer(stage, play, COUNSEL[0], ("if_needed", "yes"))
    expect(state["state"] == "proposed", f"after one answer the hearing is {state['state']}")
    return f"{COUNSEL[0].name} chose on the page, without scripts; the hearing waits for the other"


def second_answer(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """The second side takes the later slot only."""
    _answer(stage, play, COUNSEL[1], ("no", "yes"))
    return f"{COUNSEL[1].name} chose the second slot only"


def _answer(
    stage: RehearsalEnvironment, play: RehearsalScript, who: RehearsalCounsel, says: tuple[str, str]
) -> dict[str, Any]:
    """Open a link as a browser does, see that this decides nothing, choose and send."""
    link = play.links[who.name]
    page = stage.http.get(link, timeout=PATIENCE)
    expect(page.status_code == 200, f"{who.name}'s link answered {page.status_code}")
    form = HtmlPage(page.text).form_with("slot-")
    if form is None:
        raise NotObserved(f"{who.name}'s page has no form with slots")
    _, before = stage.api("GET", f"/hearings/{play.hearing_id}")
    expect(before["state"] == "proposed", "opening the link decided something")
    names = [f"slot-{slot['id']}" for slot in play.hearing["slots"]]
    for name in names:
        expect(
            {"yes", "if_needed", "no"} <= set(form.choices.get(name, [])),
            f"{name} offers {form.choices.get(name)}",
        )
    play.forms[who.name] = form
    given = form.filled(**dict(zip(names, says, strict=True)))
    answer = stage.http.post(urljoin(link, form.action), data=given, timeout=PATIENCE)
    expect(
        answer.status_code == 200,
        f"the answer was met with {answer.status_code}: {HtmlPage(answer.text).words[:200]}",
    )
    status, said = stage.api("GET", f"/hearings/{play.hearing_id}")
    expect(status == 200, f"GET /hearings/… answered {status}")
    return dict(said)


def fixed(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """See that the slot on which both agree is the hearing's date."""
    _, said = stage.api("GET", f"/hearings/{play.hearing_id}")
    agreed = play.hearing["slots"][1]
    expect(said["state"] == "fixed", f"the hearing is {said['state']}, not fixed")
    expect(said["starts_at"] == agreed["starts_at"], f"it is fixed for {said['starts_at']}")
    expect(said["revision"] == 1, f"its revision is {said['revision']}, not 1")
    play.hearing = said
    return f"{said['starts_at']}, {said['courtroom']}, revision 1"


def too_late(stage: RehearsalEnvironment, play: RehearsalScript) -> str:
    """Send the first page's form once more, now that there is nothing to answer."""
    who = COUNSEL[0]
    form = play.forms[who.name]
    given = form.filled(**{name: "no" for name in form.choices if name.startswith("slot-")})
    answer = stage.http.post(
        urljoin(play.links[who.name], form.action), data=given, timeout=PATIENCE
    )
    words = HtmlPage(answer.text).words
    expect(answer.status_code == 410, f"it was met with {answer.status_code}: {words[:200]}")
    expect(len(words) > 20, "the page says nothing")
    _, said = stage.api("GET", f"/hearings/{play.hearing_id}")
    expect(said["state"] == "cancelled", f"the hearing became {said['state']}")
    return "410 with a page in words; nothing changed"
