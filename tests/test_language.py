"""Every word of every page in English and in Simplified Chinese: the catalogue, and the pages."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from tests.conftest import CASE, House, at, proposal

HOME = Path(__file__).parent.parent
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
PLACE = re.compile(r"%\((\w+)\)s")
HAN = r"[\u4e00-\u9fff]"
HALF_WIDTH = re.compile(rf"{HAN}[,;:!?]|[,;!?]{HAN}|{HAN}\(|\){HAN}|{HAN}\.(?=\s|$)")


def in_code() -> set[str]:
    """Every message id that the code and the templates use; of plurals the singular."""
    with (HOME / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    within = [(pattern.removeprefix("app/"), how) for pattern, how in methods]
    found = extract_from_dir(HOME / "app", within, options, KEYWORDS)  # type: ignore[arg-type]
    return {ids if isinstance(ids, str) else ids[0] for _, _, ids, _, _ in found}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The Chinese catalogue as it is written."""
    file = HOME / "app/translations/zh/LC_MESSAGES/messages.po"
    with file.open("rb") as words:
        return read_po(words, locale="zh")


def entries(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Each message's English and Chinese."""
    for message in catalogue:
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[-1]
            chinese = message.string if isinstance(message.string, str) else message.string[0]
            yield english, chinese or ""


def test_no_string_is_missing_and_none_is_left_over(catalogue: Catalog) -> None:
    used = in_code()
    assert len(used) > 500  # they are found at all
    known = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id
    }
    assert (sorted(used - known), sorted(known - used)) == ([], [])
    assert [str(message.id) for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_every_string_is_translated_with_its_places(catalogue: Catalog) -> None:
    assert [english for english, chinese in entries(catalogue) if not chinese.strip()] == []
    wrong = [
        (english, chinese)
        for english, chinese in entries(catalogue)
        if set(PLACE.findall(english)) != set(PLACE.findall(chinese))
        or len(chinese) - len(chinese.strip()) != len(english) - len(english.strip())
    ]
    assert wrong == []


def test_chinese_is_written_as_a_court_writes_it(catalogue: Catalog) -> None:
    wrong = [
        chinese
        for _, chinese in entries(catalogue)
        if HALF_WIDTH.search(chinese) or "!" in chinese or "！" in chinese or "你" in chinese
    ]
    assert wrong == []


SAID_ALOUD = {"aria-label", "placeholder", "title", "alt", "data-name"}
SILENT = {"script", "style"}


class Heard(HTMLParser):
    """What a reader of a page sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Hear a tag's attributes."""
        if tag in SILENT:
            self.within.append(tag)
        self.words += [str(value) for name, value in attrs if name in SAID_ALOUD]
        if tag == "input" and dict(attrs).get("type") in ("submit", "button"):
            self.words.append(str(dict(attrs).get("value")))

    def handle_endtag(self, tag: str) -> None:
        """Leave what is not heard."""
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        """Hear text."""
        if not self.within:
            self.words.append(data)


# What is Latin in any language: names, formats, what the tests' own court and people are called.
LATIN = (
    "Tingqi|English|iCalendar|Google|Outlook|Apple|API|JSON|CSV|XLSX|SMS|SMTP|Twilio|URL|UTC|GMT|ICS|PDF"
    "|SHA|RFC|IANA|ISO|E\\d|QR|https?|www|webcal|lang|tingqi|worker|Asia|Shanghai|Europe|London"
    "|America|New_York|cn-civil|plain|sms|email|ics|CN|PRC|CPL|Ctrl|Bearer|WeChat|en|zh|art|RRULE|id"
)
DATA = (
    "Pudong New Area People's Court", "court.example", "huacheng.example", "jinmao.example",
    "Zhao Lei", "Haitong Trading Ltd", "Jinmao Partners", "wang@", "li@", "zhao@", "admin@",
)  # fmt: skip


def english_in(page: str) -> list[str]:
    """The English words that a reader of a Chinese page meets."""
    heard = Heard()
    heard.feed(page)
    text = "\n".join(heard.words)
    text = re.sub(
        r"https?://\S+|[\w.+-]+@[\w.-]+|/[\w./-]+|\b[0-9a-f]{8,}\b|\b[A-Z0-9]{5}-[A-Z0-9]{5}\b",
        " ",
        text,
    )
    for name in DATA:
        text = text.replace(name, " ")
    words = re.findall(r"[A-Za-z][A-Za-z_'’-]*[A-Za-z0-9]", text)
    return sorted({word for word in words if not re.fullmatch(LATIN, word)})


# Read by programs, or what they give is no words of ours.
NOT_READ = re.compile(r"api-.*|static|bootstrap\.static|operations\..*|feeds\.calendar|reply\.file")
# Tried with the keys that counsel and new users get.
BY_KEY = {"reply.page", "reply.contacts", "feeds.subscribe", "people.password"}


@pytest.fixture
def pages(house: House) -> dict[str, Any]:
    """A court in which much has happened: what each page's address needs."""
    return scene(house)


def scene(house: House) -> dict[str, Any]:
    """Let one hearing be proposed, one fixed, one lapse, one be cancelled; return their numbers."""
    case = json.loads(json.dumps(CASE))
    case["parties"][1]["counsel"][0]["language"] = "zh"  # pages quote what people were sent
    made: dict[str, Any] = {"case_id": house.api("POST", "/cases", case)[1]["id"]}
    made["open"] = house.api("POST", "/hearings", proposal(made["case_id"]))[1]
    house.beat()
    made["reply"] = house.link("li@")
    rooms = ((at(20), "第三法庭"), (at(21), "第五法庭"), (at(22), "第三法庭"), (at(23), "第五法庭"))
    for name, slot in zip(("fixed", "cancelled", "moved", "lapsed"), rooms, strict=True):
        hearing = house.api("POST", "/hearings", proposal(made["case_id"], slot))[1]
        house.beat()
        made[name] = hearing
        made[f"{name} reply"] = house.link("li@")
        if name in ("fixed", "cancelled", "moved"):
            order = {"slot_id": hearing["slots"][0]["id"], "reason": "依职权"}
            assert house.api("POST", f"/hearings/{hearing['id']}/fix", order)[0] == 200
    reason = {"reason": "法官生病"}
    assert house.api("POST", f"/hearings/{made['cancelled']['id']}/cancel", reason)[0] == 200
    move = {**reason, "starts_at": at(24), "courtroom": "第五法庭"}
    assert house.api("POST", f"/hearings/{made['moved']['id']}/move", move)[0] == 200
    house.beat()
    return made


def test_no_page_of_the_desk_has_english_left(house: House, pages: dict[str, Any]) -> None:
    browser = house.sign_in("admin@court.example")
    given = {
        "case_id": pages["case_id"],
        "hearing_id": pages["fixed"]["id"],
        "seat_id": 1,
        "user_id": 1,
    }
    left: dict[str, list[str]] = {}
    seen = 0
    for rule in house.app.url_map.iter_rules():
        if rule.methods is None or "GET" not in rule.methods or NOT_READ.fullmatch(rule.endpoint):
            continue
        if not set(rule.arguments) <= set(given):
            assert rule.endpoint in BY_KEY, f"{rule} is read by no test"
            continue
        path = str(rule)
        for name in rule.arguments:
            path = re.sub(rf"<[^>]*{name}>", str(given[name]), path)
        for each in _each_state(path, pages):
            joined = f"{each}{'&' if '?' in each else '?'}lang=zh"
            answer = browser.get(joined, follow_redirects=True)
            assert answer.status_code == 200, each
            seen += 1
            if words := english_in(answer.get_data(as_text=True)):
                left[each] = words
    assert left == {}
    assert seen > 15


def _each_state(path: str, pages: dict[str, Any]) -> list[str]:
    fixed = f"/hearings/{pages['fixed']['id']}"
    if path == "/hearings/new":
        return [path, f"{path}?case_id={pages['case_id']}"]
    if not path.startswith(fixed):
        return [path]
    states = ("open", "fixed", "cancelled", "moved", "lapsed")
    return [path.replace(fixed, f"/hearings/{pages[state]['id']}") for state in states]


def test_no_page_of_counsel_has_english_left(house: House, pages: dict[str, Any]) -> None:
    left = {}
    replies = [pages[name] for name in pages if name.endswith("reply")]
    addresses = ["/r", "/r/nonsense-that-is-no-key", "/password/1/nonsense", *replies]
    addresses += [f"{reply}/{page}" for reply in replies for page in ("record", "feed")]
    for path in addresses:
        browser = house.client
        headers = {"User-Agent": "Mozilla/5.0"}
        answer = browser.get(path, query_string={"lang": "zh"}, headers=headers)
        if words := english_in(answer.get_data(as_text=True)):
            left[path] = words
    assert left == {}


def test_errors_are_said_in_the_readers_language(house: House) -> None:
    browser = house.sign_in()
    left = {}
    for path, data in (
        ("/nowhere", None),
        ("/cases/new", {"do": "save", "procedure": "ordinary"}),
        ("/hearings/99", None),
    ):
        send = browser.get if data is None else browser.post
        answer = send(path, query_string={"lang": "zh"}, data=data)
        assert answer.status_code in (404, 422)
        if words := english_in(answer.get_data(as_text=True)):
            left[path] = words
    assert left == {}
