"""Schema of a rules file."""

import datetime as dt
from typing import Any

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from app.cases.rules import PROCEDURES
from app.record.rules import EvidenceGrade

WAYS = ("text", "email", "call", "paper")
PAPER_WAYS = ("reminder", "call", "paper")
PAPERS_OF = ("court", "counsel")


class _Strict(Schema):
    class Meta:
        unknown = RAISE


def _words() -> fields.Dict:
    """Text by language; English is required, as the fallback."""
    text = fields.String(validate=validate.Length(min=1))
    return fields.Dict(
        keys=fields.String(validate=validate.OneOf(["en", "zh"])),
        values=text,
        required=True,
        validate=_in_english,
    )


def _in_english(texts: dict[str, str]) -> None:
    if "en" not in texts:
        raise ValidationError("The English words are missing.")


def _a_day(on: object) -> None:
    if type(on) is not dt.date:
        raise ValidationError("Not a day: write 2024-01-01.")


def _days(most: int) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(0, most))


class _Rule(_Strict):
    id = fields.String(required=True, validate=validate.Regexp(r"[a-z0-9-]{1,60}\Z"))
    name = _words()
    procedures = fields.List(
        fields.String(validate=validate.OneOf(PROCEDURES)),
        required=True,
        validate=validate.Length(min=1),
    )
    article = _words()
    source = _words()
    words = _words()
    valid_from = fields.Raw(required=True, validate=_a_day)

    @post_load
    def _as_tuple(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "procedures": tuple(data["procedures"])}


class _Notice(_Rule):
    days = _days(60)


class _Evidence(_Notice):
    at_most = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class _TimeLimit(_Rule):
    months = fields.Integer(required=True, strict=True, validate=validate.Range(1, 60))


class _Bench(_Rule):
    single = fields.Boolean(required=True, truthy={True}, falsy={False})
    panel = fields.Boolean(required=True, truthy={True}, falsy={False})
    least = fields.Integer(load_default=3, strict=True, validate=validate.Range(2, 15))
    assessors = fields.Boolean(load_default=True, truthy={True}, falsy={False})

    @validates_schema
    def _somebody_sits(self, data: dict[str, Any], **_: Any) -> None:
        if not (data["single"] or data["panel"]):
            raise ValidationError("Nobody could hear a case: allow one judge or a panel.", "single")


class _GradeNamed(fields.Field):
    """An evidence grade by its lower-case name: opened, delivered."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> EvidenceGrade:
        try:
            return EvidenceGrade[str(value).upper()]
        except KeyError:
            known = ", ".join(grade.name.lower() for grade in EvidenceGrade)
            raise ValidationError(f"Must be one of: {known}.") from None


class _Shown(_Rule):
    shown = _GradeNamed(required=True)
    shown_by_consent = _GradeNamed(required=True)


class _Step(_Strict):
    way = fields.String(required=True, validate=validate.OneOf(WAYS))
    gives_days = _days(30)
    takes_days = _days(30)
    words = _words()
    source = _words()


class _PaperStep(_Strict):
    way = fields.String(required=True, validate=validate.OneOf(PAPER_WAYS))
    after_days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 60))
    of = fields.List(
        fields.String(validate=validate.OneOf(PAPERS_OF)),
        required=True,
        validate=validate.Length(min=1),
    )
    words = _words()
    source = _words()

    @post_load
    def _as_tuple(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "of": tuple(data["of"])}


class _ElectronicService(_Strict):
    version = fields.String(required=True, validate=validate.Length(1, 60))
    article = _words()
    source = _words()
    words = _words()
    withdrawal = _words()
    valid_from = fields.Raw(required=True, validate=_a_day)


class _Office(_Strict):
    opens = fields.Time(required=True, format="%H:%M")
    closes = fields.Time(required=True, format="%H:%M")

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["opens"] >= data["closes"]:
            raise ValidationError("The office closes before it opens.", "closes")


class RuleSetIn(_Strict):
    """A set of rules."""

    version = fields.String(required=True, validate=validate.Length(1, 40))
    notice = fields.List(fields.Nested(_Notice), load_default=list)
    evidence = fields.List(fields.Nested(_Evidence), load_default=list)
    default_judgment = fields.List(fields.Nested(_Shown), load_default=list)
    service = fields.List(fields.Nested(_Shown), load_default=list)
    opinion = fields.List(fields.Nested(_Notice), load_default=list)
    time_limit = fields.List(fields.Nested(_TimeLimit), load_default=list)
    clash = fields.List(fields.Nested(_Rule), load_default=list)
    bench = fields.List(fields.Nested(_Bench), load_default=list)
    step = fields.List(fields.Nested(_Step), load_default=list)
    paper_step = fields.List(fields.Nested(_PaperStep), load_default=list)
    electronic_service = fields.List(fields.Nested(_ElectronicService), load_default=list)
    office = fields.Nested(_Office, required=True)
