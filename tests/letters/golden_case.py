"""The one case that all golden letters and calendars tell of."""

import copy
import os
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "golden"
LINK = "https://c.test/r/0123456789abcdefghijk"
MEMBERS = "https://c.test/m/0123456789abcdefghijk"
DESK = "https://c.test/hearings/7"
# They may reach a stranger, and carry no key.
KEYLESS = ("address_code", "address_changed")

SLOTS = [
    {"starts_at": "2026-12-15T01:30:00Z", "ends_at": "2026-12-15T03:00:00Z"},
    {"starts_at": "2026-12-16T06:00:00Z", "ends_at": "2026-12-16T07:30:00Z"},
    {"starts_at": "2026-12-18T01:30:00Z", "ends_at": "2026-12-18T03:00:00Z"},
]


def _places(language: str) -> list[dict[str, str]]:
    zh = language == "zh"
    return [
        {"courtroom": room, "location": "丁香路611号" if zh else "611 Dingxiang Road"}
        for room in (("第三法庭", "第五法庭", "第三法庭") if zh else ("Room 3", "Room 5", "Room 3"))
    ]


def case(language: str) -> dict[str, Any]:
    """Return what every kind is told, in names of the language."""
    zh = language == "zh"
    return {
        "court": {
            "name": "上海市浦东新区人民法院" if zh else "Pudong New Area People's Court",
            "short": "浦东法院" if zh else "Pudong Court",
            "zone": "Asia/Shanghai",
            "phone": "021-55550100",
        },
        "case": {
            "number": "（2026）沪0115民初12345号" if zh else "CV-2026-12345",
            "title": "甲公司与乙公司买卖合同纠纷" if zh else "Ash Ltd v Birch Ltd",
        },
        "person": {
            "name": "林一" if zh else "Ada Lin",
            "party": "甲公司" if zh else "Ash Ltd",
            "side": "claimant",
            "is_court": False,
        },
        "hearing": {
            "id": 7,
            "uid": "hearing-7@court.example",
            "kind": "trial",
            "minutes": 90,
            "revision": 1,
            "starts_at": None,
            "ends_at": None,
            "courtroom": None,
            "location": None,
            "judge": "周法官" if zh else "Judge Zhou",
        },
        "assistant": {"name": "吴书记员" if zh else "Wu, clerk"},
        "answer_by": "2026-12-04T09:00:00Z",
    }


