"""What the court knows is answered before it is asked, in the same words to all sides."""

import datetime as dt
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.cases import keys
from app.cases.models import Representation
from app.core.db import db, retrying, transaction
from app.notices.models import Notice
from app.people.models import User
from app.questions.filings import queries, service
from app.questions.filings.forms import EvidenceDueIn, FilingIn
from app.questions.filings.models import NotedFiling
from app.questions.filings.rules import FilingKind
from tests.conftest import CASE, SECRET, Scenario, confirmed, proposal
from tests.counsel.test_answers import ZHAO, browser, nonce, words
from tests.questions.test_questions import LI, NUMBERS, entries, key

pytestmark = pytest.mark.database


def link_in(scenario: Scenario, case_id: int, name: str) -> str:
    """Return the path of a counsel's page of one of several cases."""
    with scenario.app.app_context(), transaction() as session:
        number = session.scalars(
            sa.select(Representation.id).where(
                Representation.counsel.has(name=name), Representation.party.has(case_id=case_id)
            )
        ).one()
        keys.issue(session, [number], SECRET)
        return f"/r/{keys.of_representation(SECRET, number, 1).token}"


@pytest.fixture
def case(scenario: Scenario) -> dict[str, Any]:
    """A case with counsel on both sides, and no hearing."""
    status, made = scenario.api("POST", "/cases", CASE)
    assert status == 201, made
    return made


def known(scenario: Scenario, link: str, language: str = "en") -> str:
    """Return what the court answers on a counsel's page before anything is asked."""
    reader = browser(scenario)
    page = reader.get(f"{link}/questions?lang={language}").text
    found = re.search(r'<div class="card rows known">.*?<h2 id="ask"', page, re.S)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"</?bdi>", "", found[0])))


def noted(scenario: Scenario, case: dict[str, Any], **form: str) -> Any:
    """Note papers of the respondent by the desk's page, seen and confirmed."""
    party = next(each for each in case["parties"] if each["side"] == "respondent")
    typed = {"party_id": str(party["id"]), "kind": "evidence", "on": "2026-11-20", **form}
    return confirmed(scenario.sign_in(), f"/cases/{case['id']}/filings", typed)


def test_whether_the_other_side_has_filed_is_answered_without_being_asked(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, li = key(scenario, "Zhao Lei"), key(scenario, "李敏")
    assert "Claimant: nothing noted; Respondent: nothing noted, up to now, 09:00." in known(
        scenario, zhao
    )
    done = noted(scenario, case, note="list of evidence, 12 items")
    assert (done.status_code, done.location) == (303, f"/cases/{case['id']}/filings")
    for link in (zhao, li):
        page = known(scenario, link)
        assert "Respondent: 1 filing noted, up to now, 09:00." in page
        assert "Fri 20 Nov: evidence · list of evidence, 12 items" in page
    assert "Claimant: nothing noted" in known(scenario, zhao)
    scenario.beat()
    told = [scenario.letters(to=to, channel="email")[-1].body for to in (ZHAO, LI)]
    assert all("list of evidence, 12 items" in body for body in told)
    with scenario.app.app_context():
        notices = db.session.scalars(sa.select(Notice).where(Notice.kind == "filing")).all()
        assert {each.side for each in notices} == {"claimant", "respondent"}
        assert len({each.due_at for each in notices}) == 1
    assert ("registered", "filing_noted") in [
        (entry["what"], entry["kind"]) for entry in entries(scenario, case)
    ]
    assert "list of evidence, 12 items" in words(browser(scenario).get(f"{zhao}/record"))


def test_a_note_made_in_error_is_taken_back_and_all_sides_are_told(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    assert noted(scenario, case).status_code == 303
    desk, path = scenario.sign_in(), f"/cases/{case['id']}/filings"
    found = re.search(rf"{path}/(\d+)/removed", desk.get(path).text)
    assert found  # PostgreSQL counts the note that was only shown before
    for _ in range(2):
        assert confirmed(desk, found[0], {}).status_code == 303
    assert "Respondent: nothing noted" in known(scenario, key(scenario, "Zhao Lei"))
    what = [entry["kind"] for entry in entries(scenario, case)]
    assert what.count("filing_removed") == 1
    scenario.beat()
    for to, told in ((ZHAO, "was an error"), (LI, "有误")):
        assert told in scenario.letters(to=to, channel="email")[-1].body
    assert desk.post(f"{path}/99/removed").status_code == 404
    assert desk.post(f"/cases/99/filings/{found[1]}/removed").status_code == 404


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"party_id": ""}, "请选择提交人"),
        ({"party_id": "99"}, "请选择本案的当事人"),
        ({"kind": "x"}, ""),
        ({"on": ""}, "请填写收到的日期"),
        ({"on": "2026-11-24"}, "尚未到来"),
        ({"on": "31.2."}, ""),
        ({"note": "x" * 201}, "200"),
    ],
)
def test_a_wrong_note_is_refused_beside_its_field_and_kept(
    scenario: Scenario, case: dict[str, Any], form: dict[str, str], told: str
) -> None:
    typed = {"note": "证据目录", **form}
    refused = noted(scenario, case, **typed)
    assert refused.status_code == 422
    assert 'id="error-summary"' in refused.text
    assert told in words(refused)
    assert typed["note"] in refused.text
    with scenario.app.app_context():
        assert db.session.scalars(sa.select(NotedFiling)).all() == []


