"""What comes back by mail, over a real IMAP server: which answers count, and what waits instead."""

import base64
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.carriers.base import Carrier
from app.carriers.imap.mailbox import ImapMailbox
from app.carriers.imap.settings import MailboxSettings
from app.carriers.outbox import carrier
from app.carriers.registry import CarrierSettings, ExternalServices
from app.carriers.smtp.carrier import SmtpCarrier
from app.carriers.smtp.standin import SmtpStandIn
from app.core.db import db, transaction
from app.core.runtime.clock import SetClock
from app.notices.inbound import Inbound
from app.notices.models import Notice
from tests.conftest import CASE, NOW, Scenario, at, make_court, make_scenario, proposal
from tests.imap import ImapServer
from tests.inbound.test_parsing_mail import POISON
from tests.replied import SERVER, apple, bounce, gmail, invited, mail, outlook

LI, ZHAO = "li@huacheng.example", "zhao@jinmao.example"


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    """The court's mailbox."""
    with ImapServer() as server:
        yield server


def open_scenario(
    folder: Path, database: str, imap: ImapServer, clock: SetClock, email: Carrier | None = None
) -> Scenario:
    """A house that reads the mailbox and believes the court's own mail server."""
    local = ExternalServices(
        clock=clock,
        email=email or carrier.Outbox(folder / "outbox", "email", clock, "court@court.example"),
        sms=carrier.Outbox(folder / "outbox", "sms", clock),
        mailbox=ImapMailbox(imap.url),
    )
    carriers = CarrierSettings(mailbox=MailboxSettings(authserv=SERVER))
    return make_scenario(folder, database, external=local, carriers=carriers)


@pytest.fixture
def scenario(database: str, tmp_path: Path, imap: ImapServer) -> Iterator[Scenario]:
    """A court whose mailbox is read."""
    made = open_scenario(tmp_path, database, imap, SetClock(NOW))
    make_court(made)
    made.beat()  # a first look: what lies there unread from now on is new
    yield made
    made.app.extensions["tingqi"].external.close()
    made.close()


@pytest.fixture
def post() -> Iterator[SmtpStandIn]:
    """The server by which the court's mails go out."""
    with SmtpStandIn() as server:
        yield server


@pytest.fixture
def posting(
    database: str, tmp_path: Path, imap: ImapServer, post: SmtpStandIn
) -> Iterator[Scenario]:
    """A court whose mails go out by SMTP, each under a Message-ID of its own."""
    clock = SetClock(NOW)
    made = open_scenario(
        tmp_path, database, imap, clock, SmtpCarrier(post.url, "court@court.example", clock)
    )
    make_court(made)
    made.beat()
    yield made
    made.app.extensions["tingqi"].external.close()
    made.close()


def fixed(scenario: Scenario) -> int:
    """A hearing whose date is fixed and told, with invites."""
    case_id = scenario.api("POST", "/cases", CASE)[1]["id"]
    status, hearing = scenario.api("POST", "/hearings", proposal(case_id))
    assert status == 201, hearing
    order = {"slot_id": hearing["slots"][0]["id"], "reason": "依职权"}
    assert scenario.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    scenario.beat()
    return hearing["id"]


def come(scenario: Scenario, imap: ImapServer, *mails: str | bytes) -> list[dict[str, Any]]:
    """Let mails come and be read; return what was made of them, oldest first."""
    imap.deliver(*mails)
    scenario.wait(minutes=1)
    scenario.beat()
    return filed(scenario)


def filed(scenario: Scenario) -> list[dict[str, Any]]:
    """What came in, as it was understood."""
    with scenario.app.app_context():
        db.session.remove()
        rows = db.session.scalars(sa.select(Inbound).order_by(Inbound.id)).all()
        return [
            {
                "kind": r.kind,
                "waits": r.done_at is None,
                "name": r.name,
                "about": r.about,
                "words": r.words,
                **r.detail,
            }
            for r in rows
        ]


