"""Steps: a question is asked and answered before all, another date is asked for and agreed on."""

from typing import Any
from urllib.parse import urljoin

import requests

from app.core.channels import Channel
from app.core.errors import N_, Message
from app.rehearsal.browser import HtmlForm, HtmlPage
from app.rehearsal.environment import PATIENCE, RehearsalEnvironment
from app.rehearsal.report import ANSWERED, NotObserved, expect
from app.rehearsal.script import ASSISTANT, COUNSEL, PASSWORD, RehearsalCounsel, RehearsalScript
from app.rehearsal.steps_ask import addressed
from app.rehearsal.steps_tell import UID_CHANGED, calendars, kinds_of, starts_at

SUBJECT, QUESTION = "Original documents", "Which original documents are to be brought?"
REPLY = "The contract and the delivery notes. 合同及送货单。"


def ask_question(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Ask the court on the page of the first side; the other is told at once."""
    asker, other = COUNSEL
    submit(
        env,
        f"{script.links[asker.name]}/questions",
        "/questions",
        subject=SUBJECT,
        words=QUESTION,
        all_sides="1",
    )
    _, answer = env.api("GET", f"/cases/{script.case_ids[0]}/questions")
    questions = [each for each in answer["questions"] if each["subject"] == SUBJECT]
    expect(len(questions) == 1, N_("the court has %(count)s questions"), count=len(questions))
    script.question_id = questions[0]["id"]
    _check_received(env, script, {other.name: {"question": 2}})
    for who in COUNSEL:
        _check_page(env, script, who, QUESTION)
    words = N_("%(name)s asked on the page; the other side got it on 2 channels; due %(time)s")
    return Message(words, name=asker.name, time=questions[0]["due_at"])


def answer_question(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Answer the question; both sides are sent the answer, and read it on their pages."""
    path = f"/questions/{script.question_id}/answer"
    status, answer = env.api("POST", path, {"words": REPLY})
    expect(status == 200, ANSWERED, request="POST …/answer", status=status, answer=str(answer))
    _check_received(env, script, {who.name: {"question_answered": 2} for who in COUNSEL})
    for who in COUNSEL:
        _check_page(env, script, who, REPLY)
    return Message(N_("both sides got the answer on 2 channels, and read it on their pages"))


def _check_page(
    env: RehearsalEnvironment, script: RehearsalScript, who: RehearsalCounsel, words: str
) -> None:
    page = env.http.get(f"{script.links[who.name]}/questions", timeout=PATIENCE)
    missing = N_("the page of %(name)s does not show it")
    expect(words in HtmlPage(page.text).words, missing, name=who.name)


def ask_to_move(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Ask for another date; the other side is asked at once, and the date stays."""
    request = _ask_to_move(env, script, COUNSEL[1], COUNSEL[0])
    words = N_("%(name)s asked; the other side was asked on 2 channels about %(count)s times")
    return Message(words, name=COUNSEL[1].name, count=len(request["slots"]))


def _ask_to_move(
    env: RehearsalEnvironment,
    script: RehearsalScript,
    asker: RehearsalCounsel,
    other: RehearsalCounsel,
) -> dict[str, Any]:
    before = script.hearing["revision"]
    submit(env, f"{script.links[asker.name]}/move", "/move", kind="settlement")
    _check_received(env, script, {other.name: {"move_asked": 2}})
    _, hearing = env.api("GET", f"/hearings/{script.hearing_id}")
    expect(hearing["revision"] == before, N_("asking changed the date"))
    request = _newest_request(env, script)
    state, count = request["state"], len(request["slots"])
    words = N_("the request is %(state)s, with %(count)s times")
    expect(state == "open" and count, words, state=state, count=count)
    return request


def _newest_request(env: RehearsalEnvironment, script: RehearsalScript) -> dict[str, Any]:
    status, answer = env.api("GET", f"/hearings/{script.hearing_id}/move-requests")
    expect(status == 200, ANSWERED, request="GET …", status=status, answer=str(answer))
    return dict(answer["move_requests"][0])


def agree_by_digit(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Agree to the first time by a text with its digit, as the carrier passes it on."""
    who = COUNSEL[0]
    status = env.standins[Channel.SMS].incoming(who.phone, "1", env.url)
    if status is None:
        _agree_by_link(env, script, who)
        words = N_("%(carrier)s takes no texts: %(name)s agreed on the page")
        return Message(words, carrier=Message(env.labels[Channel.SMS]), name=who.name)
    expect(status == 200, N_("the text was answered with %(status)s"), status=status)
    request = _newest_request(env, script)
    agreed, first = request["agreed_slot"], request["slots"][0]["id"]
    expect(agreed == first, N_("they agree on %(agreed)s, not on the first"), agreed=agreed)
    expected = {who.name: {"move_answered": 1}, COUNSEL[1].name: {"move_agreed": 1}}
    _check_received(env, script, expected)
    return Message(
        N_("%(name)s agreed by the text “1”; all agree on the first time"), name=who.name
    )


def move_by_one_press(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Sign in, press the one button on the home page; everybody gets the new date."""
    agreed = _agreed_slot(_newest_request(env, script))
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(f"{env.url}/sign-in", timeout=PATIENCE)
        _post(browser, page, "/sign-in", email=ASSISTANT, password=PASSWORD)
        home = browser.get(env.url, timeout=PATIENCE)
        _post(browser, home, "/move")
    return _check_moved(env, script, agreed)


def agree_by_link(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Ask once more, from the other side; agree on the page, and let a program decide."""
    _ask_to_move(env, script, COUNSEL[0], COUNSEL[1])
    _agree_by_link(env, script, COUNSEL[1])
    expected = {COUNSEL[1].name: {"move_answered": 1}, COUNSEL[0].name: {"move_agreed": 1}}
    _check_received(env, script, expected)
    request = _newest_request(env, script)
    agreed = _agreed_slot(request)
    path = f"/hearings/{script.hearing_id}/move-requests/{request['number']}"
    status, answer = env.api("POST", path, {"decision": "move", "slot": agreed["id"]})
    words = "POST …/move-requests/…"
    expect(status == 200, ANSWERED, request=words, status=status, answer=str(answer))
    return _check_moved(env, script, agreed)


def _agree_by_link(
    env: RehearsalEnvironment, script: RehearsalScript, who: RehearsalCounsel
) -> None:
    submit(env, script.links[who.name], "/move/opinion", stance="all")


def _agreed_slot(request: dict[str, Any]) -> dict[str, Any]:
    agreed = [slot for slot in request["slots"] if slot["id"] == request["agreed_slot"]]
    expect(len(agreed) == 1, N_("all sides agree on none of the times"))
    return dict(agreed[0])


def _check_moved(
    env: RehearsalEnvironment, script: RehearsalScript, agreed: dict[str, Any]
) -> Message:
    """Check that the hearing has the agreed time, and that everybody got it with an invite."""
    before, uid = script.hearing["revision"], script.uid
    _, hearing = env.api("GET", f"/hearings/{script.hearing_id}")
    seen = (hearing["state"], hearing["revision"], hearing["starts_at"])
    words = N_("the hearing is %(seen)s")
    expect(seen == ("fixed", before + 1, agreed["starts_at"]), words, seen=str(seen))
    script.hearing = hearing
    _check_received(env, script, {who.name: {"moved": 2} for who in COUNSEL})
    new = calendars(script.arrived, "REQUEST", before + 1, starts_at(script))
    expect(new == uid, UID_CHANGED, old=uid, new=new)
    words = N_("moved to %(time)s by agreement; both sides got %(calendar)s with the same UID")
    calendar = f"METHOD:REQUEST SEQUENCE:{before + 1}"
    return Message(words, time=hearing["starts_at"], calendar=calendar)


def _check_received(
    env: RehearsalEnvironment, script: RehearsalScript, expected: dict[str, dict[str, int]]
) -> None:
    """Run the worker once; check what each counsel got, by kind of message."""
    script.arrived = env.beat()
    for who in COUNSEL:
        seen = dict(kinds_of(env, script, addressed(script.arrived, who)))
        words = N_("%(name)s got %(messages)s")
        expect(seen == expected.get(who.name, {}), words, name=who.name, messages=str(seen))


def submit(env: RehearsalEnvironment, url: str, action: str, **values: str) -> None:
    """Open a page of counsel as a browser does, fill in a form, leave what is ticked, send it."""
    _post(env.http, env.http.get(url, timeout=PATIENCE), action, **values)


def _post(browser: requests.Session, page: requests.Response, action: str, **values: str) -> None:
    form = _form(page, action)
    data: dict[str, Any] = form.filled(**values) | {
        name: ticked for name, ticked in form.ticked.items() if name not in values
    }
    answer = browser.post(urljoin(page.url, form.action), data=data, timeout=PATIENCE)
    expect(
        answer.status_code == 200,
        ANSWERED,
        request=f"POST …{action}",
        status=answer.status_code,
        answer=HtmlPage(answer.text).words[:200],
    )


def _form(page: requests.Response, action: str) -> HtmlForm:
    form = HtmlPage(page.text).form_to(action)
    if form is None:
        raise NotObserved(N_("the page has no form to %(address)s"), address=action)
    return form
