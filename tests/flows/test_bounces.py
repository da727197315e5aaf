"""What mail systems and programs say of our mails, in every form, over real SMTP and IMAP."""
# ruff: noqa: F811  (fixtures are imported)

from typing import Any

import sqlalchemy as sa

from app.carriers.smtp.standin import SmtpStandIn
from app.core.db import db
from app.notices.models import Notice
from tests.bounced import (
    DELAYS,
    FAILURES,
    Sent,
    away,
    dsn,
    read_receipt,
    tencent,
)
from tests.conftest import Scenario, at, case_with, proposal
from tests.flows.test_replies_by_mail import come, imap, post, posting  # noqa: F401
from tests.imap import ImapServer
from tests.replied import vouched

PROPOSED = (Notice.kind == "proposal", Notice.channel == "email")


def hearings(scenario: Scenario, count: int) -> list[Sent]:
    """So many hearings on different days, each proposed to a counsel with an address of their own."""
    for n in range(count):
        own, other = (
            {
                "name": f"{side} {n}",
                "firm": "x",
                "email": f"{side}{n}@firm.example",
                "phone": f"139001380{n:02d}",
                "language": "en",
                "channels": ["email", "sms"],
            }
            for side in ("wu", "qian")
        )
        case = case_with(f"（2026）沪0115民初{n}号", own, judge=f"法官{n}")
        case["parties"][1]["counsel"] = [other]
        case_id = scenario.api("POST", "/cases", case)[1]["id"]
        body = proposal(case_id, (at(12 + n), "第三法庭"))
        status, said = scenario.api("POST", "/hearings", body)
        assert status == 201, said
    scenario.beat()
    return sent(scenario)


def sent(scenario: Scenario) -> list[Sent]:
    """The mails that went to the claimants' counsel."""
    with scenario.app.app_context():
        db.session.remove()
        wanted = sa.select(Notice).where(*PROPOSED, Notice.address.like("wu%"))
        return [
            Sent(each.address, each.carrier_id)
            for each in db.session.scalars(wanted.order_by(Notice.id))
        ]


def state(scenario: Scenario, mail: Sent) -> str:
    """Where the notice of a mail stands."""
    with scenario.app.app_context():
        db.session.remove()
        wanted = sa.select(Notice.state).where(*PROPOSED, Notice.address == mail.recipient)
        return str(db.session.scalar(wanted))


def test_a_bounce_of_every_family_fails_its_notice_and_the_next_channel_takes_over(
    posting: Scenario, imap: ImapServer
) -> None:
    mails = hearings(posting, len(FAILURES) + 1)
    bounces = [make(mail) for make, mail in zip(FAILURES.values(), mails, strict=False)]
    expired = dsn(mails[-1], "expired", "4.4.7", encoded=True)
    said = come(posting, imap, *bounces, expired)
    names = [*FAILURES, "expired"]
    assert {n: (x["kind"], x["waits"]) for n, x in zip(names, said, strict=True)} == dict.fromkeys(
        names, ("bounce", False)
    )
    assert {n: state(posting, mail) for n, mail in zip(names, mails, strict=True)} == dict.fromkeys(
        names, "failed"
    )
    posting.beat()
    posting.wait(minutes=20)
    posting.beat()
    for n in range(len(mails)):
        assert posting.letters(to=f"139001380{n:02d}", channel="sms"), names[n]


def test_a_warning_of_delay_and_the_last_word_of_a_relay_move_nothing(
    posting: Scenario, imap: ImapServer
) -> None:
    mails = hearings(posting, len(DELAYS) + 2)
    warnings = [make(mail) for make, mail in zip(DELAYS.values(), mails, strict=False)]
    said = come(
        posting,
        imap,
        *warnings,
        dsn(mails[-2], "relayed", "2.0.0"),
        dsn(mails[-1], "delayed", "4.4.1"),
    )
    assert [(x["kind"], x["waits"]) for x in said] == [("bounce", False)] * len(mails)
    assert {state(posting, mail) for mail in mails} == {"sent"}