def grades(scenario: Scenario, hearing_id: int) -> dict[str, str]:
    """The best evidence of each counsel's knowing the date."""
    said = scenario.api("GET", f"/hearings/{hearing_id}/contacts")[1]
    best: dict[str, str] = {}
    for attempt in said["attempts"]:
        name = attempt["person"]["name"]
        best[name] = max(best.get(name, "E0"), attempt["grade"]["level"])
    return best


@pytest.mark.parametrize("dialect", [gmail, outlook, apple])
def test_accepting_in_each_family_of_calendars_confirms_the_date(
    scenario: Scenario, imap: ImapServer, dialect: Callable[..., str]
) -> None:
    hearing = fixed(scenario)
    for address, name in ((LI, "李敏"), (ZHAO, "Zhao Lei")):
        assert grades(scenario, hearing)[name] != "E4"
        said = come(scenario, imap, dialect(invited(scenario, address), "ACCEPTED"))[-1]
        assert (said["kind"], said["counted"], said["waits"]) == ("reply", True, False)
        assert said["name"] == name
        assert grades(scenario, hearing)[name] == "E4"
    assert imap.unseen() == 0
    [_, line] = [x for x in scenario.record(hearing) if x["what"] == "confirmed"]
    assert (line["channel"], line["kind"], line["detail"]) == ("email", "calendar", {"revision": 1})
    assert scenario.api("GET", f"/cases/{1}/contacts")[1]["chain"]["whole"]


@pytest.mark.parametrize(
    ("written", "other"),
    [("DTSTAMP:2026", "DTSTAMP:soon"), ("DTSTART;TZID", "RECURRENCE-ID:00000000T000000\nX-A;B")],
)
def test_a_decline_with_a_time_that_is_none_is_a_decline(
    scenario: Scenario, imap: ImapServer, written: str, other: str
) -> None:
    fixed(scenario)
    declined = gmail if written.startswith("DTSTAMP") else apple
    mail = declined(invited(scenario, ZHAO), "DECLINED")
    head, _, rest = mail.partition(written)
    said = come(scenario, imap, f"{head}{other}\nX-WAS;X={rest}" if rest else mail)[-1]
    assert (said["kind"], said["says"], said["waits"]) == ("reply", "DECLINED", True)


@pytest.mark.parametrize(
    "header", ["X-Autoreply", "X-Autorespond", "X-AutoReply-From", "X-Mail-Autoreply"]
)
def test_a_programs_mail_whose_calendar_cannot_be_read_waits(
    scenario: Scenario, imap: ImapServer, header: str
) -> None:
    fixed(scenario)
    declined = outlook(invited(scenario, LI), "DECLINED").replace(
        "\nFrom:", f"\n{header}: yes\nFrom:"
    )
    broken = base64.encodebytes(b"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n").decode()
    before, _, rest = declined.rpartition("Content-Transfer-Encoding: base64\n\n")
    mail = f"{before}Content-Transfer-Encoding: base64\n\n{broken}\n--{rest.partition('--')[2]}"
    [said] = come(scenario, imap, mail)
    assert (said["kind"], said["waits"], bool(said["why"])) == ("automatic", True, True)


def test_declining_a_fixed_date_waits_for_the_assistant_and_accepting_later_ends_it(
    scenario: Scenario, imap: ImapServer
) -> None:
    hearing = fixed(scenario)
    to = invited(scenario, LI)
    said = come(scenario, imap, outlook(to, "DECLINED"))[-1]
    assert (said["counted"], said["waits"], said["says"]) == (True, True, "DECLINED")
    desk = scenario.sign_in()
    assert "日历：谢绝" in desk.get("/inbox", headers={"Accept-Language": "zh"}).text
    assert "李敏" in desk.get(f"/hearings/{hearing}").text.partition('id="came"')[2]
    come(scenario, imap, gmail(to, "ACCEPTED", at="20261123T030000Z"))
    assert [each["waits"] for each in filed(scenario)] == [False, False]
    assert grades(scenario, hearing)["李敏"] == "E4"


