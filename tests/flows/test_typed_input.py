"""What people type, copy and import: telephone numbers, invisible characters, full-width signs."""

from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.models import Case, Counsel
from app.cli import cli
from app.core.db import db, transaction
from app.court.models import Courtroom, Judge
from app.rehearsal.browser import HtmlPage
from tests.conftest import PASSWORD, Scenario, at, case_with, proposal
from tests.flows.test_import import OTHER, ROW, as_csv, cases, run
from tests.flows.test_propose_page import english, enter, see

pytestmark = pytest.mark.database

ZW, BOM, SHY, LRM, FILLER = "\u200b", "\ufeff", "\u00ad", "\u200e", "\u3164"
CLAIMANT = "parties.0.counsel.0."
WRONG = [
    ("138OO138OOO", "has letters or words in it"),
    ("138****8000", "is masked"),
    ("1380013800", "is a number that nobody has"),
    ("13800138000/13900139000", "is more than one telephone number"),
    ("2158880002", "lacks a digit, or the 0 before its area code"),
]


def counsel(name: str = "李敏", **more: Any) -> dict[str, Any]:
    """A counsel of few words."""
    return {"name": name, "email": "li@huacheng.example", **more}


def case(
    *people: dict[str, Any], number: str = "（2026）沪0115民初12345号", judge: str = "陈法官"
) -> Any:
    """A case with these counsel."""
    return case_with(number, *people, judge=judge)


def with_phone(typed: str, **more: Any) -> Any:
    """A case whose claimant's counsel has this number."""
    return case(counsel(phone=typed, **more))


def first(scenario: Scenario, case_id: int = 1) -> dict[str, Any]:
    """The claimant's counsel as the API shows them."""
    found: dict[str, Any] = scenario.api("GET", f"/cases/{case_id}")[1]["parties"][0]["counsel"][0]
    return found


def test_a_wrong_number_is_refused_by_api_page_and_import_alike(scenario: Scenario) -> None:
    english(scenario)
    browser = scenario.sign_in()
    for typed, words in WRONG:
        status, said = scenario.api("POST", "/cases", with_phone(typed))
        assert (status, [each["field"] for each in said["errors"]]) == (422, [CLAIMANT + "phone"])
        assert words in said["errors"][0]["detail"]

        page = see(
            browser,
            "/cases/new",
            422,
            **{
                "number": "（2026）沪0115民初1号",
                "judge": "陈法官",
                "procedure": "ordinary",
                "parties.0.side": "claimant",
                "parties.0.name": "远洋设备有限公司",
                CLAIMANT + "name": "李敏",
                CLAIMANT + "phone": typed,
            },
        )
        assert words in page.words
        form = next(form for form in page.forms if CLAIMANT + "phone" in form.fields)
        assert form.fields[CLAIMANT + "phone"] == typed

        code, told = run(scenario, as_csv([ROW | {"phone": typed}, OTHER]))
        assert (code, words in told, "line 2, phone: " in told) == (1, True, True), told
    assert cases(scenario) == []


def test_a_wrong_number_is_refused_where_counsel_and_admins_give_one(scenario: Scenario) -> None:
    english(scenario, "admin@court.example")
    scenario.api("POST", "/hearings", proposal(enter(scenario)))
    scenario.beat()
    path = scenario.link("li@huacheng.example")
    page = scenario.client.get(f"{path}/call-me?lang=en")
    form = next(f for f in HtmlPage(page.text).forms if "phone" in f.fields)
    answer = scenario.client.post(
        form.action or f"{path}/call-me", data=form.filled(phone="138****8000")
    )
    assert (answer.status_code, "被遮住" in answer.text or "is masked" in answer.text) == (
        422,
        True,
    )
    admin = scenario.sign_in("admin@court.example")
    for typed, words in (("138OO138OOO", "has letters"), ("021-58880002", "is a land line")):
        page = see(admin, "/settings/carriers", 422, channel="sms", phone=typed)
        assert words in page.words