def test_the_same_note_twice_is_one(scenario: Scenario, case: dict[str, Any]) -> None:
    for _ in range(2):
        assert noted(scenario, case).status_code == 303
    with scenario.app.app_context():
        assert len(db.session.scalars(sa.select(NotedFiling)).all()) == 1


def test_when_evidence_is_due_is_the_day_of_the_court_else_of_the_law(
    scenario: Scenario,
) -> None:
    case = scenario.api("POST", "/cases", {**CASE, "procedure": "ordinary"})[1]
    zhao, desk = key(scenario, "Zhao Lei"), scenario.sign_in()
    assert "Evidence can be filed until Tue 8 Dec at the least." in known(scenario, zhao)
    path = f"/cases/{case['id']}/evidence-due"
    assert confirmed(desk, path, {"on": "2026-12-08"}).status_code == 303
    assert "Evidence is due by Tue 8 Dec." in known(scenario, zhao)
    assert "举证期限至12月8日 周二" in known(scenario, zhao, "zh")
    odd = desk.post(path, data={"on": "never"})
    assert odd.status_code == 422
    assert 'id="due-error"' in odd.text
    assert 'value="never"' in odd.text
    scenario.wait(days=20)
    assert "Evidence was due by Tue 8 Dec." in known(scenario, zhao)
    assert confirmed(desk, path, {"on": ""}).status_code == 303
    assert "due by" not in known(scenario, zhao)
    kinds = [entry["kind"] for entry in entries(scenario, case)]
    assert kinds.count("evidence_due") == 2


