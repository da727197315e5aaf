"""Each page as it is read in Simplified Chinese: no word or mark on it has stayed English."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.cases.models import Representation
from app.core.db import db, transaction
from app.demo import outbox_views
from app.evidence import receipts
from app.hearings.answers import counsel_keys
from app.papers import device_links
from app.papers.models import Filing, Paper, PaperFile
from app.record.models import ChainHead
from app.storage.clamd import ScanState
from app.worker import beat
from tests.conftest import (
    CASE,
    SECRET,
    Scenario,
    at,
    confirmed,
    make_court,
    make_scenario,
    proposal,
)
from tests.counsel.test_answers import answer, browser, do, nonce
from tests.faults.test_database_away import nowhere
from tests.flows.test_pages import FLAT, add, try_in
from tests.flows.test_propose_page import see, wall
from tests.heard import english_in, half_width_in
from tests.papers import tus
from tests.papers.exchanging import opened
from tests.papers.giving import PDF, draft


def read(left: dict[str, list[str]], name: str, page: Any, status: int = 200) -> None:
    """Read a page that was answered, and note the English and the marks of English on it."""
    assert page.status_code == status, (name, page.status_code)
    assert "<html" not in page.text or 'lang="zh' in page.text, name
    if words := english_in(page.text) + half_width_in(page.text):
        left[name] = words


# Read by programs, or what they give is no words of ours.
NOT_READ = re.compile(
    r"api-.*|static|bootstrap\.static|operations\..*|feeds\.calendar|(counsel|member)\.calendar_file|rescheduling\.download|papers\.(download|to_download|as_zip|as_pdf)|counsel\.(papers_receipt_json|draft_state|phone_app_manifest)|counsel\.record_sheet_json|opinions\.record_sheet_json"
    r"|imports\.template|figures\.file|single_sign_on\.callback|signed_receipts\.of_entry_json"
)
# Tried with the keys that counsel and new users get.
BY_KEY = {
    "counsel.page",
    "counsel.contact_record",
    "counsel.signed_receipts",
    "counsel.signed_receipt",
    "counsel.signed_receipt_json",
    "counsel.callbacks",
    "counsel.days_away",
    "feeds.subscribe",
    "people.password",
    "single_sign_on.way_in",
    "paper_notices.paper",
    "certificate.confirmed",
    "signed_receipts.progress",
    "counsel.move_requests",
    "counsel.move_document",
    "counsel.questions",
    "counsel.new_link",
    "counsel.needs",
    "counsel.address",
    "counsel.consent_withdrawal",
    "counsel.delegates",
    "counsel.papers",
    "counsel.papers_draft",
    "counsel.paper",
    "counsel.papers_receipt",
    "counsel.opinions",
    "counsel.record_sheet",
    "opinions.record_sheet",
    "papers.paper",
    "scanning.shown",
    "counsel.phone",
    "counsel.phone_app",
    "member.page",
    "member.signed_receipts",
    "member.signed_receipt",
    "member.signed_receipt_json",
}


def scene(scenario: Scenario) -> dict[str, Any]:
    """Let hearings come to every state; return their numbers and both counsel's links."""
    case = json.loads(json.dumps(CASE))
    case["parties"][1]["counsel"][0]["language"] = "zh"  # pages quote what people were sent
    case_id = scenario.api("POST", "/cases", case)[1]["id"]
    made: dict[str, Any] = {"case_id": case_id}
    names = ("open", "fixed", "cancelled", "moved", "lapsed", "ready", "none", "agreed", "asked")
    for day, name in enumerate(names, start=20):
        more = {"answer_by": at(2)} if name == "lapsed" else {}
        more |= {"fix": "assistant"} if name == "ready" else {}
        slots = ((at(day), "第三法庭"), (at(day, "14:00"), "第五法庭"))
        status, hearing = scenario.api("POST", "/hearings", proposal(case_id, *slots, **more))
        assert status == 201, hearing
        scenario.beat()
        shown = f"?hearing={hearing['id']}"
        links = [scenario.link("li@") + shown, scenario.link("zhao@") + shown]
        made[name] = {"id": hearing["id"], "slot": hearing["slots"][0]["id"], "links": links}
    decide(scenario, made)
    speak(scenario, made)
    scenario.wait(days=3)
    scenario.beat()
    return made


