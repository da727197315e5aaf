"""Who sits, as one line names them."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from app.core import wording
from app.court import bench
from app.court.bench import BenchMember, BenchRole

NAMES = st.text("陈李王张赵abcdefg Z", min_size=1, max_size=20).map(str.strip).filter(bool)
MEMBERS = st.lists(
    st.builds(BenchMember, NAMES, st.sampled_from(BenchRole)),
    max_size=8,
    unique_by=lambda each: each.name,
)


@pytest.mark.parametrize(
    ("line", "people"),
    [
        (
            "张三、李四、王五（人民陪审员）",
            [("张三", "judge"), ("李四", "judge"), ("王五", "assessor")],
        ),
        (
            "张三（审判长），李四；王五(陪审员)",
            [("张三", "presiding"), ("李四", "judge"), ("王五", "assessor")],
        ),
        (
            "Ann Li (Presiding), Bo Ma, Cy Wu (interpreter)\nDan Xu (Expert Witness)",
            [
                ("Ann Li", "presiding"),
                ("Bo Ma", "judge"),
                ("Cy Wu", "interpreter"),
                ("Dan Xu", "expert"),
            ],
        ),
        (" 、，, ", []),
    ],
)
def test_a_line_names_people_and_what_they_do(line: str, people: list[tuple[str, str]]) -> None:
    assert [(each.name, each.role) for each in bench.parse(line)] == people


def test_a_role_that_is_none_is_named() -> None:
    with pytest.raises(bench.UnreadableBench, match="“king” is no role"):
        bench.parse("Ann Li (king)")


@given(MEMBERS, st.sampled_from(["en", "zh"]))
def test_what_is_written_is_read_again(members: list[BenchMember], language: str) -> None:
    line = wording.bench_line(bench.as_facts(members), language)
    assert bench.parse(line) == members


@given(MEMBERS)
def test_everybody_is_named_once_and_one_presides_where_several_sit(
    members: list[BenchMember],
) -> None:
    if bench.fault_of(members, "Judge Q"):
        return
    others = bench.beside(members, "Judge Q")
    people = bench.everybody(others, "Judge Q")
    assert sorted(each.name for each in people) == sorted(["Judge Q", *(e.name for e in others)])
    sitting = [each for each in people if each.role.sits]
    presiding = [each for each in people if each.role is BenchRole.PRESIDING]
    assert len(presiding) == (len(sitting) > 1)
    assert presiding in ([], people[:1])
