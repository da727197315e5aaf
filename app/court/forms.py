"""Pure: forms of a courtroom and of a bench, shared by page, API and imports."""

from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields

from app.core.errors import N_
from app.core.forms import ChoiceField, Form, ListField, TextField, nested, posted
from app.court.bench import MAX_NAME, MOST_MEMBERS, BenchMember, BenchRole, UnreadableBench, parse


@dataclass(frozen=True, kw_only=True)
class CourtroomIn(Form):
    """A courtroom as it is submitted; ``by_video``: hearings there are held by video."""

    name: str = posted(
        TextField(200, blank=False, required=True, absent=N_("Enter the name of the courtroom."))
    )
    location: str = posted(TextField(500, load_default=""))
    by_video: bool = posted(
        fields.Boolean(load_default=False, error_messages={"invalid": N_("Enter true or false.")})
    )


@dataclass(frozen=True, kw_only=True)
class BenchMemberIn(Form):
    """Somebody who sits in a hearing or is needed there."""

    name: str = posted(
        TextField(MAX_NAME, blank=False, required=True, absent=N_("Enter the person's name."))
    )
    role: str = posted(
        ChoiceField(tuple(each.value for each in BenchRole), load_default=BenchRole.JUDGE.value)
    )


class BenchField(ListField):
    """People who sit or are needed: a list of them, or one line as ``bench.parse`` reads it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            nested(BenchMemberIn),
            least=0,
            most=MOST_MEMBERS,
            too_many=N_("Name at most %(most)s people."),
            **kwargs,
        )

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, str):
            try:
                members = parse(value)
            except UnreadableBench as fault:
                raise ValidationError([fault.message]) from fault
            value = [{"name": each.name, "role": each.role.value} for each in members]
        loaded = super()._deserialize(value, attr, data, **kwargs)
        return [BenchMember(each.name, BenchRole(each.role)) for each in loaded]