@pytest.mark.parametrize(
    "typed",
    ["138 0013 8000", "１３８００１３８０００", "0086-138-0013-8000", f"{LRM}13800138000{ZW}"],
)
def test_a_number_may_be_written_in_many_ways(scenario: Scenario, typed: str) -> None:
    assert scenario.api("POST", "/cases", with_phone(typed))[0] == 201
    assert (first(scenario)["phone"], first(scenario)["channels"]) == (
        "+8613800138000",
        ["sms", "email"],
    )


def test_a_land_line_gets_mail_and_no_texts(scenario: Scenario) -> None:
    english(scenario)
    typed = "021－58880002转801"
    status, said = scenario.api("POST", "/cases", with_phone(typed, channels=["sms", "email"]))
    assert status == 422
    assert "is a land line, which gets no texts" in said["errors"][0]["detail"]

    assert scenario.api("POST", "/cases", with_phone(typed))[0] == 201
    assert (first(scenario)["phone"], first(scenario)["channels"]) == (
        "+862158880002;ext=801",
        ["email"],
    )
    page = scenario.sign_in().get("/cases/1")
    assert "+862158880002 ext. 801</a>" in page.text
    assert 'href="tel:+862158880002;ext=801"' in page.text
    assert "land line, no texts" in page.text
    status, _ = scenario.api("POST", "/hearings", proposal(1))
    scenario.beat()
    assert status == 201
    assert scenario.letters(to="2158880002") == []
    assert scenario.letters(to="li@huacheng.example", channel="email")

    code, told = run(
        scenario, as_csv([ROW | {"number": "（2026）沪1号", "phone": typed, "channels": ""}])
    )
    assert code == 0, told
    assert first(scenario, 2)["phone"] == "+862158880002;ext=801"


def test_a_land_line_from_before_is_told_by_mail(scenario: Scenario) -> None:
    enter(scenario, with_phone("13800138000", channels=["sms"]))
    with scenario.app.app_context(), transaction() as session:
        session.execute(
            sa.update(Counsel).where(Counsel.name == "李敏").values(phone="+862158880002")
        )
    scenario.api("POST", "/hearings", proposal(1))
    scenario.beat()
    assert scenario.letters(to="2158880002") == []
    assert scenario.letters(to="li@huacheng.example", channel="email")


def test_a_wrong_number_on_file_is_shown_and_blocks_nothing_else(scenario: Scenario) -> None:
    english(scenario)
    enter(scenario, with_phone("13800138000"))
    with scenario.app.app_context(), transaction() as session:
        session.execute(sa.update(Counsel).where(Counsel.name == "李敏").values(phone="+861388000"))
    browser = scenario.sign_in()
    assert "no valid telephone number" in see(browser, "/cases/1").words
    page = see(browser, "/cases/1/counsel/1")
    assert "This number is on file, but nobody can have it" in page.words
    form = next(form for form in page.forms if "firm" in form.fields)
    done = browser.post("/cases/1/counsel/1", data=form.filled(firm="华诚律师事务所", do="save"))
    assert done.status_code == 303
    assert (first(scenario)["firm"], first(scenario)["phone"]) == ("华诚律师事务所", "+861388000")
    page = see(browser, "/cases/1/counsel/1")
    form = next(form for form in page.forms if "firm" in form.fields)
    refused = see(browser, "/cases/1/counsel/1", 422, **form.filled(phone="138OO138OOO", do="save"))
    assert "has letters or words in it" in refused.words
    assert first(scenario)["phone"] == "+861388000"