def test_what_waits_is_done_by_a_press_and_only_in_its_own_court(
    scenario: Scenario, imap: ImapServer
) -> None:
    fixed(scenario)
    come(scenario, imap, outlook(invited(scenario, LI), "DECLINED"))
    with scenario.app.app_context():
        number = db.session.scalar(sa.select(Inbound.id))
    desk = scenario.sign_in()
    assert desk.post(f"/inbox/{number + 1}/done").status_code == 404
    assert desk.post(f"/inbox/{number}/done").status_code == 303
    assert "日历：谢绝" not in desk.get("/inbox?lang=zh").text
    assert "日历：谢绝" in desk.get("/inbox?all=1").text


def test_a_reply_to_an_old_date_is_recorded_and_does_not_count(
    scenario: Scenario, imap: ImapServer
) -> None:
    hearing = fixed(scenario)
    old = invited(scenario, LI)
    move = {"reason": "法官生病", "starts_at": at(30), "courtroom": "第五法庭"}
    assert scenario.api("POST", f"/hearings/{hearing}/move", move)[0] == 200
    scenario.beat()
    assert invited(scenario, LI).uid == old.uid
    assert invited(scenario, LI).sequence == old.sequence + 1
    said = come(scenario, imap, gmail(old, "ACCEPTED"))[-1]
    assert (said["counted"], said["why"]) == (False, "it answers an older date")
    assert grades(scenario, hearing)["李敏"] != "E4"
    [line] = [x for x in scenario.record(hearing) if x["kind"] == "calendar"]
    assert (line["what"], line["detail"]["says"]) == ("told", "ACCEPTED")


def test_the_same_reply_twice_and_an_older_one_after_a_newer_count_once(
    scenario: Scenario, imap: ImapServer
) -> None:
    fixed(scenario)
    to = invited(scenario, LI)
    newer = gmail(to, "ACCEPTED", at="20261123T030000Z")
    older = gmail(to, "DECLINED", at="20261123T020000Z")
    come(scenario, imap, newer, newer, older)
    assert [(each["counted"], each["waits"]) for each in filed(scenario)] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    assert filed(scenario)[1]["why"] == "the same was said before"
    assert filed(scenario)[2]["why"] == "a newer answer came before it"


def without(reply: str, *names: str) -> str:
    """A reply whose calendar lacks some properties, in all its parts."""
    kept, coded = [], False
    for line in reply.split("\n"):
        coded = coded or line.startswith("Content-Disposition: attachment")
        if line.partition(":")[0].partition(";")[0] not in names and not coded:
            kept.append(line)
    return "\n".join([*kept, "--000000000000a--", ""])


def test_a_refusal_is_never_put_away_unseen(scenario: Scenario, imap: ImapServer) -> None:
    hearing = fixed(scenario)
    old = invited(scenario, LI)
    move = {"reason": "法官生病", "starts_at": at(30), "courtroom": "第五法庭"}
    assert scenario.api("POST", f"/hearings/{hearing}/move", move)[0] == 200
    scenario.beat()
    new = invited(scenario, LI)
    refusals = {
        "of an older date": (gmail(old, "DECLINED"), "it answers an older date"),
        "that nobody vouches for": (
            gmail(new, "DECLINED", above=""),
            "no mail server vouches for its sender",
        ),
        "from another address": (
            gmail(new, "DECLINED", sender="secretary@huacheng.example"),
            "it was sent from another address than the attendee's",
        ),
        "without a number, of the old date's time": (
            without(gmail(old, "DECLINED"), "SEQUENCE"),
            "it does not say which date it answers",
        ),
        "without number and time": (
            without(gmail(new, "DECLINED"), "SEQUENCE", "DTSTART", "DTEND"),
            "it does not say which date it answers",
        ),
    }
    said = come(scenario, imap, *(each for each, _ in refusals.values()))
    assert [(x["counted"], x["waits"], x["why"]) for x in said] == [
        (False, True, why) for _, why in refusals.values()
    ]
    assert "日历：谢绝" in scenario.sign_in().get("/inbox?lang=zh").text