def decide(scenario: Scenario, made: dict[str, Any]) -> None:
    """What the court decides of its own motion."""
    for name in ("fixed", "cancelled", "moved", "asked"):
        order = {"slot_id": made[name]["slot"], "reason": "依职权"}
        assert scenario.api("POST", f"/hearings/{made[name]['id']}/fix", order)[0] == 200
    reason = {"reason": "法官生病"}
    at_once = {**reason, "starts_at": at(35), "courtroom": "第五法庭"}
    anew = {
        **reason,
        "slots": [{"starts_at": at(36), "courtroom": "第五法庭"}],
        "answer_by": at(9),
        "fix": "auto",
    }
    assert scenario.api("POST", f"/hearings/{made['cancelled']['id']}/cancel", reason)[0] == 200
    assert scenario.api("POST", f"/hearings/{made['moved']['id']}/move", at_once)[0] == 200
    assert scenario.api("POST", f"/hearings/{made['asked']['id']}/move", anew)[0] in (200, 201)


def speak(scenario: Scenario, made: dict[str, Any]) -> None:
    """What counsel say and do, and machines that read for them; a call to one of them."""
    for name, says in (("ready", "yes"), ("none", "no"), ("agreed", "yes")):
        for link in made[name]["links"]:
            assert answer(browser(scenario, "zh"), link, says, "no").status_code == 303
    li = made["open"]["links"][0]
    assert (
        answer(browser(scenario, "zh"), li, "yes", "if_needed", comment="另有一庭").status_code
        == 303
    )
    scenario.client.get(li, headers={"User-Agent": "curl/8.0"})
    standard = {"subject_zh": "视频方式", "text_zh": "{case}可以视频方式参加，开庭时间：{date}。"}
    admin = scenario.sign_in("admin@court.example")
    assert admin.post("/settings/answers/new", data=standard).status_code == 303
    webhook = {"url": "https://localhost/tingqi"}  # which is never called: it is not public
    assert admin.post("/settings/webhooks", data=webhook).status_code == 303
    assert admin.post("/settings/webhooks/1", data={"act": "test"}).status_code == 303
    asking = browser(scenario, "zh")
    for words in ("证人可否视频作证？", "应于何时申请？"):
        page = asking.get(below(li, "/questions"))
        question = {"subject": "视频作证", "words": words, "all_sides": "1", "nonce": nonce(page)}
        assert asking.post(below(li, "/questions"), data=question).status_code == 303
    assert scenario.api("POST", "/questions/1/answer", {"words": "可以视频作证。"})[0] == 200
    page = asking.get(below(li, "/needs"))
    need = {"role": "witness", "name": "顾某", "interpreter": "维吾尔语", "nonce": nonce(page)}
    assert asking.post(below(li, "/needs"), data={**need, "step_free": "1"}).status_code == 303
    paper = [("file", "合同.pdf", PDF)]
    assert draft(asking, li, paper, do="file", by_mail="1").status_code == 303
    seen = scenario.api("GET", f"/cases/{made['case_id']}")[1]
    call = {
        "channel": "phone",
        "direction": "out",
        "at": at(0, "08:00"),
        "outcome": "no_answer",
        "counsel_id": seen["parties"][1]["counsel"][0]["id"],
        "hearing_id": made["open"]["id"],
        "note": "无人接听",
    }
    assert scenario.api("POST", f"/cases/{made['case_id']}/contacts", call)[0] == 201


@pytest.fixture
def made(scenario: Scenario) -> dict[str, Any]:
    """A court in which much has happened: what each page's address needs."""
    return scene(scenario)