def test_invisible_characters_make_no_second_case_judge_or_counsel(scenario: Scenario) -> None:
    enter(scenario, case(counsel(phone="13800138001")))
    status, said = scenario.api(
        "POST", "/cases", case(counsel(), number=f"（2026）沪0115{ZW}民初12345号{BOM}")
    )
    assert (status, "Case （2026）沪0115民初12345号 is entered already." in said["detail"]) == (
        409,
        True,
    )
    enter(
        scenario,
        case(
            counsel(f"李{ZW}敏", email=f"li@huacheng{SHY}.example", phone="13800138001"),
            counsel("赵磊", email="zhao@jinmao.example"),
            number=f"（2026）沪0115民初2号{FILLER}",
            judge=f"陈{ZW}法官{LRM}",
        ),
    )
    with scenario.app.app_context():
        assert [judge.name for judge in db.session.scalars(sa.select(Judge))] == ["陈法官"]
        names = db.session.scalars(sa.select(Counsel.name).where(Counsel.name.like("李%"))).all()
        assert names == ["李敏"]
        numbers = db.session.scalars(sa.select(Case.number).order_by(Case.id)).all()
        assert numbers == ["（2026）沪0115民初12345号", "（2026）沪0115民初2号"]
    assert scenario.api("POST", "/hearings", proposal(1))[0] == 201
    status, said = scenario.api("POST", "/hearings", proposal(2))
    assert (status, "陈法官" in said["detail"] or "李敏" in said["detail"]) == (409, True)


def test_an_import_joins_what_differs_in_nothing_that_is_seen(scenario: Scenario) -> None:
    first_row = ROW | {"number": f"{BOM}（２０２６）沪0115民初700号", "judge": f"陈{ZW}法官"}
    other = OTHER | {"number": "〔2026〕沪0115民初700号", "party": f"Haitong {ZW}Trading Ltd"}
    code, told = run(scenario, as_csv([first_row, other]))
    assert (code, "Cases: 1 new" in told) == (0, True), told
    [found] = cases(scenario)
    assert (found["number"], found["judge"]) == ("（2026）沪0115民初700号", "陈法官")
    assert found["parties"][1]["name"] == "Haitong Trading Ltd"
    again = run(scenario, as_csv([ROW | {"judge": "陈 法官"}, OTHER]))
    assert (again[0], "1 unchanged" in again[1]) == (0, True), again[1]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ｌｉ＠ｈｕａｃｈｅｎｇ．ｅｘａｍｐｌｅ", "li@huacheng.example"),
        ("li@court.local", "li@court.local"),
        ("li＠court。local", "li@court.local"),
        (f"li@court.local{ZW}", "li@court.local"),
        ("li@mail.court.internal", "li@mail.court.internal"),
        ("li@court.lan", "li@court.lan"),
        ("li@court.test", "li@court.test"),
        ("li@court.home.arpa", "li@court.home.arpa"),
    ],
)
def test_an_address_of_a_courts_inner_network_is_taken(
    scenario: Scenario, typed: str, kept: str
) -> None:
    enter(scenario, case({"name": "李敏", "email": typed}))
    assert first(scenario)["email"] == kept
    code, told = run(scenario, as_csv([ROW | {"number": "（2026）沪9号", "email": typed}]))
    assert code == 0, told
    assert first(scenario, 2)["email"] == kept


@pytest.mark.parametrize(
    "typed", ["li@court", "li@localhost", "li@10.0.0.1", "li@court.invalid", "li.court.local"]
)
def test_what_is_no_address_is_refused(scenario: Scenario, typed: str) -> None:
    status, said = scenario.api("POST", "/cases", case({"name": "李敏", "email": typed}))
    assert (status, said["errors"][0]["field"]) == (422, CLAIMANT + "email")
    assert typed in said["errors"][0]["detail"]


def test_a_user_signs_in_however_the_address_is_typed(scenario: Scenario) -> None:
    runner = scenario.app.test_cli_runner()
    made = runner.invoke(
        cli,
        ["user", "add", f"Zhou＠court.local{ZW}", "--role", "assistant", "--password-stdin"],
        input=PASSWORD + "\n",
    )
    assert made.exit_code == 0, made.output
    for typed in ("zhou@court.local", "ｚｈｏｕ＠ｃｏｕｒｔ。ｌｏｃａｌ", f"{ZW}ZHOU@court.local "):
        scenario.sign_in(typed)
    again = runner.invoke(cli, ["user", "add", "zhou@court.local", "--role", "judge"])
    assert "There is a user zhou@court.local already." in str(again.exception)
    court = runner.invoke(cli, ["court", "add", f"Pudong New{ZW} Area People’s Court"])
    assert "There is a court" in str(court.exception)
    with scenario.app.app_context(), transaction() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM court")) == 1