LACKING = {
    "no number": ("SEQUENCE",),
    "no number, no stamp, no organizer": ("SEQUENCE", "DTSTAMP", "ORGANIZER"),
    "no number and no time, of the only date": ("SEQUENCE", "DTSTART", "DTEND", "DTSTAMP"),
}


@pytest.mark.parametrize("how", LACKING)
def test_what_a_calendar_leaves_out_is_unknown_and_not_nought(
    scenario: Scenario, imap: ImapServer, how: str
) -> None:
    hearing = fixed(scenario)
    reply = without(gmail(invited(scenario, LI), "DECLINED"), *LACKING[how])
    said = come(scenario, imap, reply)[-1]
    assert (said["counted"], said["waits"], said["says"]) == (True, True, "DECLINED")
    reply = reply.replace("PARTSTAT=DECLINED", "PARTSTAT=accepted")
    said = come(scenario, imap, reply.replace("20261123T020000Z", "20261123T030000Z"))[-1]
    assert (said["counted"], said["says"]) == (True, "ACCEPTED")
    assert grades(scenario, hearing)["李敏"] == "E4"


def test_replies_of_odd_shapes_are_understood(scenario: Scenario, imap: ImapServer) -> None:
    fixed(scenario)
    to = invited(scenario, LI)
    change = "BEGIN:STANDARD\nDTSTART:19{:02d}0101T000000\nTZOFFSETFROM:+0800\nTZOFFSETTO:+0800\nEND:STANDARD\n"
    history = "".join(change.format(n % 100) for n in range(70))
    zone = f"BEGIN:VTIMEZONE\nTZID:Long\n{history}END:VTIMEZONE\nBEGIN:VEVENT"
    two = f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{ZHAO}\nATTENDEE;CUTYPE=INDIVIDUAL"
    plain = without(gmail(to, "DECLINED"))
    said = come(
        scenario,
        imap,
        plain.replace("BEGIN:VEVENT", zone),
        without(gmail(to, "TENTATIVE", at="20261123T030000Z")).replace(
            "ATTENDEE;CUTYPE=INDIVIDUAL", two
        ),
        without(gmail(to, "DECLINED", at="20261123T040000Z"), "METHOD"),
        without(gmail(to, "DELEGATED", at="20261123T050000Z")),
        without(gmail(to, "DECLINED"), "ATTENDEE"),
    )
    assert [(x["kind"], x["counted"], x["waits"]) for x in said] == [
        ("reply", True, False),
        ("reply", True, False),
        ("reply", True, True),
        ("reply", False, True),
        ("reply", False, True),
    ]
    assert said[3]["why"] == "it says that somebody else comes instead"
    assert said[4]["name"] == "李敏"


SPOOFS = {
    "nobody vouches": {"above": ""},
    "it failed": {
        "above": f"Authentication-Results: {SERVER}; dkim=fail header.d=huacheng.example; dmarc=fail header.from=huacheng.example\n"
    },
    "another server says so": {
        "above": "Authentication-Results: mx.evil.example; dkim=pass header.d=huacheng.example; dmarc=pass header.from=huacheng.example\n"
    },
    "another domain signed": {
        "above": f"Authentication-Results: {SERVER}; dkim=pass header.d=evil.example; dmarc=fail header.from=huacheng.example\n"
    },
    "in quotation marks": {
        "above": f'Authentication-Results: {SERVER}; spf=pass smtp.mailfrom="x; dmarc=pass header.from=huacheng.example"\n'
    },
    "in a comment": {
        "above": f"Authentication-Results: {SERVER}; spf=none (dmarc=pass; dkim=pass header.d=huacheng.example)\n"
    },
    "beneath the server's own": {
        "above": f"Authentication-Results: {SERVER}; dmarc=fail header.from=huacheng.example\nReceived: from x by {SERVER}; Mon, 23 Nov 2026 02:00:00 +0000\nAuthentication-Results: {SERVER}; dmarc=pass header.from=huacheng.example\n"
    },
    "two authors": {
        "above": f"Authentication-Results: {SERVER}; dmarc=pass header.from=huacheng.example\nFrom: x@evil.example\n"
    },
    "from another person": {"sender": "someone@huacheng.example"},
}


