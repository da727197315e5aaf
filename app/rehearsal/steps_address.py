"""Steps: a side confirms its address on the real page, and moves to a number with a code."""

import re

from app.core.channels import Channel
from app.core.errors import N_, Message
from app.rehearsal.browser import HtmlPage
from app.rehearsal.environment import PATIENCE, RehearsalEnvironment
from app.rehearsal.report import expect
from app.rehearsal.script import COUNSEL, RehearsalScript
from app.rehearsal.steps_agree import submit

NEW_NUMBER = "+8613800138009"


def confirm_address(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Confirm the address of the second side on its page, and agree to electronic service."""
    who = COUNSEL[1]
    submit(env, f"{script.links[who.name]}/address", "/address", right="1", agree="1")
    _, case = env.api("GET", f"/cases/{script.case_ids[0]}")
    own = next(
        each for party in case["parties"] for each in party["counsel"] if each["name"] == who.name
    )
    expect(own["address_confirmed_on"], N_("the court does not have the confirmation"))
    expect(own["electronic_consent_words"], N_("the court does not have the consent"))
    words = N_("%(name)s confirmed the address on the page, and agreed to %(words)s")
    return Message(words, name=who.name, words=own["electronic_consent_words"])


def change_number(env: RehearsalEnvironment, script: RehearsalScript) -> Message:
    """Change the number of the second side with the code that is sent to the new one, and back."""
    who = COUNSEL[1]
    for number, old in ((NEW_NUMBER, who.phone), (who.phone, NEW_NUMBER)):
        page = f"{script.links[who.name]}/address"
        submit(env, page, "/address/change", field="phone", phone=number)
        texts = [each for each in env.beat() if each.channel == Channel.SMS]
        codes = [re.findall(r"\b\d{6}\b", each.text) for each in texts if each.to == number]
        expect(len(codes) == 1 and codes[0], N_("no code came to %(number)s"), number=number)
        submit(env, page, "/address/code", code=codes[0][0])
        shown = HtmlPage(env.http.get(page, timeout=PATIENCE).text).words
        expect(number in shown, N_("the page does not show %(number)s"), number=number)
        notified = {each.to for each in env.beat()}
        expect(old in notified, N_("the old number %(number)s was not told"), number=old)
    words = N_("%(number)s, with a code that was sent to it; the old number was told; and back")
    return Message(words, number=NEW_NUMBER)
