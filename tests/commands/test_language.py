"""Commands in Chinese: help, results and errors, chosen by the locale; data for programs is not."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa

from app.cli import cli
from app.core.terminal import language_of_locale, speaking
from app.core.terminal.click_help import localized
from app.rehearsal import report, steps
from tests.commands import tingqi_command
from tests.conftest import CASE, Scenario, at, proposal

HAN = re.compile(r"[\u4e00-\u9fff]")
# Not translated: options, what is typed, names of programs and of formats.
TYPED = re.compile(
    r"--?[a-z][\w-]*|\[[^\]]*\||[|\w-]*\|[\w|-]*|`[^`]*`|\b[A-Z][A-Z_]+\b|\b\w+[._]\w+\b|[\w./:@-]*/[\w./:@-]*"
)
NAMES = {
    "tingqi",
    "PostgreSQL",
    "Excel",
    "IANA",
    "Alembic",
    "branchname",
    "head",
    "start",
    "end",
    "migrations",
    "flask",
    "rules",
    "tag",
    "sqlite",
    "schema",
    "tzdata",
    "en",
    "zh",
    "to",
    "Ctrl",
    "admin",
    "assistant",
    "judge",
    "csv",
    "json",
}
CHINESE = {"LANG": "zh_CN.UTF-8"}
CSV = """number,title,procedure,judge,party,side,counsel,email,phone
（2026）沪0115民初1号,买卖合同纠纷,ordinary,陈法官,甲公司,claimant,李敏,li@example.com,13800138001
（2026）沪0115民初2号,买卖合同纠纷,ordinary,陈法官,乙公司,claimant,王芳,not an address,13800138002
"""


def tingqi(environment: dict[str, str], *words: str, **variables: str) -> Any:
    """Run one command as a user does, in the folder that holds the environment's instance."""
    return subprocess.run(
        tingqi_command(*words),
        cwd=Path(environment["TINGQI_INSTANCE"]).parent,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )


def english_words(text: str) -> set[str]:
    """Words of a Chinese text that are English and are no name of anything."""
    return set(re.findall(r"[A-Za-z]{2,}", TYPED.sub(" ", text))) - NAMES