def test_a_courtroom_is_one_and_settings_are_half_width(scenario: Scenario) -> None:
    english(scenario, "admin@court.example")
    admin = scenario.sign_in("admin@court.example")
    answer = admin.post("/settings/courtrooms", data={"name": f"第三{ZW}法庭", "location": ""})
    assert answer.status_code == 409
    admin.post("/settings/courtrooms", data={"name": f"第{ZW}九法庭 ", "location": f"一{ZW}层"})
    with scenario.app.app_context():
        rooms = db.session.execute(sa.select(Courtroom.name, Courtroom.location)).all()
        assert ("第九法庭", "一层") in [tuple(each) for each in rooms]
    page = see(admin, "/settings")
    form = next(form for form in page.forms if "quiet_from" in form.fields)
    done = admin.post(
        "/settings",
        data=form.filled(
            quiet_from="２０：３０",
            reminder_days="５，２",
            buffer_minutes="１５",
            phone="021－58880000 转 9",
        ),
    )
    assert done.status_code == 303, done.text
    said = see(admin, "/court").words
    assert "20:30–08:00" in said
    assert "5, 2" in said


def test_times_and_minutes_may_be_full_width(scenario: Scenario) -> None:
    english(scenario)
    enter(scenario)
    body = proposal(1, ("２０２６－１２－１５Ｔ０９：３０：００＋０８：００", f"第三法庭{ZW}"))
    status, made = scenario.api("POST", "/hearings", body)
    assert (status, made["slots"][0]["starts_at"]) == (201, "2026-12-15T09:30:00+08:00")
    broken = proposal(1, (at(20) + "\x00", "第三法庭"))
    assert scenario.api("POST", "/hearings", broken)[0] == 422
    code, told = run(
        scenario,
        as_csv(
            [
                ROW
                | {
                    "number": "（2026）沪8号",
                    "hearing_on": "２０２６-１２-１８",
                    "hearing_at": "１４：３０",
                    "minutes": "60",
                    "courtroom": "第三法庭",
                }
            ]
        ),
    )
    assert code == 0, told
    hearing = scenario.api("GET", "/hearings?limit=1")[1]["hearings"][0]
    assert (hearing["starts_at"], hearing["minutes"]) == ("2026-12-18T14:30:00+08:00", 60)


def test_two_cases_that_became_one_number_are_both_kept_and_named(scenario: Scenario) -> None:
    """Numbers that differed in invisible characters: an upgrade cleaned them, and marked the key
    of the second with a line break and a number."""
    english(scenario)
    for n, number in enumerate(("（2026）沪1号", "（2026）沪2号", "（2026）沪3号")):
        enter(scenario, case_with(number, counsel("李敏", phone="13800138001"), judge=f"法官{n}"))
    with scenario.app.app_context(), transaction() as session:
        case = session.get_one(Case, 2)
        case.number, case.number_key = "（2026）沪1号", "(2026)沪1号\n2"
        judge = session.scalars(sa.select(Judge).where(Judge.name == "法官1")).one()
        judge.name, judge.name_key = "法官0", "法官0\n2"
    browser = scenario.sign_in()
    for number, other in ((1, 2), (2, 1)):
        page = browser.get(f"/cases/{number}")
        assert "Another case has this number too" in page.text
        assert f'href="/cases/{other}"' in page.text
    assert "Another case" not in browser.get("/cases/3").text
    environment = {
        "TINGQI_INSTANCE": str(scenario.folder),
        "TINGQI_SECRET_KEY": "of no matter" * 4,
        "TINGQI_DATABASE_URL": scenario.app.config["SQLALCHEMY_DATABASE_URI"],
    }
    said = scenario.app.test_cli_runner().invoke(cli, ["doctor"], env=environment).output
    assert "case （2026）沪1号 (no. 2), judge 法官0 (no. 2)" in " ".join(said.split())