def facts(kind: str, language: str) -> dict[str, Any]:
    """Return the facts of one kind of letter."""
    told = copy.deepcopy(case(language))
    zh = language == "zh"
    slots = [{**s, **p} for s, p in zip(SLOTS, _places(language), strict=True)]
    says = ("yes", "if_needed", "no")
    if kind == "proposal":
        told["asks_address"] = True
    if kind in ("address_code", "address_changed"):
        told["change"] = {"id": 5, "field": "phone", "at": "2026-11-30T02:00:00Z"}
    if kind in ("proposal", "nudge"):
        told["slots"] = slots
    if kind in ("answered", "none_suits", "ready", "lapsed"):
        told["answers"] = [{**s, "says": w} for s, w in zip(slots, says, strict=True)]
    if kind in ("confirm", "left"):
        told["hearing"] |= slots[0]
    if kind == "confirm":
        told["said"] = "ACCEPTED"
    if kind == "which":
        second = "（2026）沪0115民初678号" if zh else "CV-2026-678"
        told["choices"] = [
            {"letter": "A", "seat": 1, "number": told["case"]["number"]},
            {"letter": "B", "seat": 2, "number": second},
        ]
    moves = ("move_asked", "move_objected", "move_agreed", "move_answered")
    if kind in ("stays", "clock_change", *moves):
        told["hearing"] |= slots[0]
    if kind in ("fixed", "moved", "cancelled", "reminder"):
        told["hearing"] |= slots[0]
        told["bring"] = "身份证件、授权委托书" if zh else "your ID and power of attorney"
    if kind == "moved":
        told["was"] = {"starts_at": "2026-12-08T01:30:00Z", "courtroom": slots[1]["courtroom"]}
    if kind in ("moved", "cancelled", "withdrawn", "stays"):
        told["reason"] = "合议庭成员另有开庭。" if zh else "A judge of the panel sits elsewhere."
    if kind in moves:
        told["request"] = {
            "name": "孟二" if zh else "Ben Meng",
            "side": "respondent",
            "private": False,
            "kind": "absent" if kind == "move_asked" else "",
            "words": ""
            if kind in ("move_agreed", "move_answered")
            else "证人十五日前不在境内。"
            if zh
            else "The witness is abroad until the 15th.",
            "times": slots[1:],
            "stance": "object" if kind == "move_objected" else "agree",
            "answers": [{**s, "says": w} for s, w in zip(slots[1:], ("yes", "no"), strict=True)],
        }
    if kind == "reminder":
        told["days"] = 3
    if kind in ("none_suits", "ready", "lapsed", "not_reached"):
        told["person"] = {"name": "吴书记员" if zh else "Wu", "is_court": True}
        told["round"] = 1
    if kind == "lapsed":
        told["silent"] = ["林一", "Ben Meng"] if zh else ["Ada Lin", "Ben Meng"]
    if kind == "not_reached":
        told["about_person"] = {"name": "林一" if zh else "Ada Lin", "side": "claimant"}
        told["failed"] = {"kind": "proposal", "channel": "sms", "state": "failed"}
        told["next_channel"] = "email"
    if kind == "off_channel":
        told["elsewhere"] = {
            "name": "孟二" if zh else "Ben Meng",
            "side": "respondent",
            "way": "chat",
            "at": "2026-11-30T02:00:00Z",
        }
        told["detail"] = (
            "询问证据副本应交几份，答三份。"
            if zh
            else "Asked how many copies of the evidence to file; told three."
        )
    if kind in ("question", "question_answered"):
        told["question"] = {
            "subject": "证人视频作证" if zh else "Witness by video",
            "words": "证人能否以视频方式作证？应于何时申请？"
            if zh
            else "May our witness give evidence by video link, and by when must we apply?",
            "by": "孟二" if zh else "Ben Meng",
            "side": "respondent",
        }
    if kind == "delegated":
        told["hearing"] |= slots[0]
        told["person"]["name"] = "江北" if zh else "Kit Shaw"
        told["naming"] = {
            "name": "江北" if zh else "Kit Shaw",
            "counsel": "林一" if zh else "Ada Lin",
            "to_counsel": False,
            "may_answer": True,
            "copies": True,
            "for_hearing": True,
            "until": "2026-12-15T15:59:59Z",
        }
    if kind == "filing":
        told["filing"] = {
            "state": "noted",
            "party": "乙公司" if zh else "Birch Ltd",
            "side": "respondent",
            "kind": "evidence",
            "on": "2026-11-27",
            "note": "证据目录，共12项" if zh else "list of evidence, 12 items",
        }
    if kind == "question_answered":
        told["question"] |= {
            "outcome": "answer",
            "answer": "可以。请于12月8日前提出申请。" if zh else "Yes. Apply by 8 December.",
        }
    if kind in (
        "papers",
        "papers_receipt",
        "papers_unopened",
        "papers_set_aside",
        "papers_released",
    ):
        names = ("仓储合同", "交货单") if zh else ("Warehouse contract", "Delivery receipts")
        told["papers_filed"] = {
            "by": "孟二" if zh else "Ben Meng",
            "side": "respondent",
            "count": 7,
            "names": [f"{number}. {name}" for number, name in enumerate(names, 1)],
            "more": 5,
            "filed_at": "2026-11-30T08:24:31Z",
        }
    if kind == "bench_changed":
        told["hearing"] |= slots[0]
        presiding, judge = ("周法官", "陈法官") if zh else ("Judge Zhou", "Judge Chen")
        before, now = ("吴陪审", "钱陪审") if zh else ("Wu Ming", "Qian Li")
        sit = [{"name": presiding, "role": "presiding"}, {"name": judge, "role": "judge"}]
        lines = [[*sit, {"name": name, "role": "assessor"}] for name in (before, now)]
        told["hearing"]["bench"] = lines[1]
        told["bench_change"] = {"was": lines[0], "now": lines[1], "of_bench": True}
        told["reason"] = "吴陪审员因病不能参加。" if zh else "The assessor is ill."
    if kind in ("exchange", "exchange_reminder"):
        told["exchange"] = {
            "state": "started",
            "mode": "sealed",
            "closes_at": "2026-12-08T09:00:00Z",
            "ends_at": "2026-12-08T09:00:00Z",
        }
    if kind == "opinions":
        told["opinions"] = {
            "by": "孟二" if zh else "Ben Meng",
            "side": "respondent",
            "given_at": "2026-11-30T08:24:31Z",
            "count": 7,
            "objections": [
                {
                    "paper": "3. 温度记录" if zh else "3. Temperature log",
                    "denied": [
                        ["authentic", "记录系二号库房。" if zh else "The log is of hall B."],
                        ["relevant", "期间不符。" if zh else "It covers another month."],
                    ],
                }
            ],
        }
    if kind == "opinions_reminder":
        told["opinions"] = {"due_at": "2026-12-08T09:00:00Z", "missing": 3}
    if kind.startswith("member_"):
        told["case"]["title"] = "买卖合同纠纷" if zh else ""
        told["person"] = {
            "name": "吴陪审" if zh else "Wu Wei",
            "party": "",
            "side": "member",
            "is_court": False,
            "needed_as": {"en": "assessor", "zh": "人民陪审员"},
        }
    if kind in ("member_asked", "member_nudge"):
        told["slots"] = slots
    elif kind.startswith("member_"):
        told["hearing"] |= slots[0]
    if kind == "member_moved":
        told["was"] = {"starts_at": "2026-12-08T01:30:00Z", "courtroom": slots[1]["courtroom"]}
    if kind == "member_reminder":
        told["days"] = 3
    if kind == "member_shortened":
        told["given_up"] = slots[1:]
    if kind == "member_released":
        told["because"] = "cancelled"
    if kind == "member_declined":
        told["person"] = {"name": "吴书记员" if zh else "Wu", "is_court": True}
        told["absent"] = {
            "name": "吴陪审" if zh else "Wu Wei",
            "needed_as": {"en": "assessor", "zh": "人民陪审员"},
            "reason": "当日住院手术。" if zh else "I am in hospital that day.",
        }
    if kind == "hearing_outcome":
        told["hearing"] |= slots[0]
        told["reason"] = (
            "原告申请追加第三人。" if zh else "The claimant asks to join a third party."
        )
        told["outcome"] = {
            "name": "adjourned",
            "cause": "evidence",
            "absent": [{"name": "孟二" if zh else "Ben Meng", "side": "respondent"}],
        }
    if kind == "papers_set_aside":
        file = "交货单.docx" if zh else "Delivery receipts.docx"
        told["set_aside"] = {"paper": f"2. {names[1]}", "file": file, "finding": "Doc.Macro.X-1"}
    if kind == "papers_released":
        told["set_aside"] = {
            "paper": f"2. {names[1]}",
            "file": "交货单.docx" if zh else "Delivery receipts.docx",
            "finding": "Doc.Macro.X-1",
            "side": "respondent",
            "by": "钱主任" if zh else "Q. Dean",
            "reason": "宏仅用于排版。" if zh else "The macro only numbers pages.",
            "at": "2026-11-30T09:10:00Z",
        }
    if kind == "document_set_aside":
        file = "病假证明.pdf" if zh else "Sick note.pdf"
        told["set_aside"] = {
            "file": file,
            "finding": "Pdf.Exploit.X-1",
            "sent_at": "2026-11-30T08:24:31Z",
        }
    if kind == "signed_receipt":
        told["signed_receipt"] = {
            "number": 12,
            "at": "2026-11-30T08:24:31Z",
            "address": "https://hearings.court.example/verify?receipt=eyJyZWNlaXB0IjoxfQ",
        }
    if kind == "papers_receipt":
        told["receipt"] = [
            {"number": number, "name": name, "size": "9.82 MB", "digests": [f"{number}" * 64]}
            for number, name in enumerate(names, 1)
        ]
    return told


def link(kind: str) -> str:
    """Return the way in: counsel's own key, or the assistant's page."""
    if kind in KEYLESS:
        return ""
    if kind in ("none_suits", "ready", "lapsed", "not_reached", "member_declined"):
        return DESK
    return MEMBERS if kind.startswith("member_") else LINK


def agrees(name: str, text: str) -> bool:
    """Compare with the golden file; TINGQI_GOLDEN=write writes it anew, to be read as prose."""
    path = HERE / name
    if os.environ.get("TINGQI_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return path.read_bytes().decode() == text