def every_command(
    command: click.Command = cli, path: tuple[str, ...] = ("tingqi",)
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command and group with the words by which it is called."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, obj=())
        for name in command.commands:
            _, each, _ = command.resolve_command(context, [name])
            assert each is not None
            yield from every_command(each, (*path, name))


def test_every_command_and_option_has_a_help_text_in_chinese() -> None:
    untranslated = []
    with speaking("zh"):
        chinese = dict(every_command(localized(cli)))
    for path, command in every_command():
        shown = chinese[path]
        if not command.help or not HAN.search(shown.help or ""):
            untranslated.append((path, command.help))
        options = [each for each in shown.params if isinstance(each, click.Option)]
        untranslated += [
            (path, each.opts) for each in options if not each.help or not HAN.search(each.help)
        ]
    assert len(chinese) > 25
    assert untranslated == []


def test_no_help_page_has_an_english_word_left() -> None:
    for _, command in every_command(cli):  # as where a process spoke English before
        command.get_help_option(click.Context(command))
    with speaking("zh"):
        for path, command in every_command(localized(cli)):
            parent = None
            for name in path[:-1]:
                parent = click.Context(cli, parent, info_name=name)
            context = command.context_class(command, parent, info_name=path[-1])
            names = {name for every, _ in every_command() for name in every}
            shown = command.get_help(context).split("\n", 1)[1]
            listed = re.sub(r"^  [a-z-]+(  |$)", "  ", shown, flags=re.MULTILINE)
            assert english_words(listed) - names == set(), path


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN"}, "zh"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.GB18030"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en"}, "en"),
        ({"LANG": "C", "LANGUAGE": "zh_CN"}, "en"),
        ({"LANG": "C", "TINGQI_LANGUAGE": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", "TINGQI_LANGUAGE": "en"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "TINGQI_LANGUAGE": " EN "}, "en"),
        ({"LANG": "zh_CN.UTF-8", "TINGQI_LANGUAGE": ""}, "zh"),
    ],
    ids=lambda each: (
        "-".join(f"{k}={v}" for k, v in each.items()) if isinstance(each, dict) else ""
    ),
)
def test_the_locale_decides_and_our_own_setting_overrides_it(
    variables: dict[str, str], language: str
) -> None:
    assert language_of_locale(variables) == language


def test_a_court_is_set_up_and_examined_in_chinese(environment: dict[str, str]) -> None:
    environment |= CHINESE
    added = tingqi(environment, "court", "add", "东湾区人民法院")
    assert added.stdout == "已添加法院东湾区人民法院：Asia/Shanghai，CN，zh。\n"
    assert added.stderr.startswith("正在创建内置数据库 ")
    user = tingqi(environment, "user", "add", "wang@court.example", "--role", "assistant")
    assert "七日内" in user.stderr
    assert user.stdout.startswith("http://127.0.0.1:8000/password/1/")
    doctor = tingqi(environment, "doctor")
    assert doctor.returncode == 1
    lines = doctor.stdout.splitlines()
    assert {line.split()[0] for line in lines} == {"正常", "异常"}
    assert [english_words(line) for line in lines if english_words(line)] == []
    [problem] = [line for line in lines if line.startswith("异常")]
    assert "`tingqi worker`" in problem
    worked = tingqi(environment, "worker", "--once")
    assert (worked.returncode, "0" in worked.stderr) == (0, True)
    assert HAN.search(worked.stderr)
    assert tingqi(environment, "doctor").returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dance",), "tingqi：没有命令 'dance'。"),
        (("import", "none.csv"), "tingqi import：'FILE' 的值无效：文件 'none.csv' 不存在。"),
        (("user", "add", "x@y.example"), "tingqi user add：缺少选项 '--role'。"),
        (("serve", "--workers", "99"), "tingqi serve：'--workers' 的值无效：99 不在范围"),
        (("record", "verify", "--cas"), "您要找的是 '--case' 吗？"),
        (("serve", "--bind", "nowhere:port"), "'nowhere:port' 不是带端口的地址"),
        (("record", "verify"), "处没有数据库：请在安装所在的文件夹中运行本命令"),
        (("backup", "copy.db"), "处没有数据库"),
        (("court", "keep", "x"), "请指定 --days N 或 --for-ever 之一。"),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, tuple) else "",
)
def test_an_error_of_use_is_one_sentence_in_chinese_with_the_same_status(
    environment: dict[str, str], words: tuple[str, ...], said: str
) -> None:
    chinese = tingqi(environment, *words, **CHINESE)
    english = tingqi(environment, *words, LANG="C.UTF-8")
    assert (chinese.returncode, english.returncode, chinese.stdout) == (2, 2, "")
    assert said in chinese.stderr.splitlines()[-1]
    assert english_words(chinese.stderr.replace(said, "")) - set(words) <= {"INTEGER", "nowhere"}
    assert not HAN.search(english.stderr)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"TINGQI_SMTP_URL": "smtp://mail.court.example"}, "缺少 TINGQI_MAIL_FROM"),
        ({"TINGQI_BEAT_SECONDS": "often"}, "TINGQI_BEAT_SECONDS 应为0.1至3600之间的数字"),
        ({"TINGQI_DATABASE_URL": "mysql://x"}, "应以 sqlite:/// 或 postgresql+psycopg:// 开头"),
        (
            {"TINGQI_PUBLIC_URL": "court.example"},
            "应为以 http:// 或 https:// 开头并包含主机名的地址",
        ),
        ({"TINGQI_SMTP_URL": "smtp://a%ff@m.example", "TINGQI_MAIL_FROM": "a@b.example"}, "用户名"),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, dict) else "",
)
def test_a_wrong_setting_is_explained_in_chinese(
    environment: dict[str, str], settings: dict[str, str], said: str
) -> None:
    examined = tingqi(environment, "doctor", **CHINESE, **settings)
    assert examined.returncode == 1
    assert examined.stdout.startswith("异常    设置：")
    assert said in examined.stdout
    used = tingqi(environment, "worker", "--once", **CHINESE, **settings)
    assert (used.returncode, said in used.stderr) == (2, True)


def test_the_language_can_be_set_in_the_settings_file_and_must_be_one_of_two(
    environment: dict[str, str],
) -> None:
    instance = Path(environment["TINGQI_INSTANCE"])
    instance.mkdir()
    (instance / "tingqi.env").write_text("TINGQI_LANGUAGE=zh\n")
    assert "正常" in tingqi(environment, "doctor").stdout
    assert "正常" not in tingqi(environment, "doctor", TINGQI_LANGUAGE="en", **CHINESE).stdout
    refused = tingqi(environment, "doctor", TINGQI_LANGUAGE="fr", **CHINESE)
    assert (refused.returncode, "TINGQI_LANGUAGE 应为以下之一：en、zh。" in refused.stdout) == (
        1,
        True,
    )


def test_an_import_reports_in_chinese_and_enters_the_same(environment: dict[str, str]) -> None:
    environment |= CHINESE
    tingqi(environment, "court", "add", "东湾区人民法院")
    file = Path(environment["TINGQI_INSTANCE"]).parent / "cases.csv"
    file.write_text(CSV, encoding="utf-8")
    refused = tingqi(environment, "import", "cases.csv")
    assert refused.returncode == 1
    assert "第3行，email：" in refused.stderr
    assert "没有导入任何内容" in refused.stderr
    assert english_words(refused.stderr.replace("not an address", "")) <= {"email", "name"}
    partly = tingqi(environment, "import", "cases.csv", "--partial")
    assert (partly.returncode, "新增1件" in partly.stdout) == (1, True)
    assert "cases.csv：共2行" in partly.stdout