def test_what_cannot_be_matched_waits_with_its_case_and_fails_nothing(
    posting: Scenario, imap: ImapServer
) -> None:
    [mail] = hearings(posting, 1)
    strangers_id = Sent(mail.recipient, "<n1.1.0123456789ab@court.example>")
    strangers_address = Sent("someone@else.example", mail.message_id)
    said = come(
        posting,
        imap,
        tencent(mail),
        *(dsn(x) for x in (strangers_id, strangers_address)),
        *(FAILURES["exim"](x) for x in (strangers_id, strangers_address)),
        "From: MAILER-DAEMON@mail.example\nSubject: Tiedoksi\nContent-Type: text/plain\n\nHei\n",
    )
    assert [(x["kind"], x["waits"]) for x in said] == [("bounce", True)] * 6
    assert [x["about"] for x in said[:5]] == ["hearing/1"] * 5
    assert all(x["why"] for x in said)
    assert state(posting, mail) == "sent"
    assert "undeliverable" in posting.sign_in().get("/inbox?lang=en").text


def test_an_answer_of_a_persons_program_is_no_bounce(posting: Scenario, imap: ImapServer) -> None:
    [mail] = hearings(posting, 1)
    programs = away(mail.recipient, mail.message_id)
    said = come(posting, imap, *programs.values())
    assert [(x["kind"], x["waits"]) for x in said] == [("automatic", False)] * len(programs)
    gone = (
        f"From: {mail.recipient}\nIn-Reply-To: {mail.message_id}\nAuto-Submitted: auto-replied\n"
        "Subject: Automatic reply: Hearing\nContent-Type: text/plain\n\n"
        "I have left the firm. Your message was not delivered to my colleagues.\n"
    )
    challenge = (
        f"From: {mail.recipient}\nAuto-Submitted: auto-replied\nSubject: Your mail is held\n"
        "Content-Type: text/plain\n\nPlease confirm that you are human to have it delivered.\n"
    )
    left = gone.partition("\n\n")[0].replace("text/plain", "text/plain; charset=utf-8")
    said = come(
        posting,
        imap,
        gone,
        challenge,
        f"{left}\n\nThis address is no longer in use.\n",
        f"{left}\n\n本人已离职，请联系前台。\n",
    )[-4:]
    assert [(x["kind"], x["waits"]) for x in said] == [("automatic", True)] * 4
    person = f"From: {mail.recipient}\nSubject: Delivery report of documents\n\nPlease see below.\n"
    assert come(posting, imap, person)[-1]["kind"] == "mail"
    assert state(posting, mail) == "sent"


def test_what_a_person_writes_above_our_mail_is_never_put_away_as_a_bounce(
    posting: Scenario, imap: ImapServer
) -> None:
    mails = hearings(posting, 4)
    words = (
        "起诉状副本被告拒收，无法送达。",
        "The files were successfully delivered to you.",
        "The courier was delayed and will try again on Monday.",
        "My client's mailbox is full.",
    )
    said = come(posting, imap, *(attached(mail, x) for mail, x in zip(mails, words, strict=True)))
    assert [x["waits"] for x in said] == [True] * 4
    assert [x["words"] for x in said] == list(words)
    assert [x["kind"] for x in said] == ["bounce", "mail", "mail", "bounce"]
    page = posting.sign_in().get("/inbox?lang=en").text
    assert "a person may have written it" in page
    surname = (
        f"From: {mails[0].recipient}\nSubject: Lu: I cannot come\nContent-Type: text/plain\n\n"
        "The letter was read by my client.\n"
    )
    assert come(posting, imap, surname)[-1]["waits"]


def attached(sent: Sent, words: str) -> str:
    """A new mail of a person's, with ours attached."""
    part = f"Content-Type: text/plain; charset=utf-8\n\n{words}\n"
    return (
        f"From: Wu <{sent.recipient}>\nTo: court@court.example\nSubject: About the hearing\n"
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n'
        f"--B\n{part}\n--B\nContent-Type: message/rfc822\n\n{sent.header}\nHello\n\n--B--\n"
    )


ELSEWHERE = (
    "Nie można dostarczyć wiadomości.",
    "Din meddelelse kunne ikke leveres.",
    "Zprávu nebylo možné doručit: nedoručeno.",
    "Το μήνυμα δεν παραδόθηκε.",
    "Impossibile recapitare il messaggio.",
    "Das Postfach des Empfängers ist voll.",
    "メールを配信することができませんでした",
    "Không thể gửi thư tới địa chỉ này.",
    "Your message to that address was automatically rejected.",
    "Relay access denied",
    "Domain has no MX",
)


