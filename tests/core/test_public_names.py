"""Names on a list that anybody may read."""

import pytest

from app.core.wording.public_names import public_name


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("王小明", "王某"),
        ("欧阳娜娜", "欧阳某"),
        ("𠮷田", "𠮷某"),
        ("阿卜杜拉·买买提", "阿某"),
        ("远洋设备有限公司", "远洋设备有限公司"),
        ("上海市浦东新区人民政府", "上海市浦东新区人民政府"),
        ("陈店", "陈某"),
        ("陈记餐饮店", "陈记餐饮店"),
        ("徐州路便利店", "徐州路便利店"),
        ("宏达模具厂", "宏达模具厂"),
        ("欧阳建会", "欧阳某"),
        ("Zhao Lei", "Z. L."),
        ("Haitong Trading Ltd.", "Haitong Trading Ltd."),
        ("Bank of Shanghai", "Bank of Shanghai"),
        ("<script>", "–"),
    ],
)
def test_people_are_shortened_and_companies_keep_their_names(name: str, seen: str) -> None:
    assert public_name(name, "short") == seen
    assert public_name(name, "full") == name
    assert public_name(name, "number") == ""
