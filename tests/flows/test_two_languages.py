"""Pages and letters of one process in two languages at once: none has words of the other."""

from concurrent.futures import ThreadPoolExecutor

from tests.conftest import CASE, Scenario, at, proposal
from tests.heard import english_in

ENGLISH, CHINESE = "zhao@jinmao.example", "li@huacheng.example"
TIMES = 20


def test_pages_and_letters_of_two_languages_do_not_mix(scenario: Scenario) -> None:
    _, case = scenario.api("POST", "/cases", CASE)
    slots = ((at(20), "第三法庭"), (at(21, "14:00"), "第五法庭"))
    assert scenario.api("POST", "/hearings", proposal(case["id"], *slots))[0] == 201
    scenario.beat()  # one worker, letters to both
    (english,), (chinese,) = scenario.letters(ENGLISH), scenario.letters(CHINESE)
    assert "This link is for you alone" in english.body
    assert "您" in chinese.body
    assert "This link" not in chinese.body
    assert "您" not in english.body
    links = {name: scenario.link(f"{name}@") for name in ("zhao", "li")}

    def page(number: int) -> tuple[str, str]:
        name = ("zhao", "li")[number % 2]
        answer = scenario.app.test_client().get(links[name])
        assert answer.status_code == 200
        return name, answer.text

    with ThreadPoolExecutor(4) as pool:
        for name, text in pool.map(page, range(TIMES)):
            if name == "zhao":
                assert '<html lang="en"' in text
                assert "None of these" in text
            else:
                assert '<html lang="zh' in text
                assert english_in(text) == []