def test_a_video_room_and_the_courts_own_words_answer_room_bringing_and_papers(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    admin, zhao = scenario.sign_in("admin@court.example"), key(scenario, "Zhao Lei")
    assert "Your licence or proof of identity" in known(scenario, zhao)
    room = {"name": "Video 1", "location": "https://video.court.example/1", "by_video": "1"}
    assert admin.post("/settings/courtrooms", data=room).status_code == 303
    texts = {
        "bring-en": "Your licence.",
        "bring-trial-en": "The originals.",
        "papers-en": "At counter 3.\nFrom 9 to 5.",
        "papers-zh": "三号窗口提交。",
    }
    assert admin.post("/settings/answers", data=texts).status_code == 303
    assert "Your licence." in known(scenario, zhao)
    assert "三号窗口提交。" in known(scenario, zhao, "zh")
    asked = proposal(case["id"])
    asked["slots"] = [{"starts_at": "2026-12-15T09:30:00+08:00", "courtroom": "Video 1"}]
    status, hearing = scenario.api("POST", "/hearings", asked)
    assert status == 201, hearing
    page = known(scenario, zhao)
    assert "Not fixed yet. Asked: Video 1" in page
    assert "The originals." in page
    assert "At counter 3." in page
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    page = browser(scenario).get(f"{zhao}/questions")
    assert "By video: Video 1" in words(page)
    assert 'href="https://video.court.example/1"' in page.text
    assert admin.post("/settings/answers", data={}).status_code == 303
    assert "Your licence or proof of identity" in known(scenario, zhao)
    long = admin.post("/settings/answers", data={"video-en": "x" * 1001})
    assert long.status_code == 422
    assert 'id="video-en-error"' in long.text
    assert "x" * 1001 in long.text
    changes = words(admin.get("/settings/changes"))
    assert "At counter 3." in changes


def test_each_answer_that_spared_a_question_is_counted_by_a_press_only(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    zhao, client = key(scenario, "Zhao Lei"), browser(scenario)
    before = scenario.client.get("/metrics").text
    assert "tingqi_questions_spared_filed 0" in before
    page = client.get(f"{zhao}/questions")
    assert client.get(f"{zhao}/questions/known").status_code == 405
    assert client.head(f"{zhao}/questions").status_code == 200
    pressed = client.post(f"{zhao}/questions/known", data={"fact": "filed", "nonce": nonce(page)})
    assert pressed.status_code == 303
    assert client.post(f"{zhao}/questions/known", data={"fact": "filed"}).status_code == 422
    assert "tingqi_questions_spared_filed 1" in scenario.client.get("/metrics").text


def test_fifty_presses_at_once_are_one_note_and_one_correction(
    scenario: Scenario, case: dict[str, Any]
) -> None:
    """All at once: note the same papers, set one day, take the note back."""
    with scenario.app.app_context():
        user_id, court_id = db.session.execute(sa.select(User.id, User.court_id)).first()
    now, party = scenario.clock.now(), case["parties"][0]["id"]
    filing = FilingIn(party_id=party, kind=FilingKind.EVIDENCE, on=now.date())
    due = EvidenceDueIn(on=now.date())

    def press(n: int) -> None:
        with scenario.app.app_context():
            retrying(lambda session: act(session, n))

    def act(session: Session, n: int) -> int:
        user, where = session.get_one(User, user_id), (court_id, case["id"])
        if n % 2:
            return service.note(session, *where, filing, user, now, SECRET).id
        return service.set_evidence_due(session, *where, due, user, now, SECRET).id

    def take_back(_: int) -> None:
        with scenario.app.app_context():
            retrying(
                lambda session: (
                    service.remove(
                        session,
                        court_id,
                        case["id"],
                        1,
                        session.get_one(User, user_id),
                        now,
                        SECRET,
                    ).id
                )
            )

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(press, range(50)))
        list(pool.map(take_back, range(50)))
    kinds = Counter(entry["kind"] for entry in entries(scenario, case))
    assert [kinds[each] for each in ("filing_noted", "evidence_due", "filing_removed")] == [1, 1, 1]
    with scenario.app.app_context():
        assert len(db.session.scalars(sa.select(NotedFiling)).all()) == 1
        sent = db.session.scalars(sa.select(Notice.key).where(Notice.kind == "filing")).all()
        assert len(sent) == 6  # three acts, two counsel


@pytest.mark.parametrize(
    "note", ["<script>alert(1)</script> {{7*7}}", "\u202ecod.exe", "𠮷\u200b证据 %(x)s", "x\x00y"]
)
def test_odd_characters_of_a_note_stay_text_or_are_refused(
    scenario: Scenario, case: dict[str, Any], note: str
) -> None:
    answer = noted(scenario, case, note=note)
    assert answer.status_code in (303, 422)
    for name in ("Zhao Lei", "李敏"):
        page = browser(scenario).get(f"{key(scenario, name)}/questions").text
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "\x00" not in page
    scenario.beat()
    assert all("\u202e" not in letter.body for letter in scenario.letters(to=ZHAO))


NOTES = st.one_of(
    st.builds(
        lambda party, kind, ago: ("note", party, kind, ago),
        st.integers(0, 1),
        st.sampled_from(FilingKind),
        st.integers(0, 40),
    ),
    st.just(("remove",)),
    st.builds(lambda days: ("due", days), st.integers(-5, 30)),
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(NOTES, min_size=1, max_size=5))
def test_both_sides_read_the_same_answers_but_for_who_they_are(
    scenario: Scenario, notes: list[tuple[Any, ...]]
) -> None:
    """Symmetry: what the court notes is answered to both sides in the same words at once."""
    fresh = {**CASE, "number": f"（2026）沪0115民初{next(NUMBERS)}号"}
    case = scenario.api("POST", "/cases", fresh)[1]
    now = scenario.clock.now()
    with scenario.app.app_context(), transaction() as session:
        user = session.scalars(sa.select(User)).first()
        for what, *more in notes:
            if what == "note":
                party, kind, ago = more
                on = now.date() - dt.timedelta(days=ago)
                form = FilingIn(party_id=case["parties"][party]["id"], kind=kind, on=on)
                service.note(session, user.court_id, case["id"], form, user, now, SECRET)
            elif what == "due":
                form = EvidenceDueIn(on=now.date() + dt.timedelta(days=more[0]))
                service.set_evidence_due(
                    session, user.court_id, case["id"], form, user, now, SECRET
                )
            elif filings := queries.of_case(session, case["id"]):
                number = filings[0].id
                service.remove(session, user.court_id, case["id"], number, user, now, SECRET)
    zhao, li = (link_in(scenario, case["id"], name) for name in ("Zhao Lei", "李敏"))
    whose = re.compile(r"\((you|Claimant|Respondent)\)")
    assert whose.sub("()", known(scenario, zhao)) == whose.sub("()", known(scenario, li))
    with scenario.app.app_context():
        sent = sa.select(Notice.side, sa.func.count()).where(
            Notice.case_id == case["id"], Notice.kind == "filing"
        )
        counts = dict(db.session.execute(sent.group_by(Notice.side)).all())
        assert len(set(counts.values())) <= 1
