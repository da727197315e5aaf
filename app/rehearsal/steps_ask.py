"""Steps: slots are proposed, both sides are asked and answer, the hearing is fixed."""

import re
from typing import Any
from urllib.parse import urljoin

from app.carriers.standin import ReceivedMessage
from app.core.channels import Channel
from app.core.errors import N_, Message
from app.rehearsal.browser import HtmlPage
from app.rehearsal.environment import PATIENCE, RehearsalEnvironment
from app.rehearsal.report import ANSWERED, NotObserved, expect
from app.rehearsal.script import COUNSEL, NUMBERS, ROOMS, RehearsalCounsel, RehearsalScript

HEARING_STATE = N_("the hearing is %(state)s, not %(expected)s")
LINK = re.compile(r"https?://\S+/r/[A-Za-z0-9_-]{22}")


def propose(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
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
    expect(status == 201, ANSWERED, request="POST /hearings", status=status, answer=str(answer))
    expect(answer["state"] == "proposed", HEARING_STATE, state=answer["state"], expected="proposed")
    slots = len(answer["slots"])
    expect(slots == 2, N_("it has %(count)s slots, not 2"), count=slots)
    expect(not env.arrived(), N_("a message was sent before the worker ran"))
    script.hearing = answer
    words = N_("201, hearing %(id)s is proposed with %(slots)s slots; nothing sent yet")
    return Message(words, id=answer["id"], slots=slots)


def asked(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Check that both sides' messages were queued at one moment and arrived on both channels."""
    status, record = env.api("GET", f"/hearings/{script.hearing_id}/contacts")
    expect(status == 200, ANSWERED, request="GET …/contacts", status=status, answer=str(record))
    queued = [
        (line["at"], line["detail"].get("due_at"))
        for attempt in record["attempts"]
        if attempt["kind"] == "proposal"
        for line in attempt["lines"]
        if line["what"] == "queued"
    ]
    expect(len(queued) == 4, N_("%(count)s messages were queued, not 4"), count=len(queued))
    expect(
        len(set(queued)) == 1,
        N_("they were not queued at the same moment: %(times)s"),
        times=str(sorted(set(queued))),
    )
    new = env.beat()
    for who in COUNSEL:
        own = addressed(new, who)
        expect(
            {m.channel for m in own} == set(Channel) and len(own) == 2,
            N_("%(name)s got messages on these channels: %(channels)s"),
            name=who.name,
            channels=[str(m.channel) for m in own],
        )
        for message in own:
            match = LINK.search(message.text)
            expect(
                match,
                N_("the message to %(name)s (%(channel)s) contains no link"),
                name=who.name,
                channel=str(message.channel),
            )
            if match:
                script.links.setdefault(who.name, match.group())
                expect(
                    script.links[who.name] == match.group(),
                    N_("%(name)s got two different links"),
                    name=who.name,
                )
    links = set(script.links.values())
    expect(len(links) == len(COUNSEL), N_("the two sides got the same link"))
    words = N_("4 messages queued at %(time)s; each side received one mail and one text")
    return Message(words, time=queued[0][0])


def addressed(messages: list[ReceivedMessage], who: RehearsalCounsel) -> list[ReceivedMessage]:
    """Return the messages to one counsel."""
    return [message for message in messages if message.to in (who.email, who.phone)]


def offered(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Check that the proposal counts as offered once each side's message was accepted."""
    status, answer = env.api("GET", f"/hearings/{script.hearing_id}")
    is_offered = status == 200 and answer.get("offered")
    expect(is_offered, "%(status)s, offered: %(time)s", status=status, time=answer.get("offered"))
    return Message(N_("a carrier has accepted a message to each side"))


def double_booking(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
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
    expect(status == 409, ANSWERED, request="POST /hearings", status=status, answer=str(answer))
    detail = str(answer.get("detail", ""))
    words = N_("the refusal does not name the other case: %(detail)s")
    expect(NUMBERS[0] in detail, words, detail=detail)
    return Message("409: %(detail)s", detail=detail)


def first_answer(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Accept both slots for the first side; one side alone decides nothing."""
    state = _answer(env, script, COUNSEL[0], ("if_needed", "yes"))
    expect(state["state"] == "proposed", HEARING_STATE, state=state["state"], expected="proposed")
    words = N_("%(name)s answered on the page without scripts; the hearing waits for the other")
    return Message(words, name=COUNSEL[0].name)


def second_answer(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Accept the later slot only, for the second side."""
    _answer(env, script, COUNSEL[1], ("no", "yes"))
    return Message(N_("%(name)s accepted the second slot only"), name=COUNSEL[1].name)


def _answer(
    env: RehearsalEnvironment, script: RehearsalScript, who: RehearsalCounsel, says: tuple[str, str]
) -> dict[str, Any]:
    """Open a link as a browser does, check that this decides nothing, choose and send."""
    link = script.links[who.name]
    page = env.http.get(link, timeout=PATIENCE)
    words = N_("the link of %(name)s answered %(status)s")
    expect(page.status_code == 200, words, name=who.name, status=page.status_code)
    form = HtmlPage(page.text).form_with("slot-")
    if form is None:
        raise NotObserved(N_("the page of %(name)s has no form with slots"), name=who.name)
    _, before = env.api("GET", f"/hearings/{script.hearing_id}")
    expect(before["state"] == "proposed", N_("opening the link changed the hearing"))
    names = [f"slot-{slot['id']}" for slot in script.hearing["slots"]]
    for name in names:
        expect(
            {"yes", "if_needed", "no"} <= set(form.choices.get(name, [])),
            N_("the field %(field)s offers %(choices)s"),
            field=name,
            choices=form.choices.get(name, []),
        )
    script.forms[who.name] = form
    body = form.filled(**dict(zip(names, says, strict=True)))
    answer = env.http.post(urljoin(link, form.action), data=body, timeout=PATIENCE)
    expect(
        answer.status_code == 200,
        ANSWERED,
        request="POST /r/…",
        status=answer.status_code,
        answer=HtmlPage(answer.text).words[:200],
    )
    status, answer = env.api("GET", f"/hearings/{script.hearing_id}")
    expect(status == 200, ANSWERED, request="GET /hearings/…", status=status, answer=str(answer))
    return dict(answer)


def fixed(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Check that the slot that both accepted is the hearing's date."""
    _, answer = env.api("GET", f"/hearings/{script.hearing_id}")
    agreed = script.hearing["slots"][1]
    starts_at, revision = answer["starts_at"], answer["revision"]
    expect(answer["state"] == "fixed", HEARING_STATE, state=answer["state"], expected="fixed")
    expect(starts_at == agreed["starts_at"], N_("it is fixed for %(time)s"), time=starts_at)
    expect(revision == 1, N_("its revision is %(revision)s, not 1"), revision=revision)
    script.hearing = answer
    words = N_("%(time)s, %(courtroom)s, revision 1")
    return Message(words, time=starts_at, courtroom=answer["courtroom"])


def too_late(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Submit the first form again, when there is nothing left to answer."""
    who = COUNSEL[0]
    form = script.forms[who.name]
    body = form.filled(**{name: "no" for name in form.choices if name.startswith("slot-")})
    answer = env.http.post(
        urljoin(script.links[who.name], form.action), data=body, timeout=PATIENCE
    )
    words = HtmlPage(answer.text).words
    status = answer.status_code
    expect(status == 410, ANSWERED, request="POST /r/…", status=status, answer=words[:200])
    expect(len(words) > 20, N_("the page is empty"))
    _, answer = env.api("GET", f"/hearings/{script.hearing_id}")
    state = answer["state"]
    expect(state == "cancelled", HEARING_STATE, state=state, expected="cancelled")
    return Message(N_("410 with a page that explains it; nothing changed"))
