"""Acts of the court's pages, and the calls by which a program does the same."""

from tests.conftest import Scenario

# What no program does, and why.
SET_UP = "set up once, by an admin who sees on the page what it means for all cases to come"
RIGHTS = "who may sign in, and how, is decided by an admin who signed in: a token gives no rights"
WORDS = "words that counsel read hold once a person has seen them in the page's preview"
OF_A_PERSON = "of a person in a browser"
# Each page of the court that changes something: the call that does the same, or why there is none.
CALLS = {
    "addresses.seen": "POST /tasks/{task_id}/done",
    "calendar.change_public_names": SET_UP,
    "court_feeds.change_calendar": "POST /feeds",
    "contact.log_call": "POST /cases/{case_id}/contacts",
    "case.log": "POST /cases/{case_id}/contacts",
    "case_counsel.add_counsel": "POST /cases/{case_id}/counsel",
    "case_counsel.change_counsel": "PATCH /counsel/{counsel_id}",
    "keys.renew": "POST /cases/{case_id}/counsel/{counsel_id}/link",
    "filings.set_evidence_due": "POST /cases/{case_id}/evidence-due",
    "exchange.start": "POST /cases/{case_id}/exchanges",
    "cases.facts": "PATCH /cases/{case_id}",
    "filings.note": "POST /cases/{case_id}/noted-filings",
    "filings.remove": "DELETE /cases/{case_id}/noted-filings/{noted_filing_id}",
    "messages.hand_on": "POST /cases/{case_id}/counsel/{counsel_id}/message",
    "needs.save": "POST /cases/{case_id}/needs",
    "needs.take_note": "POST /cases/{case_id}/needs/{need_id}/noted",
    "needs.withdraw": "DELETE /cases/{case_id}/needs/{need_id}",
    "contact.log_off_channel": "POST /cases/{case_id}/contacts",
    "papers.give": "POST /cases/{case_id}/papers",
    "cases.enter": "POST /cases",
    "delegates.end": "POST /delegates/{delegate_id}/end",
    "delegates.seen": "POST /tasks/{task_id}/done",
    "exchange.cancel": "POST /exchanges/{exchange_id}/cancel",
    "exchange.change": "POST /exchanges/{exchange_id}/close",
    "opinions.set_due": "POST /exchanges/{exchange_id}/opinions-due",
    "exchange.decide": "POST /filings/{filing_id}/late",
    "papers.note_seen": "POST /filings/{filing_id}/seen",
    "hearing.cancel": "POST /hearings/{hearing_id}/cancel",
    "court_feeds.of_hearing": "POST /feeds",
    "hearing.fix": "POST /hearings/{hearing_id}/fix",
    "outcomes.enter": "POST /hearings/{hearing_id}/outcome",
    "paper_notices.posted": "POST /tasks/{task_id}/done",
    "proposing.another": "POST /hearings/{hearing_id}/move",
    "proposing.new": "POST /hearings",
    "imports.give": "POST /imports",
    "imports.act": "POST /imports/{import_id}/enter",
    "inbound.done": "POST /inbox/{message_id}/done",
    "listing.create": "POST /listings",
    "listing.act": "POST /listings/{listing_id}/send",
    "account.change_me": OF_A_PERSON,
    "account.make_token": "POST /tokens",
    "account.revoke_token": "DELETE /tokens/{token_id}",
    "messages.again": "POST /notices/{notice_id}/again",
    "outcomes.enter_day": "POST /hearings/{hearing_id}/outcome",
    "paper_notices.papers_posted": "POST /tasks/{task_id}/done",
    "people.password": OF_A_PERSON,
    "questions.answer": "POST /questions/{question_id}/answer",
    "questions.disclose": "POST /questions/{question_id}/disclose",
    "questions.fill": OF_A_PERSON,
    "move_requests.decline": "POST /hearings/{hearing_id}/move-requests/{number}",
    "move_requests.move": "POST /hearings/{hearing_id}/move-requests/{number}",
    "account.change_settings": SET_UP,
    "court_texts.save": WORDS,
    "letters.change_answer": WORDS,
    "carriers.test_carrier": SET_UP,
    "closed_days.change_closed_days": "POST /closed-days",
    "courtrooms.add_courtroom": "POST /courtrooms",
    "courtrooms.change_courtroom": "PUT /courtrooms/{courtroom_id}",
    "law.choose_rules": SET_UP,
    "members.add_user": RIGHTS,
    "members.change_user": RIGHTS,
    "members.revoke_users_token": RIGHTS,
    "letters.change_wording": WORDS,
    "account.end_session": OF_A_PERSON,
    "hearing.bench": "POST /hearings/{hearing_id}/bench",
    "case_bench.change": "POST /cases/{case_id}/bench",
    "member_addresses.change": "PATCH /members/{judge_id}",
    "needed.called": "POST /hearings/{hearing_id}/members/{judge_id}/called",
    "needed.new_link": "POST /hearings/{hearing_id}/members/{judge_id}/link",
    "needed.seen": "POST /hearings/{hearing_id}/members/{judge_id}/seen",
    "scanning.release": "POST /papers/{paper_id}/files/{number}/release",
    "webhooks.add_webhook": "POST /webhooks",
    "webhooks.change_webhook": "DELETE /webhooks/{webhook_id}",
    "webhooks.send_again": "POST /webhooks/{webhook_id}/deliveries/{number}/again",
    "people.check": OF_A_PERSON,
    "people.sign_out": OF_A_PERSON,
    "confirmation.answer": OF_A_PERSON,
    "factor_sign_in.answer": OF_A_PERSON,
    "factor_sign_in.cancel": OF_A_PERSON,
    "factors.add_app": OF_A_PERSON,
    "factors.add_passkey": OF_A_PERSON,
    "factors.challenge": OF_A_PERSON,
    "factors.continue_": OF_A_PERSON,
    "factors.new_codes": OF_A_PERSON,
    "factors.remove": OF_A_PERSON,
    "single_sign_on.start": OF_A_PERSON,
    "single_sign_on.use_way_in": OF_A_PERSON,
    "single_sign_on.link_invited": OF_A_PERSON,
    "own_single_sign_on.change_own": OF_A_PERSON,
    "own_single_sign_on.unlink_user": RIGHTS,
    "sign_on_settings.change": RIGHTS,
    "paper_notices.case_papers_posted": "POST /tasks/{task_id}/done",
}
# Programs, counsel, members of benches who are outside the court, and anybody.
OTHERS = ("/api/", "/r/", "/phone/", "/twilio/", "/m/", "/verify/")


def test_every_act_of_a_page_has_a_call_or_a_reason_why_not(scenario: Scenario) -> None:
    acts = {
        rule.endpoint
        for rule in scenario.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not f"{rule.rule}/".startswith(OTHERS)
    }
    assert acts == CALLS.keys(), "say which call does it, or why there is none"
    paths = scenario.client.get("/api/v1/openapi.json").get_json()["paths"]
    for act, call in CALLS.items():
        method, _, path = call.partition(" ")
        if method.isupper():
            assert method.lower() in paths.get(f"/api/v1{path}", {}), act
