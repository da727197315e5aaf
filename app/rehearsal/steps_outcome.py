"""Step: a hearing that one side does not come to, and what both sides read of it."""

import datetime as dt

from app.core.errors import N_, Message
from app.rehearsal.browser import HtmlPage
from app.rehearsal.environment import PATIENCE, RehearsalEnvironment
from app.rehearsal.report import ANSWERED, expect
from app.rehearsal.script import COUNSEL, ROOMS, RehearsalScript


def absence(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Hold a further hearing of the case, to which the respondent does not come."""
    starts_at = script.moved_to + dt.timedelta(days=14)
    body = {
        "case_id": script.case_ids[0],
        "minutes": 60,
        "slots": [{"starts_at": starts_at.isoformat(), "courtroom": ROOMS[0][0]}],
        "answer_by": (starts_at - dt.timedelta(days=7)).isoformat(),
        "override_reason": "Rehearsal",
    }
    status, hearing = env.api("POST", "/hearings", body)
    expect(status == 201, ANSWERED, request="POST /hearings", status=status, answer=str(hearing))
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "Rehearsal of an order"}
    status, answer = env.api("POST", f"/hearings/{hearing['id']}/fix", order)
    expect(status == 200, ANSWERED, request="POST …/fix", status=status, answer=str(answer))
    env.beat()
    env.clock.set(starts_at + dt.timedelta(minutes=30))
    entry = {"outcome": "not_held", "absent": ["respondent"]}
    status, answer = env.api("POST", f"/hearings/{hearing['id']}/outcome", entry)
    expect(status == 200, ANSWERED, request="POST …/outcome", status=status, answer=str(answer))
    [absent] = answer["outcome"]["absent"]
    expect(absent["name"] == COUNSEL[1].name, N_("%(name)s is absent"), name=absent["name"])
    for who in COUNSEL:
        page = env.http.get(f"{script.links[who.name]}/record", timeout=PATIENCE)
        seen = COUNSEL[1].name in HtmlPage(page.text).words
        expect(seen, N_("%(name)s does not read of it"), name=who.name)
    words = N_("%(name)s did not come; evidence of notice: %(grade)s; both sides read it")
    return Message(words, name=absent["name"], grade=absent["evidence"])
