"""Pure rules of opinions: what is incomplete, when none can be given, what is in dispute."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.papers.opinions.rules import (
    MAX_REASON,
    Aspect,
    CopyState,
    DisputeState,
    GivenOpinion,
    OpinionBar,
    OpinionInput,
    OpinionSubject,
    bar,
    check,
    copy_state,
    dispute_state,
)

NOW = dt.datetime(2026, 12, 1, 1, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
ANSWERS = st.sampled_from([True, False, None])
WORDS = st.one_of(st.sampled_from(["", " ", "It is dry."]), st.text(max_size=MAX_REASON + 5))
OPINIONS = st.builds(OpinionInput, ANSWERS, ANSWERS, ANSWERS, WORDS, WORDS, WORDS)
STATED = st.lists(st.builds(GivenOpinion, st.integers(1, 4), OPINIONS), max_size=6)
PARTIES = st.sets(st.integers(1, 4))


@given(OPINIONS)
def test_an_opinion_is_right_if_all_is_answered_and_each_no_has_its_own_reason(
    opinion: OpinionInput,
) -> None:
    answers = [opinion.says(aspect) for aspect in Aspect]
    reasons = [opinion.reason_for(aspect) for aspect in Aspect]
    have_reasons = all(
        reason.strip() for reason, answer in zip(reasons, answers, strict=True) if answer is False
    )
    are_short = all(len(reason) <= MAX_REASON for reason in reasons)
    is_right = None not in answers and have_reasons and are_short
    assert (check(opinion) == {}) is is_right


@given(STATED, PARTIES)
def test_one_objection_makes_a_dispute_and_silence_agrees_to_nothing(
    stated: list[GivenOpinion], expected: set[int]
) -> None:
    state = dispute_state(stated, expected)
    assert (state is DisputeState.DISPUTED) is any(each.opinion.objects for each in stated)
    heard = {each.party_id for each in stated if not each.opinion.is_empty}
    if state is DisputeState.UNDISPUTED:
        assert heard
        assert heard >= expected
    assert dispute_state([], expected) is DisputeState.NO_OPINION


@given(STATED, st.booleans(), st.integers(-2, 2))
def test_what_is_said_of_a_copy_hangs_on_authenticity_and_the_date_alone(
    stated: list[GivenOpinion], original: bool, seconds: int
) -> None:
    state = copy_state(stated, original, NOW + seconds * SECOND, NOW)
    contested = any(each.opinion.authentic is False for each in stated)
    assert (state is CopyState.NONE) is original
    if not original:
        assert (state is CopyState.CONTESTED) is contested
        assert (state is CopyState.UNCONTESTED) is (not contested and seconds <= 0)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (OpinionSubject("respondent", NOW + SECOND), None),
        (OpinionSubject("respondent", NOW), OpinionBar.OVER),
        (OpinionSubject("respondent", NOW - SECOND), OpinionBar.OVER),
        (OpinionSubject("respondent", None), OpinionBar.NOT_EXCHANGED),
        (OpinionSubject("claimant", NOW + SECOND), OpinionBar.OWN_SIDE),
        (OpinionSubject("court", NOW + SECOND), OpinionBar.OF_COURT),
        (OpinionSubject("respondent", NOW + SECOND, is_withheld=True), OpinionBar.WITHHELD),
        (OpinionSubject("respondent", NOW + SECOND, is_erased=True), OpinionBar.ERASED),
        # Of what is sealed no more is said than that it is.
        (OpinionSubject("respondent", NOW, is_withheld=True, is_erased=True), OpinionBar.WITHHELD),
    ],
)
def test_when_no_opinion_can_be_given(subject: OpinionSubject, expected: OpinionBar | None) -> None:
    assert bar(subject, "claimant", NOW) is expected
