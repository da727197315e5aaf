"""Rows that are written in bulk, past the session: what it would refuse is refused here too."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.core.db import bulk, json_text, transaction
from app.people.models import User
from tests.conftest import Scenario

pytestmark = pytest.mark.database


def test_a_time_without_its_zone_is_refused(scenario: Scenario) -> None:
    naive = dt.datetime(2026, 11, 23, 9, 0)
    row = {"id": 1, "created_at": naive}
    with (
        scenario.app.app_context(),
        transaction() as session,
        pytest.raises(
            (TypeError, sa.exc.StatementError), match=r"zone|not a value for a row|not JSON"
        ),
    ):
        bulk.update(session, bulk.table(User), [row])


@pytest.mark.parametrize(
    "time", [dt.datetime(2026, 11, 23), dt.datetime(2026, 11, 23, tzinfo=dt.UTC), object()]
)
def test_a_document_holds_no_time_as_such(time: object) -> None:
    assert json_text({1: "one", "two": [None, True]}) == '{"1":"one","two":[null,true]}'
    with pytest.raises(TypeError):
        json_text({"at": time})