@pytest.mark.parametrize("how", SPOOFS)
def test_a_reply_that_nobody_vouches_for_is_a_hint_until_confirmed_by_link(
    scenario: Scenario, imap: ImapServer, how: str
) -> None:
    hearing = fixed(scenario)
    said = come(scenario, imap, gmail(invited(scenario, LI), "ACCEPTED", **SPOOFS[how]))[-1]
    assert said["counted"] is False
    assert grades(scenario, hearing)["李敏"] != "E4"
    scenario.beat()
    [letter] = scenario.letters(to=LI, containing="请通过链接确认")
    assert "/r/" in letter.body
    for _ in range(8):
        come(scenario, imap, gmail(invited(scenario, LI), "ACCEPTED", **SPOOFS[how]))
    assert len(scenario.letters(to=LI, containing="请通过链接确认")) <= 3


def test_replies_about_hearings_and_people_that_are_not_theirs_change_nothing(
    scenario: Scenario, imap: ImapServer
) -> None:
    hearing = fixed(scenario)
    to = invited(scenario, LI)
    come(
        scenario,
        imap,
        gmail(to, "ACCEPTED", uid="someone-elses@evil.example"),
        gmail(to, "ACCEPTED", attendee="stranger@evil.example", sender="stranger@evil.example"),
        gmail(to, "ACCEPTED", attendee=ZHAO),
        gmail(to, "ACCEPTED", sequence=to.sequence + 5),
        gmail(to, "DELEGATED"),
    )
    assert [each["counted"] for each in filed(scenario)] == [False] * 5
    assert set(grades(scenario, hearing).values()) & {"E4"} == set()


def test_a_wish_for_another_time_waits_with_the_time(scenario: Scenario, imap: ImapServer) -> None:
    hearing = fixed(scenario)
    to = invited(scenario, LI)
    later = to.starts_at.replace(hour=15, minute=0)
    said = come(scenario, imap, gmail(to, "TENTATIVE", method="COUNTER", starts_at=later))[-1]
    assert (said["kind"], said["waits"], said["proven"]) == ("counter", True, True)
    page = scenario.sign_in().get("/inbox?lang=en").text
    assert "asks for another time" in page
    assert "15:00" in page
    assert [x["kind"] for x in scenario.record(hearing) if x["what"] == "told"] == ["counter"]


def test_a_bounce_becomes_a_receipt_and_the_next_channel_takes_over(
    posting: Scenario, imap: ImapServer
) -> None:
    case = {
        **CASE,
        "parties": [
            CASE["parties"][0],
            {
                **CASE["parties"][1],
                "counsel": [{**CASE["parties"][1]["counsel"][0], "channels": ["email"]}],
            },
        ],
    }
    case_id = posting.api("POST", "/cases", case)[1]["id"]
    hearing = posting.api("POST", "/hearings", proposal(case_id))[1]["id"]
    posting.beat()
    with posting.app.app_context():
        sent = db.session.scalars(
            sa.select(Notice).where(Notice.address == ZHAO, Notice.kind == "proposal")
        ).one()
        message_id, number = sent.carrier_id, sent.id
    delayed = bounce(message_id, ZHAO, "delayed", "4.4.1")
    said = come(posting, imap, delayed)[-1]
    assert (said["kind"], said["waits"]) == ("bounce", False)
    assert states(posting, number) == "sent"
    come(posting, imap, bounce(message_id, ZHAO), bounce(message_id, ZHAO))
    assert states(posting, number) == "failed"
    posting.beat()
    assert posting.letters(to="+8613800138002", channel="sms")
    lines = [
        x
        for x in posting.record(hearing)
        if x["detail"].get("carrier") == "smtp" and x["direction"] == "in"
    ]
    assert [(x["what"], x["detail"]["code"]) for x in lines] == [
        ("status", "4.4.1"),
        ("failed", "5.1.1"),
    ]
    said = come(posting, imap, bounce("<n1.1.abc@elsewhere.example>", ZHAO))[-1]
    assert (said["kind"], said["waits"]) == ("bounce", True)