def addresses(scenario: Scenario, made: dict[str, Any]) -> list[str]:
    """Each page of the desk, those of a hearing once for each state."""
    given = {
        "case_id": made["case_id"],
        "representation_id": 1,
        "user_id": 1,
        "room_id": 1,
        "kind": "fixed",
        "channel": "sms",
        "language": "zh",
        "upload_id": 1,
        "listing_id": 1,
        "listed_id": 1,
        "question_id": 1,
        "number": 1,
        "filing_id": 1,
        "judge_id": 1,
        "endpoint_id": 1,
        "on": "2026-12-01",
    }
    states = [each["id"] for name, each in made.items() if name != "case_id"]
    found = [
        f"/hearings/new?case_id={made['case_id']}",
        "/hearings?q=无人",
        "/cases?q=无人",
        f"/hearings/{made['fixed']['id']}/paper/1",
        f"/cases/{made['case_id']}/message?counsel_id=1&hearing_id={made['fixed']['id']}",
        f"/cases/{made['case_id']}/call?counsel_id=1&hearing_id={made['fixed']['id']}",
    ]
    for rule in scenario.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or NOT_READ.fullmatch(rule.endpoint):
            continue
        if not rule.arguments <= {*given, "hearing_id"}:
            assert rule.endpoint in BY_KEY, f"{rule} is read by no test"
            continue
        for hearing_id in states if "hearing_id" in rule.arguments else [0]:
            values = {**given, "hearing_id": hearing_id}
            found.append(re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values[m[1]]), str(rule)))  # noqa: B023
    return found


def test_no_page_of_the_desk_has_english_left(scenario: Scenario, made: dict[str, Any]) -> None:
    desk = scenario.sign_in("admin@court.example")
    desk.set_cookie("lang", "zh")
    left: dict[str, list[str]] = {}
    file = {"file": (io.BytesIO("案号,承办法官,当事人\n1,,甲\n".encode()), "案件.csv")}
    assert desk.post("/import", data=file).status_code == 303
    chosen = {"column-0": "number", "column-1": "judge", "column-2": "party", "do": "check"}
    assert desk.post("/import/1", data=chosen).status_code == 303
    beat.process_file(scenario.app)
    list_ = f"案号,庭审类型,时长\n{CASE['number']},证据交换,30\n".encode()
    sheet = {"file": (io.BytesIO(list_), "十二月.csv"), "seconds": "5"}
    answer = desk.post("/listings", data=sheet)
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text)[-1500:]
    assert beat.search_listing(scenario.app)
    paths = addresses(scenario, made)
    for path in paths:
        page = desk.get(path, follow_redirects=True)
        if not page.is_json:
            read(left, path, page)
    assert left == {}
    assert len(paths) > 30


def test_no_page_of_counsel_has_english_left(scenario: Scenario, made: dict[str, Any]) -> None:
    left: dict[str, list[str]] = {}
    counsel = browser(scenario, "zh")
    for name in ("open", "fixed", "cancelled", "moved", "ready", "none", "agreed", "asked"):
        for link in made[name]["links"]:
            for page in (
                "",
                "/record",
                "/questions",
                "/papers",
                "/address",
                "/feed",
                "/call-me",
                "/away",
                "/link",
                "/needs",
                "/delegate",
            ):
                read(left, name + page, counsel.get(below(link, page)))
    for name in ("open", "fixed", "moved"):
        to_move = below(made[name]["links"][0], "/move")
        read(left, f"{name}, to ask to move it", counsel.get(to_move))
    asking = below(made["open"]["links"][0], "/questions")
    read(left, "to ask in private", counsel.get(f"{asking}&private=1"))
    unsent = {"nonce": nonce(counsel.get(asking)), "words": "长" * 1001}
    read(left, "a question that is not sent", counsel.post(asking, data=unsent), 422)
    needing = below(made["open"]["links"][0], "/needs")
    unsent = {"nonce": nonce(counsel.get(needing)), "name": "长" * 101, "other": "长" * 301}
    read(left, "a need that is not told", counsel.post(needing, data=unsent), 422)
    changing = below(made["open"]["links"][0], "/address/change")
    typed = {"nonce": nonce(counsel.get(asking)), "field": "phone", "phone": "12"}
    read(left, "no number", counsel.post(changing, data=typed), 422)
    agreed = below(made["agreed"]["links"][0], "/address/withdraw")
    read(left, "to withdraw electronic service", counsel.get(agreed))
    read_delegates(scenario, left, counsel, made["open"]["links"][0])
    papers_of_both(scenario, left, counsel, made["open"]["links"])
    late = made["lapsed"]["links"][0]
    read(left, "late", counsel.get(late), 410)
    do(scenario, lambda session, here: revoke(session, here, made["open"]["links"][1]))
    read(left, "revoked", counsel.get(made["open"]["links"][1]), 410)
    read(left, "unknown", counsel.get("/r/" + "A" * 22), 404)
    read(left, "no seal", counsel.get("/record/" + "ab" * 32), 404)
    with scenario.app.app_context():
        seals = [head.hash for head in db.session.query(ChainHead)]
    read(left, "seal", counsel.get(f"/record/{seals[0]}"))
    asked = counsel.post("/verify/checks", data={"seal": seals[0]})
    read(left, "the check of a whole record", counsel.get(asked.location))
    read(left, "code", counsel.get("/r"))
    read(left, "wrong code", counsel.post("/r", data={"code": "K7QM2-XHPRT"}), 422)
    empty = counsel.post(made["asked"]["links"][0], data={"nonce": "", "comment": "另有一庭"})
    read(left, "nothing chosen", empty, empty.status_code)
    assert left == {}


