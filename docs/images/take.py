"""Take the pictures of the six main pages anew, from the demo's court: `make screenshots`.

It needs a Chromium. The court's clock is set to one Monday, so that a picture changes only where
its page does.
"""

import io
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from app.demo import open_proposal
from app.demo.story import ASSISTANT, STORY, StoryPlayer
from app.worker import beat
from tests.conftest import NOW, SECRET, Scenario, make_scenario

HERE = Path(__file__).parent
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB"}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 1000},
    "device_scale_factor": 1.5,
    "locale": "en-GB",
    "timezone_id": "Europe/London",
}
ROWS = """\
案号,案由,承办法官,当事人,诉讼地位,代理人,律所,邮箱,电话
（2026）东0901民初701号,买卖合同纠纷,陈静文,江海电器有限公司,原告,李敏,华诚律师事务所,limin@huacheng.example,13800138001
（2026）东0901民初701号,买卖合同纠纷,陈静文,Merton Foods Ltd,被告,Jo Reed,Reed & Co,jo.reed@reed,
（2026）东0901民初702号,民间借贷纠纷,吴启明,何建国,原告,何雨,何雨律师事务所,,138 0013 800
（2026）东0901民初703号,物业服务合同纠纷,,海湾物业有限公司,原告,周航,海川律师事务所,zhouhang@haichuan.example,13800138004
（2026）东0901民初704号,服务合同纠纷,陈静文,云帆科技有限公司,第三方,刘洋,正源律师事务所,liuyang@zhengyuan.example,13800138008
（2026）东0901民初705号,保险纠纷,吴启明,东海保险公司,被告,孙倩,明理律师事务所,sunqian@mingli.example,13800138003
"""
COLUMNS = ("number", "title", "judge", "party", "role", "counsel", "firm", "email", "phone")


def main() -> None:
    """Tell the demo's story in a folder of its own and take the pictures."""
    with tempfile.TemporaryDirectory() as name, court(Path(name)) as (scenario, base):
        path = shutil.which("chromium") or shutil.which("google-chrome")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            take(browser, scenario, base)
            browser.close()


@contextmanager
def court(folder: Path) -> Iterator[tuple[Scenario, str]]:
    """The demo's court and the address of its pages."""
    scenario = make_scenario(folder, f"sqlite:///{folder}/tingqi.db")
    with scenario.app.app_context():
        upgrade()
        StoryPlayer(scenario.app, scenario.clock, SECRET).play()
    quiet = type("Quiet", (WSGIRequestHandler,), {"log": lambda *_: None})
    server = make_server("127.0.0.1", 0, scenario.app, threaded=True, request_handler=quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield scenario, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    scenario.close()


def take(browser: Browser, scenario: Scenario, base: str) -> None:
    """Write the pictures beside this file."""
    with scenario.app.app_context():
        waiting = open_proposal.find_or_create()
    scenario.beat()
    first, second = (each.path for each in waiting.counsel)
    answer(scenario, first, ("yes", "if_needed", "yes"))
    scenario.wait(hours=2)
    scenario.beat()
    phone = opened(browser, PHONE)
    phone.goto(f"{base}{second}?lang=en")
    for slot, word in enumerate(("yes", "no")):
        phone.locator("fieldset.slot").nth(slot).locator(f"input[value={word}]").check(force=True)
    phone.evaluate("scrollTo(0, 0)")
    phone.screenshot(path=HERE / "reply.png")
    imported = check_file(scenario)
    desk = opened(browser, DESK)
    sign_in(desk, base)
    for name, path in (
        ("home", "/"),
        ("calendar", "/calendar"),
        ("proposal", "/hearings/new?case_id=8"),
        ("hearing", waiting.path),
        ("import", imported),
    ):
        seen = desk.goto(base + path)
        if not seen or not seen.ok:
            raise SystemExit(f"{path} cannot be shown")
        desk.wait_for_load_state("networkidle")
        desk.screenshot(path=HERE / f"{name}.png")


def opened(browser: Browser, kind: dict[str, Any]) -> Page:
    """A window of a kind, whose clock is the court's."""
    page = browser.new_page(**kind)
    page.clock.set_fixed_time(NOW)
    return page


def sign_in(page: Page, base: str) -> None:
    """Sign in as the assistant."""
    page.goto(f"{base}/sign-in?lang=en")
    page.fill("#email", ASSISTANT)
    page.fill("#password", STORY["password"])
    page.click("main form button")


def answer(scenario: Scenario, link: str, says: tuple[str, ...]) -> None:
    """Answer on counsel's page as a browser would."""
    browser = scenario.client
    page = browser.get(link, headers={"User-Agent": "Mozilla/5.0"}).get_data(as_text=True)
    names = list(dict.fromkeys(re.findall(r'name="(slot-\d+)"', page)))
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    sent = browser.post(link, data={**hidden, **dict(zip(names, says, strict=True))})
    if sent.status_code != 303:
        raise SystemExit(f"{link} answered {sent.status_code}")


def check_file(scenario: Scenario) -> str:
    """Give a file with a few faults to the import and let it be checked; return its page."""
    desk: FlaskClient = scenario.client
    desk.post("/sign-in", data={"email": ASSISTANT, "password": STORY["password"]})
    given = desk.post("/import", data={"file": (io.BytesIO(ROWS.encode()), "十二月新收案件.csv")})
    columns = {f"column-{n}": name for n, name in enumerate(COLUMNS)}
    desk.post(given.location, data={**columns, "do": "check"})
    beat.process_file(scenario.app)
    return given.location


if __name__ == "__main__":
    main()