def states(scenario: Scenario, number: int) -> str:
    """Where a notice stands."""
    with scenario.app.app_context():
        db.session.remove()
        return db.session.get_one(Notice, number).state


def test_a_machine_that_answers_is_told_apart_and_nobody_answers_it(
    scenario: Scenario, imap: ImapServer
) -> None:
    hearing = fixed(scenario)
    before = len(scenario.letters())
    away = mail(
        LI, "Auto-Submitted: auto-replied\nContent-Type: text/plain; charset=utf-8\n\n我在休假\n"
    )
    old = mail(LI, "Content-Type: text/plain; charset=utf-8\n\n收到\n", subject="自动回复: 庭期")
    assert [(x["kind"], x["waits"]) for x in come(scenario, imap, away, old)] == [
        ("automatic", False)
    ] * 2
    scenario.beat()
    assert len(scenario.letters()) == before
    assert [x["what"] for x in scenario.record(hearing) if x["kind"] == "automatic"] == [
        "status"
    ] * 2
    assert "Automatic reply" in scenario.sign_in().get("/inbox?all=1&lang=en").text


def test_any_other_mail_is_filed_with_its_case_for_the_assistant(
    posting: Scenario, imap: ImapServer
) -> None:
    hearing = fixed(posting)
    with posting.app.app_context():
        ours = db.session.scalars(sa.select(Notice.carrier_id).where(Notice.address == LI)).first()
    said = come(
        posting,
        imap,
        mail(
            LI,
            f"In-Reply-To: {ours}\nContent-Type: text/html; charset=utf-8\n\n<style>p{{}}</style><p>附上 <b>证据</b></p>",
            subject="证据清单",
        ),
        mail(
            "stranger@evil.example", "Content-Type: text/plain\n\nHello <script>alert(1)</script>\n"
        ),
    )
    assert [(x["kind"], x["waits"]) for x in said] == [("mail", True)] * 2
    assert said[0]["about"] == f"hearing/{hearing}"
    assert said[0]["words"] == "附上 证据"
    page = posting.sign_in().get("/inbox").text
    assert "证据清单" in page
    assert "<script>alert" not in page
    [line] = [x for x in posting.record(hearing) if x["kind"] == "mail"]
    assert line["content"]["text"] == "附上 证据"


# What the server itself takes; what even it stumbles over is tried in rules/test_mail.py.
def test_poison_is_filed_and_stops_nothing(scenario: Scenario, imap: ImapServer) -> None:
    hearing = fixed(scenario)
    good = gmail(invited(scenario, LI), "ACCEPTED").encode()
    mails = [
        each
        for poison in POISON.values()
        for each in (poison, b"From: li@huacheng.example\nSubject: between\n\nhello\n")
    ]
    said = come(scenario, imap, *mails, good)
    assert len(said) == len(mails) + 1
    assert said[-1]["counted"] is True
    assert grades(scenario, hearing)["李敏"] == "E4"
    assert imap.unseen() == 0
    assert scenario.sign_in().get("/inbox?all=1").status_code == 200


def test_a_mail_of_fifty_megabytes_is_filed_by_its_beginning(
    scenario: Scenario, imap: ImapServer
) -> None:
    fixed(scenario)
    head = mail(LI, "Content-Type: text/plain\n\nPlease see below.\n").encode()
    said = come(
        scenario,
        imap,
        head + b"0123456789abcde\n" * (50 * 65536),
        gmail(invited(scenario, LI), "ACCEPTED"),
    )
    assert [each["kind"] for each in said] == ["mail", "reply"]
    assert said[0]["why"] == "it is larger than what is read"
    assert said[0]["words"].startswith("Please see below.")
    assert said[1]["counted"]


