"""How the court opens an exchange of evidence, and how counsel file into it."""

import datetime as dt
import html
import re
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient

from tests.conftest import Scenario, confirmed
from tests.papers.giving import PDF, draft

SHANGHAI = ZoneInfo("Asia/Shanghai")


def clock(at: dt.datetime) -> str:
    """A moment as a field of a form has it, by the court's clock."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def court(scenario: Scenario) -> FlaskClient:
    """A browser of the court, in English."""
    browser = scenario.sign_in()
    browser.set_cookie("lang", "en")
    return browser


def opened(scenario: Scenario, case: Any, mode: str = "sealed", **more: str) -> dt.datetime:
    """Open an exchange that closes in ten days, at a full minute; return when."""
    closes = (scenario.clock.now() + dt.timedelta(days=10)).replace(second=0, microsecond=0)
    form = {"mode": mode, "closes_at": clock(closes), **more}
    done = confirmed(court(scenario), f"/cases/{case['id']}/exchange", form)
    assert done.status_code == 303, done.text
    return closes


def evidence(client: FlaskClient, link: str, name: str, body: bytes = PDF, **more: str) -> Any:
    """File a paper as evidence of the exchange: add it, name it, press."""
    draft(client, link, [("file", f"{name}.pdf", body)])
    page = client.get(f"{link}/papers").text
    chosen = re.search(r'name="exchange" value="([1-9]\d*)"', page)
    form = {"exchange": html.unescape(chosen[1])} if chosen else {}
    return draft(client, link, do="file", **{**form, **more})