def read_delegates(
    scenario: Scenario, left: dict[str, list[str]], counsel: FlaskClient, link: str
) -> None:
    """Read what counsel and delegates see when somebody is named, acts, and acts no longer."""
    page = below(link, "/delegate")
    form = {"nonce": nonce(counsel.get(page)), "for": "0", "language": "zh", "copies": "1"}
    read(left, "a delegate without a name", counsel.post(page, data=form), 422)
    for n, may in enumerate(("answer", "read")):
        person = {"name": f"助理{n}", "email": f"lin{n}@huacheng.example", "may": may}
        assert counsel.post(page, data={**form, **person}).status_code == 303
    foreign = {**form, "name": "他方助理", "email": "zhao@jinmao.example", "may": "read"}
    read(left, "a delegate of another side", counsel.post(page, data=foreign), 422)
    read(left, "two delegates", counsel.get(page))
    scenario.beat()
    for n in range(2):
        own = scenario.link(f"lin{n}@")
        for path in ("", "/record", "/questions", "/move"):
            read(left, f"delegate {n}{path}", counsel.get(own + path))
        read(left, f"delegate {n}, not allowed", counsel.get(f"{own}/delegate"), 403)
    for _ in range(2):
        found = re.search(r'name="delegate" value="(\d+)"', counsel.get(page).text)
        assert found
        data = {"nonce": nonce(counsel.get(page)), "delegate": found[1]}
        assert counsel.post(below(link, "/delegate/end"), data=data).status_code == 303
    read(left, "delegate, ended", counsel.get(own), 410)
    read(left, "record with delegates", counsel.get(below(link, "/record")))
    desk = scenario.sign_in("admin@court.example")
    desk.set_cookie("lang", "zh")
    read(left, "case with delegates", desk.get("/cases/1"))
    read(left, "entries with delegates", desk.get("/cases/1/record?view=entries"))