def test_a_null_sender_under_any_name_and_in_any_language_is_a_mail_system(
    posting: Scenario, imap: ImapServer
) -> None:
    mails = hearings(posting, len(ELSEWHERE))
    top = "Return-Path: <>\nFrom: gateway@firm.example\nSubject: Info\nMIME-Version: 1.0\n"
    kind = "Content-Type: text/plain; charset=utf-8\n\n"
    said = come(
        posting,
        imap,
        *(
            f"{top}{kind}{words}\n\n{mail.header}"
            for words, mail in zip(ELSEWHERE, mails, strict=True)
        ),
    )
    assert [(x["kind"], x["waits"]) for x in said] == [("bounce", False)] * len(ELSEWHERE)
    assert {state(posting, mail) for mail in mails} == {"failed"}
    unknown = come(posting, imap, f"{top}{kind}Ujumbe wako umekwama.\n{mails[0].recipient}\n")[-1]
    assert (unknown["kind"], unknown["waits"]) == ("automatic", True)


def test_a_read_receipt_proves_nothing_and_one_deleted_unread_waits(
    posting: Scenario, imap: ImapServer
) -> None:
    shown, deleted = hearings(posting, 2)
    said = come(
        posting,
        imap,
        read_receipt(shown, "manual-action/MDN-sent-manually; displayed"),
        read_receipt(deleted, "manual-action/MDN-sent-manually; deleted"),
    )
    assert [(x["kind"], x["waits"], x["says"]) for x in said] == [
        ("receipt", False, "displayed"),
        ("receipt", True, "deleted"),
    ]
    assert {state(posting, each) for each in (shown, deleted)} == {"sent"}
    lines: list[dict[str, Any]] = [*posting.record(1), *posting.record(2)]
    assert [x["detail"]["status"] for x in lines if x["what"] == "status"] == [
        "displayed",
        "deleted",
    ]
    page = posting.sign_in().get("/inbox?all=1&lang=en").text
    assert "deleted unread" in page
    assert "read receipt" in page


SES = "0100018f3ce1b2a4-11d0b2f5-3e0c-4a51-9f6e-2b6f0c1d2e3f-000000"


def test_a_carrier_that_writes_a_message_id_of_its_own_is_understood(
    posting: Scenario, imap: ImapServer, post: SmtpStandIn
) -> None:
    post.say(f"250 Ok {SES}", times=9, step="DATA")
    [mail] = hearings(posting, 1)
    theirs = Sent(mail.recipient, f"<{SES}@eu-west-1.amazonses.example>")
    answer = (
        f"From: {mail.recipient}\nSubject: Re: Hearing\nIn-Reply-To: {theirs.message_id}\n"
        "Content-Type: text/plain\n\nI shall be there.\n"
    )
    said = come(posting, imap, answer, dsn(theirs))
    assert (said[0]["kind"], said[0]["about"]) == ("mail", "hearing/1")
    assert (said[1]["kind"], said[1]["waits"]) == ("bounce", False)
    assert state(posting, mail) == "failed"


def test_a_bounce_without_any_id_counts_from_the_recipients_own_vouched_mail_system(
    posting: Scenario, imap: ImapServer
) -> None:
    mail, other = hearings(posting, 2)
    by_firm = tencent(mail).replace("PostMaster@qq.example", "PostMaster@firm.example")
    elsewhere = vouched("x@qq.example") + tencent(mail)
    unproven = vouched("x@firm.example", result="fail") + by_firm
    persons = vouched("x@firm.example") + by_firm.replace("PostMaster@", "qian@")
    persons = persons.replace("=?utf-8?B?", "Re: =?utf-8?B?")
    said = come(posting, imap, elsewhere, unproven, persons)
    assert [x["waits"] for x in said] == [True] * 3
    assert state(posting, mail) == "sent"
    said = come(posting, imap, vouched("x@firm.example") + by_firm)[-1]
    assert (said["kind"], said["waits"]) == ("bounce", False)
    assert (state(posting, mail), state(posting, other)) == ("failed", "sent")