def test_a_backup_is_made_and_restored_in_chinese(environment: dict[str, str]) -> None:
    environment |= CHINESE
    tingqi(environment, "court", "add", "东湾区人民法院")
    made = tingqi(environment, "backup", "copy.db")
    assert (made.returncode, "数据库已备份到 copy.db" in made.stderr) == (0, True)
    again = tingqi(environment, "backup", "copy.db")
    assert (again.returncode, again.stderr) == (2, "copy.db 已存在：请另选文件，或使用 --force。\n")
    restored = tingqi(environment, "restore", "copy.db")
    assert (restored.returncode, "全部完整" in restored.stderr) == (0, True)


@pytest.fixture
def installed(scenario: Scenario, environment: dict[str, str]) -> dict[str, str]:
    """The environment of a court with a proposal, as its administrator's shell has it."""
    scenario.api("POST", "/cases", CASE)
    case_id = scenario.api("GET", "/cases")[1]["cases"][0]["id"]
    assert scenario.api("POST", "/hearings", proposal(case_id, (at(14), "第三法庭")))[0] == 201
    scenario.beat()
    with scenario.app.app_context():
        url = scenario.app.config["SQLALCHEMY_DATABASE_URI"]
    secret = scenario.app.config["SECRET_KEY"].decode()
    return {**environment, "TINGQI_DATABASE_URL": url, "TINGQI_SECRET_KEY": secret}


def test_what_programs_read_and_what_is_stored_has_no_language_of_the_terminal(
    installed: dict[str, str],
) -> None:
    words = ("record", "export", "--case", CASE["number"], "--format", "json")
    verified = tingqi(installed, "record", "verify", **CHINESE)
    assert (verified.returncode, "完整\n" in verified.stdout) == (0, True)
    english, chinese = tingqi(installed, *words), tingqi(installed, *words, **CHINESE)
    assert json.loads(english.stdout)["whole"] is True
    assert english.stdout == chinese.stdout


def test_a_broken_record_is_reported_in_chinese_with_the_same_status(
    scenario: Scenario, installed: dict[str, str]
) -> None:
    if scenario.app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("the guards of PostgreSQL are put off in tests/flows/test_cli.py")
    with (
        scenario.app.app_context(),
        closing(scenario.app.extensions["sqlalchemy"].engine.connect()) as connection,
    ):
        names = connection.scalars(
            sa.text(
                "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='record_line'"
            )
        )
        for name in names.all():
            connection.execute(sa.text(f'DROP TRIGGER "{name}"'))
        connection.execute(sa.text("UPDATE record_line SET channel = 'phone' WHERE seq = 2"))
        connection.commit()
    found = tingqi(installed, "record", "verify", **CHINESE)
    assert found.returncode == 1
    assert "第2条处不完整：" in found.stdout
    assert "未受保护：" in found.stdout
    examined = tingqi(installed, "doctor", **CHINESE)
    assert "异常    联络记录：数据库未能保护联络记录" in examined.stdout


@pytest.mark.extended
@pytest.mark.parametrize("encoding", ["ascii", "gb18030"])
def test_a_terminal_of_any_encoding_is_written_to(installed: dict[str, str], encoding: str) -> None:
    """In a process of its own, for Python chooses the encoding when it starts."""

    def run(*words: str) -> subprocess.CompletedProcess[bytes]:
        environment = {**installed, **CHINESE, "PYTHONIOENCODING": encoding}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        return subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=Path(installed["TINGQI_INSTANCE"]).parent,
            env=environment,
            capture_output=True,
            timeout=120,
        )

    help_page = run("--help")
    assert (help_page.returncode, b"doctor" in help_page.stdout) == (0, True)
    if encoding == "gb18030":
        assert "联络记录" in help_page.stdout.decode(encoding)
    export = run("record", "export", "--case", CASE["number"], "--format", "json")
    assert (export.returncode, export.stderr) == (0, b"")
    assert json.loads(export.stdout.decode("utf-8"))["case"] == CASE["number"]
    unknown = run("record", "export", "--case", "（2026）沪0115民初99号")
    assert (unknown.returncode, b"Traceback" in unknown.stderr) == (2, False)


def test_the_steps_of_a_rehearsal_are_named_in_chinese_and_in_columns() -> None:
    from app.core.errors import Message

    with speaking("zh"):
        lines = [
            report.line(report.Observation(step.name, True, Message("0 x"), 0.0))
            for step in steps.ALL
        ]
    assert all(HAN.search(line) for line in lines)
    assert len({len(line.encode("gb18030")) for line in lines}) == 1