def papers_of_both(
    scenario: Scenario, left: dict[str, list[str]], counsel: FlaskClient, links: list[str]
) -> None:
    """Read the pages of papers: a draft, what is not taken, a paper, the receipt, opinions."""
    li, zhao = links
    given = below(li, "/papers")
    draft(counsel, li, [("photo", "IMG_1.jpg", b"\xff\xd8\xff"), ("file", "x.exe", b"MZ")])
    upload = tus.begin(counsel, li, 100, "合同.pdf")
    read(left, "a draft", counsel.get(given))
    read(left, "the draft alone", counsel.get(below(li, "/papers/draft")))
    draft(counsel, li, do="file")
    read(left, "a draft to be filed", counsel.get(given))
    for item in (below(li, "/papers/item"), below(zhao, "/papers/item")):
        read(left, item, counsel.get(f"{item}&id=1"))
    desk = scenario.sign_in()
    desk.set_cookie("lang", "zh")
    read(left, "a paper at the court", desk.get("/filings/papers/1"))
    read(left, "the receipt", counsel.get(f"{below(li, '/papers/receipt')}&id=1"))
    done = counsel.get(below(li, "/receipts"))
    read(left, "what counsel did", done)
    [number, *_] = re.findall(r"receipt\?number=(\d+)", done.text)
    signed = counsel.get(f"{below(li, '/receipt')}&number={number}")
    read(left, "a signed receipt", signed)
    read(left, "no signed receipt", counsel.get(f"{below(li, '/receipt')}&number=0"), 404)
    file = counsel.get(f"{below(li, '/receipt.json')}&number={number}").get_json()
    checked = counsel.get(f"/verify?receipt={receipts.as_code(file)}")
    read(left, "a receipt that was checked", checked)
    made = counsel.post(below(li, "/papers/phone"), data={"nonce": nonce(counsel.get(given))})
    read(left, "a code for a phone", counsel.get(made.location))
    code = f"/phone/{device_links.token(SECRET, 1)}"
    scanned = counsel.get(code)
    read(left, "a code that was scanned", scanned)
    assert counsel.post(code, data={"nonce": nonce(scanned)}).status_code == 303
    read(left, "a code that was used", counsel.get(code), 410)
    read(left, "no code", counsel.get("/phone/nothing"), 404)
    [app] = re.findall(r'<link rel="manifest" href="([^"]+)', counsel.get(given).text)
    app = app.removesuffix(".webmanifest")
    read(left, "files came from another app", counsel.get(f"{app}?shared=2", follow_redirects=True))
    counsel.delete_cookie("papers", path=app.removesuffix("/app"))
    read(left, "an app that knows no page", counsel.get(f"{app}?shared=2"))
    read(left, "an app that has ended", counsel.get("/r/nothing/papers/app"), 410)
    unknown = {"nonce": nonce(counsel.get(given)), "paper": "99", "sure": "1"}
    read(left, "nothing to confirm", counsel.post(below(li, "/papers/received"), data=unknown), 422)
    assert counsel.delete(upload, headers=tus.VERSION).status_code == 204
    opened(scenario, {"id": 1}, "at_once")
    draft(counsel, li, [("file", "合同.pdf", PDF)])
    exchange = scenario.api("GET", "/cases/1/exchanges")[1]["exchanges"][0]["id"]
    draft(counsel, li, do="file", exchange=str(exchange))
    opinions = below(zhao, "/papers/opinions")
    read(left, "opinions", counsel.get(opinions))
    page = counsel.get(opinions)
    number = re.findall(r'name="authentic-(\d+)"', page.text)[0]
    objecting = {"nonce": nonce(page), f"authentic-{number}": "no"}
    read(left, "half an opinion", counsel.post(opinions, data=objecting), 422)
    aspects = ("authentic", "lawful", "relevant")
    whole = {f"{each}-{number}": "no" for each in aspects} | {"nonce": objecting["nonce"]}
    whole |= {f"{each}_reason-{number}": "并非原件。" for each in aspects}
    assert counsel.post(opinions, data=whole).status_code == 303
    read(left, "an opinion", counsel.get(below(li, "/papers/opinions")))
    read(left, "the sheet", counsel.get(below(li, "/papers/sheet")))
    desk = scenario.sign_in("admin@court.example")
    desk.set_cookie("lang", "zh")
    read(left, "the court's sheet", desk.get(f"/exchanges/{exchange}/sheet"))
    read(left, "opinions of an exchange", desk.get("/cases/1/exchange"))
    with scenario.app.app_context(), transaction() as session:
        filed = sa.select(PaperFile).join(Paper).join(Filing).where(Filing.exchange_id.is_not(None))
        file = session.scalars(filed.limit(1)).one()
        file.scan_state, file.scan_finding = ScanState.FOUND.value, "X"
        address, paper_id = f"/filings/files/{file.id}/release", file.paper_id
    read(left, "what is set aside", desk.get(f"/filings/papers/{paper_id}"))
    read(left, "a release", desk.get(address))
    read(left, "a release without a reason", desk.post(address), 422)
    assert confirmed(desk, address, {"reason": "误报。"}).status_code == 303
    read(left, "what was released", desk.get(f"/filings/papers/{paper_id}"))