def test_at_the_first_look_only_what_nobody_has_seen_is_new(
    scenario: Scenario, imap: ImapServer, database: str, tmp_path: Path
) -> None:
    old = b"From: x@evil.example\nSubject: old\n\nunread for years\n"
    seen = b"From: x@evil.example\nSubject: seen\n\nread by somebody\n"
    with ImapServer() as other:
        other.deliver(old, *[seen] * 60)
        with other.client() as someone:
            someone.select("INBOX")
            someone.store("2:*", "+FLAGS", r"\Seen")
        second = open_scenario(tmp_path, database, other, scenario.clock)
        for _ in range(3):
            second.beat()
        other.deliver(b"From: x@evil.example\nSubject: new\n\nnew\n")
        second.beat()
        assert [each["words"] for each in filed(second)] == ["unread for years", "new"]
        second.app.extensions["tingqi"].external.close()
        second.close()


def test_two_workers_take_each_mail_once(
    scenario: Scenario, imap: ImapServer, database: str, tmp_path: Path
) -> None:
    hearing = fixed(scenario)
    second = open_scenario(tmp_path, database, imap, scenario.clock)
    to = invited(scenario, LI)
    stamps = [f"202611230{n}0000Z" for n in range(2, 9)]
    stamps = [f"20261123T0{n}0000Z" for n in range(2, 9)]
    mails = [
        gmail(to, ("ACCEPTED", "TENTATIVE")[n % 2], at=stamp) for n, stamp in enumerate(stamps)
    ]
    imap.deliver(*mails)
    workers = [threading.Thread(target=each.beat) for each in (scenario, second)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [each["counted"] for each in filed(scenario)] == [True] * len(mails)
    kinds = [x["kind"] for x in scenario.record(hearing) if x["channel"] == "email"]
    assert kinds.count("calendar") == 4  # of those that accept, the first alone is news
    second.app.extensions["tingqi"].external.close()
    second.close()


def test_a_mail_is_read_again_where_its_transaction_failed(
    scenario: Scenario, imap: ImapServer
) -> None:
    hearing = fixed(scenario)
    imap.deliver(gmail(invited(scenario, LI), "ACCEPTED"))
    words = "ALTER TABLE inbound RENAME TO gone"
    with scenario.app.app_context(), transaction() as session:
        session.execute(sa.text(words))
    scenario.beat()
    assert imap.unseen() == 1
    with scenario.app.app_context(), transaction() as session:
        session.execute(sa.text("ALTER TABLE gone RENAME TO inbound"))
    scenario.beat()
    assert imap.unseen() == 0
    assert grades(scenario, hearing)["李敏"] == "E4"


def test_a_mailbox_that_cannot_be_read_is_named_on_the_home_page(
    scenario: Scenario, imap: ImapServer
) -> None:
    fixed(scenario)
    imap.__exit__()
    scenario.app.extensions["tingqi"].external.mailbox.close()
    assert scenario.beat() == 0
    assert "The mailbox cannot be read" in scenario.sign_in().get("/?lang=en").text


def test_erasing_a_case_blanks_what_came_in_about_it(scenario: Scenario, imap: ImapServer) -> None:
    hearing = fixed(scenario)
    come(scenario, imap, outlook(invited(scenario, LI), "DECLINED"))
    assert scenario.api("POST", f"/hearings/{hearing}/cancel", {"reason": "撤诉"})[0] == 200
    scenario.beat()
    from app.cases.models import Case
    from app.retention import erasing

    with scenario.app.app_context(), transaction() as session:
        case = session.scalars(sa.select(Case)).one()
        erasing.erase(session, case, by="admin", why="asked", now=scenario.clock.now())
    with scenario.app.app_context():
        row = db.session.scalars(sa.select(Inbound)).one()
        assert (row.sender, row.name, row.words, row.detail) == ("", "", "", {})
    assert scenario.sign_in().get("/inbox?all=1").status_code == 200
