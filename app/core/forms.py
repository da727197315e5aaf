"""Pure: typed forms and the fields that read posted, imported and JSON input alike.

A form is a frozen dataclass whose fields are declared with ``posted``: the attribute has the type
that services see, the marshmallow field says how it is read and checked. ``load`` turns input into
the object, or raises every error by its field.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar

from marshmallow import Schema, ValidationError, fields, missing, post_load, validates_schema

from app.core.channels import Channel
from app.core.characters import clean, half_width, has_control, whole_number
from app.core.email_check import email_address
from app.core.errors import N_, Invalid, Message

# As people of a court write these words, and as files say them.
IN_CHINESE = {
    "claimant": "原告",
    "respondent": "被告",
    "other": "其他",
    "ordinary": "普通程序",
    "summary": "简易程序",
    "small_claims": "小额诉讼",
    "second_instance": "二审",
    Channel.SMS.value: "短信",
    Channel.EMAIL.value: "邮件",
    "en": "英文",
    "zh": "中文",
}


REQUIRED = N_("Fill this in.")


NOT_TEXT = N_("Enter this as text.")


# As marshmallow types them.
ErrorMessages = dict[str, str | list[Any] | dict[Any, Any]]

ABSENT: ErrorMessages = {"required": REQUIRED, "null": REQUIRED, "invalid": NOT_TEXT}


def absent_messages(absent: str) -> ErrorMessages:
    """Return the messages of a field that says in its own words what to enter where it is empty."""
    return {**ABSENT, "required": absent, "null": absent}


# RFC 3339, the basic format of ISO 8601, and parts of a second; the offset is looked for later.
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d|\d{8})[T ]\d\d(:?\d\d(:?\d\d([.,]\d{1,9})?)?)"
    r"(Z|[+-]\d\d(:?\d\d(:?\d\d)?)?)?",
    re.ASCII,
)


_DIGITS = re.compile(r"-?[0-9]{1,18}")


class TextField(fields.String):
    """Text as it is stored (characters.clean), trimmed; at most ``most`` characters.

    On one line unless ``lines``; control characters are refused. ``absent`` is the message where
    it is empty and must not be (not ``blank``).
    """

    def __init__(
        self,
        most: int,
        *,
        blank: bool = True,
        lines: bool = False,
        absent: str = REQUIRED,
        **kwargs: Any,
    ) -> None:
        super().__init__(error_messages=absent_messages(absent), **kwargs)
        self.most, self.blank, self.lines, self.absent = most, blank, lines, absent

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        text = clean(str(text).replace("\r\n", "\n"), "\n" if self.lines else " ").strip()
        if not self.lines:
            text = " ".join(each for each in text.split(" ") if each)
        if has_control(text, "\n\t" if self.lines else ""):
            raise ValidationError([Message(N_("Remove the control characters."))])
        if len(text) > self.most:
            raise ValidationError(
                [Message(N_("Shorten this to %(most)s characters or fewer."), most=self.most)]
            )
        if not text and not self.blank:
            raise ValidationError([Message(self.absent)])
        return text


class ChoiceField(fields.String):
    """One of a fixed set of words."""

    def __init__(self, choices: tuple[str, ...], *, absent: str = REQUIRED, **kwargs: Any) -> None:
        about = {"enum": list(choices)}
        super().__init__(error_messages=absent_messages(absent), metadata=about, **kwargs)
        self.choices = choices

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        word = half_width(str(super()._deserialize(value, attr, data, **kwargs)))
        if word not in self.choices:
            raise ValidationError(
                [Message(N_("Choose one of: %(choices)s."), choices=self._choices_text())]
            )
        return word

    def _choices_text(self) -> str | dict[str, str]:
        """Return the choices by language; in Chinese as files write them."""
        known = [each for each in self.choices if each]
        if not set(known) <= set(IN_CHINESE):
            return ", ".join(known)
        chinese = "、".join(f"{IN_CHINESE[each]}（{each}）" for each in known)
        return {"en": ", ".join(known), "zh": chinese}


class EmailField(TextField):
    """An e-mail address (see email_check.email_address); may be empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(254, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text:
            return ""
        try:
            return email_address(text)
        except ValueError as fault:
            raise ValidationError(
                [
                    Message(
                        N_(
                            "Enter an e-mail address such as name@firm.example; "
                            "“%(address)s” is not one."
                        ),
                        address=text,
                    )
                ]
            ) from fault


class Input(Schema):
    """Base of the schemas of input: an unknown field is an error that names it."""

    error_messages = {
        "unknown": N_("There is no such field."),
        "type": N_("Give an object with named fields."),
    }


class Form:
    """Base of the typed forms."""

    @classmethod
    def errors_together(cls, raw: Mapping[str, Any]) -> dict[str, Message]:
        """Return errors, by field, that no field has alone; ``raw`` is the input as it came."""
        return {}

    @classmethod
    def schema(cls) -> type["FormSchema"]:
        """Return the marshmallow schema that loads this form, under the form's own name."""
        return schema_of(cls)  # type: ignore[arg-type]


F = TypeVar("F", bound=Form)


class FormSchema(Input):
    """Schema of one form; what it loads is an instance of ``form``."""

    form: ClassVar[type[Form]]

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _check_together(self, data: Any, original_data: Any, **_: Any) -> None:
        if isinstance(original_data, Mapping) and (
            errors := self.form.errors_together(original_data)
        ):
            raise ValidationError({name: [words] for name, words in errors.items()})

    @post_load
    def _as_form(self, data: dict[str, Any], **_: Any) -> Form:
        return self.form(**data)


def posted(field: fields.Field, *, default: Any = missing, info: object = None) -> Any:
    """Declare a field of a form: how it is read, and its default where it may be left out.

    ``default`` is taken from the field unless given; given, it is not in the API's document.
    ``info`` is whatever else the feature knows of the field; ``info_of`` gives it back.
    """
    metadata = {"field": field, "info": info}
    default = field.load_default if default is missing else default
    if default is missing:
        return dataclasses.field(metadata=metadata)
    if callable(default):
        return dataclasses.field(default_factory=default, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def nested(form: type[Form]) -> fields.Nested:
    """Return a field that loads another form."""
    return fields.Nested(form.schema())


@cache
def schema_of(form: type[Form]) -> type[FormSchema]:
    """Build the schema of a form, once."""
    declared = {each.name: each.metadata["field"] for each in _declared(form)}
    schema = FormSchema.from_dict(declared, name=form.__name__)
    schema.form, schema.__doc__ = form, form.__doc__  # type: ignore[attr-defined]
    return schema  # type: ignore[return-value]


def info_of(form: type[Form]) -> dict[str, Any]:
    """Return the info that ``posted`` was given for each field, by name, if any."""
    infos = {each.name: each.metadata["info"] for each in _declared(form)}
    return {name: info for name, info in infos.items() if info is not None}


def _declared(form: type[Form]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(form)  # type: ignore[arg-type]


class ListField(fields.List):
    """A list of ``least`` to ``most`` items, counted before any of them is loaded.

    ``too_few`` and ``too_many`` are messages in place of the general one; without any list the
    message is ``absent``.
    """

    def __init__(
        self,
        inner: Any,
        *,
        least: int,
        most: int,
        too_few: str = N_("Enter %(least)s to %(most)s of these, not %(count)s."),
        too_many: str = N_("Enter %(least)s to %(most)s of these, not %(count)s."),
        absent: str = REQUIRED,
        **kwargs: Any,
    ) -> None:
        messages: ErrorMessages = {**absent_messages(absent), "invalid": N_("Give a list.")}
        super().__init__(inner, error_messages=messages, **kwargs)
        self.least, self.most = least, most
        self.too_few, self.too_many = too_few, too_many

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        # A list of a million is refused for its length alone.
        if isinstance(value, list) and not self.least <= len(value) <= self.most:
            words = self.too_few if len(value) < self.least else self.too_many
            count = len(value)
            raise ValidationError([Message(words, least=self.least, most=self.most, count=count)])
        return super()._deserialize(value, attr, data, **kwargs)


class DateField(fields.Date):
    """A calendar day, 2026-12-15; an empty text is none."""

    def __init__(self, **kwargs: Any) -> None:
        messages: ErrorMessages = {"invalid": N_("Enter a date such as 2026-12-15.")}
        super().__init__(error_messages=messages, allow_none=True, load_default=None, **kwargs)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the date; None for an empty text."""
        plain = half_width(value) if isinstance(value, str) else value
        return super().deserialize(None if plain == "" else plain, *args, **kwargs)


class InstantField(fields.Field):
    """An instant as ISO 8601 with its offset: 2026-12-15T09:30:00+08:00. Never without."""

    def __init__(self, *, absent: str = REQUIRED, **kwargs: Any) -> None:
        messages: ErrorMessages = {"required": absent, "null": absent}
        about = {"type": "string", "format": "date-time", "example": "2026-12-15T09:30:00+08:00"}
        about["description"] = "With its offset; from the year 2000 to 2200"
        super().__init__(error_messages=messages, metadata=about, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dt.datetime:
        if isinstance(value, dt.datetime) and value.tzinfo:
            return value
        if isinstance(value, str) and not has_control(value):
            value = half_width(value)
        at = None
        # ``fromisoformat`` also takes any letter for the T, and a NUL behind the offset.
        if isinstance(value, str) and _ISO.fullmatch(value):
            with suppress(ValueError):
                at = dt.datetime.fromisoformat(value)
        if at is None:
            raise ValidationError([Message(N_("Enter a time such as 2026-12-15T09:30:00+08:00."))])
        if at.tzinfo is None:
            raise ValidationError(
                [Message(N_("Enter the time with its offset, such as 2026-12-15T09:30:00+08:00."))]
            )
        if not 2000 <= at.year <= 2200:
            raise ValidationError([Message(N_("Check the year: enter one from 2000 to 2200."))])
        return at.replace(second=0, microsecond=0)

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return value.isoformat() if value else None


def as_integer(value: Any) -> Any:
    """Return 90 for 90.0, which JSON does not tell apart; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class WholeNumberField(fields.Integer):
    """A whole number: of JSON, or in plain digits as a form or a query gives it.

    Not what Python's ``int`` reads besides: ``1_0``, 90.7 as 90. Full-width digits are digits, and
    90.0 is 90, as JSON Schema has it.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)

    def _validated(self, value: Any) -> Any:
        if isinstance(value, str):
            if not _DIGITS.fullmatch(value := half_width(value)):
                raise self.make_error("invalid", input=value)
            value = int(value)
        return super()._validated(as_integer(value))


class RowIdField(fields.Integer):
    """The id of a row, as a response of ours gave it."""

    def __init__(self, *, absent: str = REQUIRED, **kwargs: Any) -> None:
        messages: ErrorMessages = {**absent_messages(absent), "invalid": N_("Enter a number.")}
        super().__init__(strict=True, error_messages=messages, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str):  # as a form or a query gives it
            value = whole_number(value, 18)
        number = super()._deserialize(as_integer(value), attr, data, **kwargs)
        if isinstance(value, bool) or number is None or not 0 < number < 2**62:
            raise ValidationError([Message(N_("There is no such number."))])
        return number


@cache
def _loader(form: type[Form]) -> FormSchema:
    """Return the one instance that loads a form: making one copies every field of it deeply."""
    return form.schema()()


def load(form: type[F], data: Mapping[str, object]) -> F:
    """Load a form from untyped input. Raises Invalid with every error by its field, all at once."""
    try:
        loaded: F = _loader(form).load(data)  # type: ignore[arg-type]
    except ValidationError as fault:
        raise Invalid(dict(flat(fault.messages))) from fault
    return loaded


class BatchLoader(Generic[F]):
    """Loads many inputs of one form, as ``load`` does; equal texts of a field are checked once.

    For files, whose rows say the same in most columns. It remembers what it has loaded, so it must
    not live longer than the file, and is no way to load a single form.
    """

    MOST = 2000  # texts that are remembered of a field

    def __init__(self, form: type[F]) -> None:
        self.form = form
        # Of each field: how it is loaded, the loader of the forms in it, the texts loaded already.
        self._fields: dict[str, tuple[fields.Field, BatchLoader[Any] | None, dict[str, Any]]] = {}
        self._defaults: dict[str, Any] = {}
        self._not_default: list[str] = []
        for name, each in _loader(form).load_fields.items():  # type: ignore[arg-type]
            inner = each.inner if isinstance(each, ListField) else None
            nested_form = (
                getattr(inner.schema, "form", None) if isinstance(inner, fields.Nested) else None
            )
            self._fields[name] = (each, BatchLoader(nested_form) if nested_form else None, {})
            if each.required or each.load_default is missing or callable(each.load_default):
                self._not_default.append(name)
            else:
                self._defaults[name] = each.load_default

    def load(self, data: Mapping[str, object]) -> F:
        """Load one input. Raises Invalid with every error by its field, all at once."""
        try:
            return self._load(data)
        except (ValidationError, LookupError):
            return load(self.form, data)  # which finds all errors

    def _load(self, data: Mapping[str, object]) -> F:
        """Load an input. Raises ValidationError or LookupError for one that may be faulty."""
        if self.form.errors_together(data):
            raise LookupError
        values = self._defaults.copy()
        for name, value in data.items():
            field, nested_loader, known = self._fields[name]
            if nested_loader is not None:
                values[name] = self._load_list(field, nested_loader, value)
            elif not isinstance(value, str):
                values[name] = field.deserialize(value, name, data)
            elif value in known:
                values[name] = known[value]
            else:
                values[name] = loaded = field.deserialize(value, name, data)
                if len(known) >= self.MOST:
                    known.clear()
                known[value] = loaded
        for name in self._not_default:
            if name not in data:
                absent = self._fields[name][0].deserialize(missing, name, data)
                if absent is not missing:
                    values[name] = absent
        return self.form(**values)

    @staticmethod
    def _load_list(field: Any, loader: "BatchLoader[Any]", value: object) -> list[Any]:
        if not isinstance(value, list) or not field.least <= len(value) <= field.most:
            raise LookupError
        if field.validators or not all(isinstance(each, Mapping) for each in value):
            raise LookupError
        return [loader._load(each) for each in value]


def flat(messages: Any, path: str = "") -> Iterator[tuple[str, Message]]:
    """Yield marshmallow's nested messages as ``("parties.0.name", Message)``, one a field."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            own = str(name) not in ("_schema", "json", "form", "query")
            yield from flat(inner, f"{path}.{name}".strip(".") if own else path)
    elif isinstance(messages, list) and messages:
        first = messages[0]
        if isinstance(first, dict):
            yield from flat(first, path)
        else:
            yield path, first if isinstance(first, Message) else Message(str(first))
    elif messages:
        yield path, Message(str(messages))