def below(link: str, path: str) -> str:
    """Return the address of a page below a link that names its hearing."""
    return link.replace("?", f"{path}?")


def revoke(session: Any, here: Any, link: str) -> None:
    """End a link."""
    key = counsel_keys.resolve(session, link[3:].partition("?")[0], here.now)
    counsel_keys.renew(session, session.get_one(Representation, key.representation_id), here.now)


def send(client: FlaskClient, path: str, **data: str) -> Any:
    """Press a button."""
    return client.post(path, data=data, follow_redirects=True)


def test_what_is_refused_is_refused_in_chinese(scenario: Scenario, made: dict[str, Any]) -> None:
    desk = scenario.sign_in("admin@court.example")
    desk.set_cookie("lang", "zh")
    left: dict[str, list[str]] = {}
    case, hearing = f"/cases/{made['case_id']}", f"/hearings/{made['open']['id']}"
    for name, path, data in (
        ("a case of nothing", "/cases/new", {"procedure": "ordinary"}),
        ("a case twice", "/cases/new", {**FLAT, "number": CASE["number"]}),
        ("a case of wrong parts", "/cases/new", {**FLAT, "parties.1.phone": "12", "number": "8"}),
        (
            "no slots",
            "/hearings/new",
            {"case_id": str(made["case_id"]), "do": "preview", "fix": "auto"},
        ),
        ("no new slots", f"{hearing}/round", {"do": "preview", "fix": "auto"}),
        ("no reason to fix", f"{hearing}/fix", {"slot_id": str(made["open"]["slot"])}),
        ("no reason to cancel", f"{hearing}/cancel", {}),
        ("a call of nothing", f"{case}/contacts", {}),
        ("settings of nothing", "/settings", {"zone": "月球", "language": "zh"}),
        ("a courtroom of nothing", "/settings/courtrooms", {}),
        ("a user of nothing", "/settings/users", {}),
    ):
        page = send(desk, path, **data)
        read(left, name, page, page.status_code)
        assert page.status_code in (409, 422), (name, page.status_code)
    read(
        left,
        "a new user",
        desk.post(
            "/settings/users",
            data={"email": "lin@court.example", "name": "Lin", "role": "assistant"},
        ),
    )
    guest = browser(scenario, "zh")
    link = add(desk, "lin2@court.example")
    read(left, "a password", guest.get(link))
    read(left, "a short password", guest.post(link, data={"password": "short"}), 422)
    read(left, "a spent link", guest.get("/password/1/nonsense"), 404)
    assert left == {}


