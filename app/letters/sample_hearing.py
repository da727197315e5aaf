"""Pure: a sample hearing for previews of a wording."""

import datetime as dt
from typing import Any

CASE = {
    "zh": ("（2026）沪0115民初12345号", "买卖合同纠纷"),
    "en": ("HC-2026-001234", "Kestrel Foods v East Harbour"),
}
PEOPLE = {
    "zh": ("李敏", "远洋设备有限公司", "陈法官", "王书记员"),
    "en": ("Emma Carter", "Kestrel Foods plc", "Judge Hale", "Ann Reed"),
}
ROOM = {"zh": ("第三法庭", "主楼三层"), "en": ("Court 3", "Main building")}
LINK = "0aB3dE5fG7hI9jK1lM3nO5"  # as long as a real one


def facts(court: dict[str, Any], language: str, now: dt.datetime) -> dict[str, Any]:
    """Return the facts of a sample hearing of a court; ``now`` gives the year."""
    number, title = CASE[language]
    person, party, judge, assistant = PEOPLE[language]
    room, location = ROOM[language]
    day = now + dt.timedelta(days=14)
    starts = [day.replace(hour=h, minute=30, second=0, microsecond=0) for h in (1, 6)]

    def slot(begin: dt.datetime) -> dict[str, Any]:
        return {
            "starts_at": begin.isoformat(),
            "courtroom": room,
            "location": location,
            "ends_at": (begin + dt.timedelta(minutes=90)).isoformat(),
        }

    slots = [slot(begin) for begin in starts]
    return {
        "court": court,
        "case": {"number": number, "title": title},
        "person": {"name": person, "party": party, "side": "claimant", "is_court": False},
        "assistant": {"name": assistant},
        "hearing": {
            "id": 0,
            "uid": "",
            "kind": "trial",
            "minutes": 90,
            "revision": 1,
            "judge": judge,
            **slots[0],
        },
        "slots": slots,
        "answers": [{**slots[0], "says": "yes"}, {**slots[1], "says": "no"}],
        "answer_by": (now + dt.timedelta(days=7)).replace(minute=0).isoformat(),
        "was": slot(starts[0] - dt.timedelta(days=7)),
        "days": 3,
        "reason": "",
        "bring": "",
        "round": 1,
        "said": "ACCEPTED",
    }
