"""The one description of case, party and counsel agrees with the models and with what reads it."""

import pytest
import sqlalchemy as sa

from app.api.schemas import CaseOut, CounselOut, PartyOut
from app.cases.forms import CaseIn, Control, CounselIn, Erased, PartyIn, described
from app.cases.models import Case, Counsel, Party
from app.core.forms import ChoiceField, Form
from app.imports.reading import column_maps, rules

FORMS = [(CaseIn, Case, CaseOut), (PartyIn, Party, PartyOut), (CounselIn, Counsel, CounselOut)]
EACH = [
    pytest.param(form, model, answer, name, id=f"{form.__name__}.{name}")
    for form, model, answer in FORMS
    for name in described(form)
]


@pytest.mark.parametrize(("form", "model", "answer", "name"), EACH)
def test_a_described_field_is_stored_answered_and_imported_by_its_name(
    form: type[Form], model: type, answer: type, name: str
) -> None:
    info = described(form)[name]
    columns = sa.inspect(model).columns
    if info.is_stored:
        assert name in columns
        # What is stored must fit: the form takes no more characters than the column has.
        most = getattr(form.schema()().fields[name], "most", None)
        assert most is None or most <= columns[name].type.length
    assert name in answer().fields
    if info.column:
        assert rules.COLUMNS[info.column.name] is info.column
        headers = column_maps.find(column_maps.OWN).columns[info.column.name]
        assert set(info.column.headers) <= set(headers)


@pytest.mark.parametrize(("form", "model", "answer", "name"), EACH)
def test_a_page_offers_just_what_a_form_takes(
    form: type[Form], model: type, answer: type, name: str
) -> None:
    field, info = form.schema()().fields[name], described(form)[name]
    if isinstance(field, ChoiceField):
        assert sorted(value for value, _ in info.choices) == sorted(field.choices)


@pytest.mark.parametrize(("form", "model", "answer", "name"), EACH)
def test_nothing_personal_goes_on_the_list_of_changes(
    form: type[Form], model: type, answer: type, name: str
) -> None:
    info = described(form)[name]
    assert not (info.is_logged and info.erased is not Erased.NEVER)


def test_addresses_and_names_are_erased() -> None:
    for form in (PartyIn, CounselIn):
        info = described(form)
        assert all(
            info[each].erased is Erased.WITH_ADDRESSES
            for each in info
            if info[each].control in (Control.EMAIL, Control.PHONE)
        )
        assert info["name"].erased is Erased.WITH_NAMES