def test_what_is_done_is_said_in_chinese(scenario: Scenario, made: dict[str, Any]) -> None:
    desk = scenario.sign_in("admin@court.example")
    desk.set_cookie("lang", "zh")
    left: dict[str, list[str]] = {}
    for path in ("/hearings/new?case_id=1", f"/hearings/{made['fixed']['id']}/round"):
        form = see(desk, path).round
        soon = {**form.filled(do="preview"), "slots.0.starts_at": wall(5), "reason": "法官生病"}
        soon["answer_by"] = wall(4, "12:00")
        warned = desk.post(form.action, data=soon)
        read(left, f"a warning before {path}", warned)
        form = see(desk, path).round
        read(
            left,
            f"a preview of {path}",
            desk.post(form.action, data={**form.filled(do="preview"), "reason": "法官生病"}),
        )
        sent = {**form.filled(do="send"), "reason": "法官生病"}
        read(left, f"{path} sent", send(desk, form.action, **sent))
    hearing = f"/hearings/{made['ready']['id']}"
    order = {"slot_id": str(made["ready"]["slot"]), "reason": "各方同意"}
    for path, data in ((f"{hearing}/fix", order), (f"{hearing}/cancel", {"reason": "法官生病"})):
        read(left, f"before {path}", desk.post(path, data=data))
        assert confirmed(desk, path, data).status_code == 303
        read(left, f"after {path}", desk.get(hearing))
    for name, filled in (("filled", "1"), ("nothing filled", "9")):
        read(left, name, desk.post("/questions/2/fill", data={"standard_answer_id": filled}))
    for name, path, data in (
        ("an empty answer", "/questions/2/answer", {"outcome": "answer"}),
        ("a place left", "/questions/2/answer", {"words": "{answer_by}"}),
        ("fixed twice", f"{hearing}/fix", order),
        ("cancelled twice", f"{hearing}/cancel", {"reason": "法官生病"}),
        ("a courtroom", "/settings/courtrooms", {"name": "第九法庭"}),
        ("a token", "/me/tokens", {"name": "排期", "scope": "read"}),
        ("a calendar", "/calendars", {"scope": "judge", "whose": "1"}),
    ):
        page = send(desk, path, **data)
        read(left, name, page, page.status_code)
        assert page.status_code in (200, 422), (name, page.status_code)
    scenario.wait(hours=5)
    read(left, "the worker away", desk.get("/"))
    assert "发送服务未运行" in desk.get("/").text
    assert left == {}


def test_errors_are_said_in_chinese(scenario: Scenario, tmp_path: Path) -> None:
    left: dict[str, list[str]] = {}
    desk, guest = scenario.sign_in(), browser(scenario, "zh")
    desk.set_cookie("lang", "zh")
    read(left, "404", desk.get("/nowhere"), 404)
    read(left, "no such hearing", desk.get("/hearings/99"), 404)
    read(left, "403", desk.get("/settings"), 403)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    read(left, "another site", desk.post("/me", data={"language": "en"}, headers=foreign), 403)
    read(left, "405", desk.post("/hearings"), 405)
    read(left, "413", desk.post("/cases/new", data={"title": "x" * 10_000_000}), 413)
    read(left, "422", try_in(guest, "wang@court.example", "wrong password"), 422)
    for _ in range(10):
        slowed = try_in(guest, "wang@court.example", "wrong password")
    read(left, "429", slowed, 429)
    away = make_scenario(tmp_path / "away", nowhere())
    read(left, "503", browser(away, "zh").get("/r/" + "A" * 22), 503)
    away.close()
    assert left == {}


@pytest.fixture
def with_outbox(database: str, tmp_path: Path) -> Iterator[Scenario]:
    """A court whose app shows the outbox as a page, as the demo's does."""
    made = make_scenario(tmp_path, database, own_app=True)
    make_court(made)
    made.app.register_blueprint(outbox_views.bp)
    yield made
    made.close()


def test_the_demos_outbox_is_in_chinese_too(with_outbox: Scenario) -> None:
    scenario = with_outbox
    left: dict[str, list[str]] = {}
    read(left, "empty", browser(scenario, "zh").get("/outbox"))
    case = json.loads(json.dumps(CASE))
    case["parties"][1]["counsel"][0]["language"] = "zh"
    made = scenario.api("POST", "/cases", case)[1]
    scenario.api("POST", "/hearings", proposal(made["id"]))
    scenario.beat()
    read(left, "full", browser(scenario, "zh").get("/outbox"))
    assert left == {}


def test_the_demos_outbox_shows_ten_messages_a_page(with_outbox: Scenario) -> None:
    scenario = with_outbox
    for n in range(3):
        made = scenario.api("POST", "/cases", {**CASE, "number": f"（2026）沪0105民初{n + 1}号"})[1]
        scenario.api("POST", "/hearings", proposal(made["id"], (at(14 + n), "第三法庭")))
    scenario.beat()
    count = len(scenario.letters())
    assert 10 < count <= 20
    http = browser(scenario, "en")
    newest, oldest = http.get("/outbox").text, http.get("/outbox?page=2").text
    assert newest.count("<article") == 10
    assert "?page=2" in newest
    assert oldest.count("<article") == count - 10
    assert "?page=3" not in oldest
