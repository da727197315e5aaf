"""The table of kinds of message, and the keys of notices."""

from pathlib import Path

import pytest

import app
from app.core.channels import Channel
from app.letters import custom_wording
from app.notices.keys import NoticeKey
from app.notices.kinds import KINDS, Method, NoticeKind

LETTERS = Path(app.__file__).parent / "letters"


def test_each_kind_has_a_row_and_templates_for_each_channel_in_both_languages() -> None:
    assert list(KINDS) == list(NoticeKind)
    folders = {each.name for each in LETTERS.iterdir() if each.is_dir() and each.name[0] != "_"}
    assert folders == {kind.value for kind in NoticeKind}
    for kind in NoticeKind:
        for channel in Channel:
            for language in ("en", "zh"):
                assert (LETTERS / kind / f"{channel}.{language}.txt").is_file()


@pytest.mark.parametrize("kind", custom_wording.KINDS)
@pytest.mark.parametrize("channel", Channel)
def test_what_a_wording_must_say_it_may_say(kind: NoticeKind, channel: Channel) -> None:
    needed = set(custom_wording.needed(kind, channel))
    assert needed <= set(custom_wording.allowed(kind, channel))


def test_only_news_of_a_date_is_sent_past_what_it_makes_untrue() -> None:
    for kind, row in KINDS.items():
        assert not row.announces_date or row.changes_date, kind
        assert row.invite is not Method.REQUEST or row.superseded_by, kind


@pytest.mark.parametrize(
    "key",
    [
        NoticeKey("proposal", "12.r1", "45", "email"),
        NoticeKey("reminder-7d", "12.3", "c7", "sms"),
        NoticeKey("not_reached", "n88", "u2", "email", 3),
    ],
)
def test_a_key_is_read_as_it_was_written(key: NoticeKey) -> None:
    assert NoticeKey.parse(str(key)) == key
    assert key.repeats(key._replace(repeat=0)) == (key.repeat > 0)
    assert not key.repeats(key._replace(channel="other"))
