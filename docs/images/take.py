"""Take the README's two pictures anew, from the real pages: `make pictures` (needs a Chromium)."""

import re
import shutil
import tempfile
import threading
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import PASSWORD, House, at, make_court, make_house

HERE = Path(__file__).parent
COUNSEL = (
    ("Claimant", "East Harbour Shipping Ltd", "claimant", "Zhao Lei", "Jinmao Partners", 1),
    ("Respondent", "Kestrel Foods plc", "respondent", "Emma Carter", "Harbour Row LLP", 2),
    ("Third party", "Northgate Insurance SE", "other", "Jonas Weber", "Weber & Voss", 3),
)
CASE = {
    "number": "（2026）沪0115民初12345号", "title": "East Harbour Shipping v Kestrel Foods",
    "procedure": "ordinary", "judge": "陈法官",
    "parties": [
        {"role": role, "name": party, "side": side, "counsel": [{
            "name": name, "firm": firm, "email": f"{name.split()[0].lower()}@counsel.example",
            "phone": f"1380013800{n}", "language": "en", "channels": ["sms", "email"]}]}
        for role, party, side, name, firm, n in COUNSEL
    ],
}  # fmt: skip


def scene(house: House) -> tuple[str, str]:
    """Let a hearing be proposed and two of three answer; return its path and the third's link."""
    make_court(house)
    case_id = house.api("POST", "/cases", CASE)[1]["id"]
    slots = [(at(14), "第三法庭"), (at(14, "14:00"), "第五法庭"), (at(15, "10:00"), "第三法庭")]
    given = {
        "case_id": case_id, "kind": "trial", "minutes": 90, "answer_by": at(5, "17:00"),
        "fix": "auto", "slots": [{"starts_at": when, "courtroom": room} for when, room in slots],
    }  # fmt: skip
    hearing = house.api("POST", "/hearings", given)[1]
    house.beat()
    for who, says in (("zhao", ("yes", "yes", "no")), ("emma", ("yes", "if_needed", "yes"))):
        house.wait(hours=2)
        answer(house, house.link(f"{who}@"), says)
        house.beat()
    return f"/hearings/{hearing['id']}", house.link("jonas@")


def answer(house: House, link: str, says: tuple[str, ...]) -> None:
    """Answer on counsel's page as a browser would."""
    browser = house.client
    page = browser.get(link, headers={"User-Agent": "Mozilla/5.0"}).get_data(as_text=True)
    names = list(dict.fromkeys(re.findall(r'name="(slot-\d+)"', page)))
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    sent = browser.post(link, data={**hidden, **dict(zip(names, says, strict=True))})
    if sent.status_code != 303:
        raise SystemExit(f"{link} answered {sent.status_code}")


def take(browser: Browser, base: str, hearing: str, reply: str) -> None:
    """Write both pictures beside this file."""
    desk = browser.new_page(viewport={"width": 1180, "height": 900}, locale="en-GB")
    desk.goto(f"{base}/sign-in?lang=en")
    desk.fill("#email", "wang@court.example")
    desk.fill("#password", PASSWORD)
    desk.click("main form button")
    desk.goto(base + hearing)
    desk.screenshot(path=HERE / "hearing.png")
    phone = browser.new_page(
        viewport={"width": 390, "height": 1000}, device_scale_factor=1.5, locale="en-GB",
        timezone_id="Europe/Berlin",
    )  # fmt: skip
    phone.goto(f"{base}{reply}?lang=en")
    phone.screenshot(path=HERE / "reply.png")


def main() -> None:
    """Open a house in a folder of its own, let things happen in it, and take the pictures."""
    with tempfile.TemporaryDirectory() as name:
        house = make_house(Path(name), f"sqlite:///{name}/tingqi.db")
        with house.app.app_context():
            upgrade()
        hearing, reply = scene(house)
        server = make_server("127.0.0.1", 0, house.app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = shutil.which("chromium") or shutil.which("google-chrome")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            take(browser, f"http://127.0.0.1:{server.server_port}", hearing, reply)
            browser.close()
        server.shutdown()
        house.close()


if __name__ == "__main__":
    main()
