"""Letters about a hearing of several days: mails list every day, texts name the first and how many."""

import pytest

from app.letters import composing
from app.letters.text_length import segments
from tests.letters.golden_case import LINK, agrees, facts

DAYS = (
    ("2026-12-15T01:00:00Z", "2026-12-15T09:00:00Z", 0),
    ("2026-12-16T01:00:00Z", "2026-12-16T09:00:00Z", 0),
    ("2026-12-18T05:30:00Z", "2026-12-18T08:30:00Z", 1),
)
ROOMS = {
    "en": (("Room 3", "611 Dingxiang Road"), ("Room 5", "611 Dingxiang Road")),
    "zh": (("第三法庭", "丁香路611号"), ("第五法庭", "丁香路611号")),
}
MATTERS = ["proposal", "fixed", "moved", "reminder", "cancelled", "further"]


def letter(matter: str, channel: str, language: str) -> composing.Letter:
    """Return a letter about three days, or the reminder of the second."""
    kind = "reminder" if matter == "further" else matter
    told = facts(kind, language)
    rooms = ROOMS[language]
    sittings = [
        {"starts_at": begin, "ends_at": end, "courtroom": rooms[n][0], "location": rooms[n][1]}
        for begin, end, n in DAYS
    ]
    series = {**sittings[0], "ends_at": sittings[-1]["ends_at"], "sittings": sittings}
    if kind == "proposal":
        told["slots"] = [series, told["slots"][1]]
    elif matter == "further":
        told["hearing"] |= {**sittings[1], "sitting_day": {"number": 2, "of": 3}}
        told["days"] = 1
    else:
        told["hearing"] |= series
    return composing.compose(kind, channel, language, told, link=LINK)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("matter", MATTERS)
def test_letters_read_as_reviewed(matter: str, language: str) -> None:
    mail = letter(matter, "email", language)
    text = letter(matter, "sms", language).text
    assert agrees(
        f"sittings/{matter}.email.{language}.txt", f"Subject: {mail.subject}\n\n{mail.text}"
    )
    assert agrees(f"sittings/{matter}.sms.{language}.txt", text)
    assert segments(text) == 1
