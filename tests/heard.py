"""What of a Chinese page has stayed English, to whoever reads it or has it read aloud."""

import re
from html.parser import HTMLParser

SAID_ALOUD = {"aria-label", "placeholder", "title", "alt", "data-name"}
SILENT = {"script", "style"}
IN_LINE = {"a", "b", "bdi", "code", "em", "small", "span", "strong", "time"}
HAN = r"[\u3400-\u9fff]"
# A half-width mark beside a Chinese character; "1:30" and "A/B" are as they are.
HALF_WIDTH = re.compile(
    rf"[^\n]{{0,12}}(?:{HAN} ?[,;:!?(]|[,;!?] ?{HAN}|\){HAN}|{HAN}\.(?=\s|$))[^\n]{{0,12}}"
)


class Heard(HTMLParser):
    """What a reader of a page sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.within: list[str] = []
        self.line: list[str] = []  # words that stand beside each other, whatever is around them

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Hear a tag's attributes."""
        if tag in SILENT:
            self.within.append(tag)
        if tag not in IN_LINE:
            self.line.append("\n")
        self.words += [str(value) for name, value in attrs if name in SAID_ALOUD]
        if tag == "input" and dict(attrs).get("type") in ("submit", "button"):
            self.words.append(str(dict(attrs).get("value")))

    def handle_endtag(self, tag: str) -> None:
        """Leave what is not heard."""
        if self.within and self.within[-1] == tag:
            self.within.pop()
        if tag not in IN_LINE:
            self.line.append("\n")

    def handle_data(self, data: str) -> None:
        """Hear text."""
        if not self.within:
            self.words.append(data)
            self.line.append(" ".join(re.split(r"\s+", data)))


# What is Latin in any language: names, formats, what the tests' own court and people are called.
LATIN = (
    "Tingqi|English|iCalendar|https|Google|Outlook|Apple|API|JSON|CSV|XLSX|SMS|SMTP|Twilio|URL|PDF|A4|UTC|Web"
    "|CN|GB|GB-ENG|ISO|IANA|E\\d|tingqi|worker|import|eml|json|ics|Asia|Shanghai|cn-civil|plain"
    "|GSM-7|UCS-2|TINGQI_[A-Z_]+|doctor|tests"
    "|Ctrl|Enter|MB|Word|Chrome|Edge|docx|Excel|csv|A4"
    "|JPEG|PNG|HEIC|WebP|TIFF|SHA-?2|m4|pdf|jpg|xlsx|m4a|mp3|mp4|exe|IMG_1|R-2"
    "|verify_record|py|Windows|sha256sum|sha2|sum|certutil|hashfile|FILE"
    "|issuer|client|claim|groups|user|OpenID|Connect|PKCE"
    "|claimant|respondent|other"  # as files and programs write them
)
DATA = (
    "Pudong New Area People's Court",
    "court.example",
    "huacheng.example",
    "jinmao.example",
    "Zhao Lei",
    "Haitong Trading Ltd",
    "Jinmao Partners",
    "wang@",
    "li@",
    "zhao@",
    "admin@",
    "K7QM2-XHPRT",
    "Lin",
    "Outlook.com",
    "Court account",
    "tingqi court",
    "realm_access.roles",
    "sign-in-link",
)
# Addresses, keys, hashes.
KEYS = r"https?://\S+|[\w.+-]+@[\w.-]+|/[\w./-]+|\b[0-9a-f]{8,}\b|\b[A-Z0-9]{5}-[A-Z0-9]{5}\b|\b(?:[A-Z0-9]{4}[ -]){5,7}[A-Z0-9]{4}\b|tq_\S+|whsec_\S+|\{\w+\}"


def english_in(page: str) -> list[str]:
    """The English words that a reader of a Chinese page meets."""
    heard = Heard()
    heard.feed(page)
    text = re.sub(KEYS, " ", "\n".join(heard.words))
    for name in DATA:
        text = text.replace(name, " ")
    words = re.findall(r"[A-Za-z][A-Za-z_'’-]*[A-Za-z0-9]", text)
    return sorted({word for word in words if not re.fullmatch(LATIN, word)})


def half_width_in(page: str) -> list[str]:
    """Where a Chinese page has a comma, a colon or a bracket of half the width beside Chinese."""
    heard = Heard()
    heard.feed(page)
    return sorted({found.strip() for found in HALF_WIDTH.findall("".join(heard.line))})
