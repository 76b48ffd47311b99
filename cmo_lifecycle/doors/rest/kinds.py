"""What a value is in JSON: its schema, how it is read from a body or a query, how strictly.

A kind takes exactly what its schema says and nothing that merely resembles it: a number is not a
text, "1.5" is a decimal and 1.5 is not. Rules beyond the type are the model's own, checked by the
door when it saves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils.dateparse import parse_datetime
from django_countries.fields import CountryField

from cmo_lifecycle.accounts.models import User

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INT = re.compile(r"-?\d{1,18}")
_DECIMAL = re.compile(r"-?\d{1,28}(\.\d{1,12})?")
COUNTRY = "^[A-Z]{2}$"


class Bad(Exception):
    """A value that is not of its kind. `errors` is a sentence, or nested as the value is."""

    def __init__(self, errors: Any, code: str = "invalid") -> None:
        self.errors = errors
        self.code = code
        super().__init__(str(errors))


def _bad_type(wanted: str) -> Bad:
    return Bad(f"Give {wanted}.", "type")


class Kind:
    """The base: `schema` for OpenAPI, `read` from JSON, `parse` from the text of a query."""

    def schema(self) -> dict[str, Any]:
        raise NotImplementedError

    def read(self, value: Any, user: User) -> Any:
        """Return the Python value of a JSON value; raise Bad."""
        raise NotImplementedError

    def parse(self, text: str) -> Any:
        """Return the Python value of a query parameter's text; raise Bad."""
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Kind):
    most: int | None = None
    choices: tuple[str, ...] = ()
    blank: bool = True
    pattern: str = ""
    form: str = ""

    def schema(self) -> dict[str, Any]:
        if self.choices:
            return {"type": "string", "enum": [*self.choices, *([""] if self.blank else [])]}
        found: dict[str, Any] = {"type": "string"}
        if self.most:
            found["maxLength"] = self.most
        if not self.blank:
            found["minLength"] = 1
        if self.pattern:
            found["pattern"] = f"{self.pattern}|^$" if self.blank else self.pattern
        if self.form and not self.blank:
            found["format"] = self.form
        return found

    def read(self, value: Any, user: User) -> str:
        if not isinstance(value, str):
            raise _bad_type("a text")
        return self.parse(value)

    def parse(self, text: str) -> str:
        if text == "" and self.blank:
            return text
        if self.choices and text not in self.choices:
            raise Bad(f"Choose one of: {', '.join(self.choices)}.", "choice")
        if not text.strip():
            raise Bad("This may not be empty.", "blank")
        if self.most and len(text) > self.most:
            raise Bad(f"This may have {self.most} characters at most; it has {len(text)}.", "max_length")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise Bad("This is not written as it has to be.", "invalid")
        return text


class Key(Kind):
    """A plain UUID."""

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uuid"}

    def read(self, value: Any, user: User) -> Any:
        if not isinstance(value, str):
            raise _bad_type("an id as a text")
        return self.parse(value)

    def parse(self, text: str) -> UUID:
        if not _UUID.fullmatch(text):
            raise Bad("This is not an id (a UUID such as 0198c0de-0000-7000-8000-000000000000).", "invalid")
        return UUID(text)


@dataclass(frozen=True)
class Of(Key):
    """The id of a record that the person can see."""

    model: type[Any]

    def read(self, value: Any, user: User) -> Any:
        found = self.model.objects.visible_to(user).filter(pk=super().read(value, user)).first()
        if found is None:
            raise Bad(f"There is no such {self.model._meta.verbose_name}.", "does_not_exist")
        return found


@dataclass(frozen=True)
class Several(Kind):
    """A list of ids of records that the person can see."""

    model: type[Any]
    most: int = 500

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": Key().schema(), "maxItems": self.most}

    def read(self, value: Any, user: User) -> list[Any]:
        if not isinstance(value, list):
            raise _bad_type("a list of ids")
        if len(value) > self.most:
            raise Bad(f"Give {self.most} ids at most.", "max_length")
        errors: dict[str, Any] = {}
        keys: list[UUID] = []
        for number, item in enumerate(value):
            try:
                keys.append(Key().read(item, user))
            except Bad as bad:
                errors[str(number)] = bad
        if errors:
            raise Bad(errors)
        found = {row.pk: row for row in self.model.objects.visible_to(user).filter(pk__in=keys)}
        for number, key in enumerate(keys):
            if key not in found:
                sentence = f"There is no such {self.model._meta.verbose_name}."
                errors[str(number)] = Bad(sentence, "does_not_exist")
        if errors:
            raise Bad(errors)
        return list(found.values())


class Day(Kind):
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}

    def read(self, value: Any, user: User) -> date:
        if not isinstance(value, str):
            raise _bad_type("a date as a text, such as 2026-03-31")
        return self.parse(value)

    def parse(self, text: str) -> date:
        try:
            if _DATE.fullmatch(text) and text.isascii():
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise Bad("This is not a date such as 2026-03-31.", "invalid")


class Moment(Kind):
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}

    def read(self, value: Any, user: User) -> datetime:
        if not isinstance(value, str):
            raise _bad_type("a time as a text, such as 2026-03-31T12:00:00Z")
        return self.parse(value)

    def parse(self, text: str) -> datetime:
        try:
            found = parse_datetime(text) if len(text) <= 40 else None
        except ValueError:
            found = None
        # The database holds years 1 to 9999 in any zone; the ends of that range overflow on the way.
        if found is None or found.tzinfo is None or not 2 <= found.year <= 9998:
            raise Bad("This is not a time with its zone, such as 2026-03-31T12:00:00Z.", "invalid")
        return found


class Flag(Kind):
    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def read(self, value: Any, user: User) -> bool:
        if not isinstance(value, bool):
            raise _bad_type("true or false")
        return value

    def parse(self, text: str) -> bool:
        if text not in ("true", "false"):
            raise Bad("Give true or false.", "invalid")
        return text == "true"


@dataclass(frozen=True)
class Whole(Kind):
    least: int
    most: int
    choices: tuple[int, ...] = ()

    def schema(self) -> dict[str, Any]:
        if self.choices:
            return {"type": "integer", "enum": list(self.choices)}
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def read(self, value: Any, user: User) -> int:
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            # JSON has one kind of number: 3.0 is the integer 3 (JSON Schema says so too).
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _bad_type("a whole number")
        return self._checked(value)

    def parse(self, text: str) -> int:
        if not _INT.fullmatch(text) or not text.isascii():
            raise Bad("This is not a whole number.", "invalid")
        return self._checked(int(text))

    def _checked(self, value: int) -> int:
        if self.choices and value not in self.choices:
            raise Bad(f"Choose one of: {', '.join(map(str, self.choices))}.", "choice")
        if not self.least <= value <= self.most:
            raise Bad(f"Give a number from {self.least} to {self.most}.", "range")
        return value


@dataclass(frozen=True)
class Exact(Kind):
    """A decimal, always as a text."""

    digits: int
    places: int

    def schema(self) -> dict[str, Any]:
        before = max(self.digits - self.places, 1)
        return {"type": "string", "pattern": rf"^-?[0-9]{{1,{before}}}(\.[0-9]{{1,{self.places}}})?$"}

    def read(self, value: Any, user: User) -> Decimal:
        if not isinstance(value, str):
            raise _bad_type('a decimal as a text, such as "123.45"')
        return self.parse(value)

    def parse(self, text: str) -> Decimal:
        if not _DECIMAL.fullmatch(text) or not text.isascii():
            raise Bad('This is not a decimal such as "123.45".', "invalid")
        whole, _, fraction = text.lstrip("-").partition(".")
        if len(whole) > self.digits - self.places or len(fraction) > self.places:
            raise Bad(
                f"Give at most {self.digits - self.places} digits before the point and {self.places} after it.",
                "range",
            )
        return Decimal(text)


@dataclass(frozen=True)
class Items(Kind):
    """A list of values of one kind."""

    item: Kind
    most: int = 200

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema(), "maxItems": self.most}

    def read(self, value: Any, user: User) -> list[Any]:
        if not isinstance(value, list):
            raise _bad_type("a list")
        if len(value) > self.most:
            raise Bad(f"Give {self.most} at most.", "max_length")
        errors: dict[str, Any] = {}
        found = []
        for number, item in enumerate(value):
            try:
                found.append(self.item.read(item, user))
            except Bad as bad:
                errors[str(number)] = bad
        if errors:
            raise Bad(errors)
        return found

    def parse(self, text: str) -> Any:
        return self.item.parse(text)


@dataclass(frozen=True)
class Free(Kind):
    """Free JSON: an object, a list, or (with "any") whatever."""

    shape: str = "object"

    def schema(self) -> dict[str, Any]:
        return {
            "object": {"type": "object", "additionalProperties": True},
            "array": {"type": "array", "items": {}},
            "any": {},
        }[self.shape]

    def read(self, value: Any, user: User) -> Any:
        if self.shape != "any" and not isinstance(value, dict if self.shape == "object" else list):
            raise _bad_type("an object" if self.shape == "object" else "a list")
        return value


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that also takes null."""
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    return schema


def may_be_null(field: Any) -> bool:
    """Whether a row may have no value here; a computed column says so on what it computes."""
    if isinstance(field, models.GeneratedField):
        return bool(field.output_field.null)
    return bool(field.null)


def _choices(field: Any) -> tuple[Any, ...]:
    return tuple(value for value, _ in field.flatchoices if value not in ("", None))


def kind_of(field: Any) -> Kind:
    """Return the kind of a model field's values."""
    match field:
        case models.ManyToManyField():
            return Several(field.related_model)
        case models.ForeignKey() if field.related_model._meta.pk.get_internal_type() == "UUIDField":
            return Of(field.related_model)
        case CountryField():
            return Text(most=2, blank=field.blank, pattern=COUNTRY)
        case ArrayField():
            return Items(kind_of(field.base_field))
        case models.UUIDField():
            return Key()
        case models.DateTimeField():
            return Moment()
        case models.DateField():
            return Day()
        case models.BooleanField():
            return Flag()
        case models.DecimalField():
            return Exact(field.max_digits, field.decimal_places)
        case models.IntegerField():
            least, most = connection.ops.integer_field_range(field.get_internal_type())
            return Whole(least, most, _choices(field))
        case models.GeneratedField():
            return kind_of(field.output_field)
        case models.JSONField():
            default = field.get_default()
            return Free("array" if isinstance(default, list) else "object")
        case models.EmailField():
            return Text(most=field.max_length, blank=field.blank, form="email")
        case models.URLField():
            return Text(most=field.max_length, blank=field.blank, form="uri")
        case models.SlugField():
            return Text(most=field.max_length, blank=field.blank, pattern="^[-a-zA-Z0-9_]+$")
        case models.CharField() | models.TextField():
            return Text(most=field.max_length, choices=_choices(field), blank=field.blank)
    raise TypeError(f"The API has no kind for {field}.")


def kind_of_input(field: forms.Field) -> Kind:
    """Return the kind of a form field's value in the body of an action."""
    match field:
        case forms.ModelMultipleChoiceField():
            return Items(Key())
        case forms.ModelChoiceField():
            return Key()
        case forms.TypedMultipleChoiceField() | forms.MultipleChoiceField():
            return Items(Text(choices=tuple(str(value) for value, _ in field.choices)))
        case forms.ChoiceField():
            choices = tuple(str(value) for value, _ in field.choices if value not in ("", None))
            return Text(choices=choices, blank=not field.required)
        case forms.DateTimeField():
            return Moment()
        case forms.DateField():
            return Day()
        case forms.BooleanField():
            return Flag()
        case forms.DecimalField():
            digits, places = field.max_digits or 18, field.decimal_places
            return Exact(digits, 6 if places is None else places)
        case forms.IntegerField():
            least = -(2**31) if field.min_value is None else field.min_value
            most = 2**31 - 1 if field.max_value is None else field.max_value
            return Whole(least, most)
        case forms.JSONField():
            return Free("any")
        case forms.CharField():
            return Text(most=field.max_length, blank=not field.required)
    raise TypeError(f"The API has no kind for the input {field}.")


@dataclass(frozen=True)
class Member:
    """One member of what the API returns: from which columns, how made, of which schema."""

    name: str
    sources: tuple[str, ...]
    schema: dict[str, Any]
    render: Callable[..., Any] | None = None
    help: str = ""

    def described(self) -> dict[str, Any]:
        return {**self.schema, "description": self.help} if self.help else self.schema


def member_of(model: type[models.Model], name: str) -> Member:
    """Return the member that shows one model field: a key as `<name>_id`, else the value under its name."""
    field = model._meta.get_field(name)
    render: Callable[..., Any] | None = None
    if isinstance(field, models.ForeignKey):
        schema = (
            Key().schema()
            if field.related_model._meta.pk.get_internal_type() == "UUIDField"
            else kind_of(field.related_model._meta.pk).schema()
        )
        shown, source = field.attname, field.attname
    else:
        kind = kind_of(field)
        schema, shown, source = kind.schema(), name, name
        if isinstance(kind, Text) and not kind.choices:
            # What is stored may be empty or older than today's rules; the limit of length always held.
            schema = Text(most=kind.most).schema()
        if isinstance(kind, (Items, Several)):
            schema = {key: value for key, value in schema.items() if key != "maxItems"}
        if isinstance(kind, Exact):
            render = _exactly
    if may_be_null(field):
        schema = nullable(schema)
    if isinstance(field, CountryField):
        render = _code
    title = str(field.verbose_name)
    text = str(field.help_text) or (title if title != name.replace("_", " ") else "")
    return Member(shown, (source,), schema, render, text[:1].upper() + text[1:])


def _exactly(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _code(value: Any) -> Any:
    return value if value is None or type(value) is str else str(value)


@dataclass(frozen=True)
class Input:
    """One member that a body may have: for which model field, of which kind, whether it has to be there."""

    name: str
    field: str
    kind: Kind
    required: bool
    null: bool
    help: str = ""

    def schema(self) -> dict[str, Any]:
        schema = self.kind.schema()
        if self.null:
            schema = nullable(schema)
        return {**schema, "description": self.help} if self.help else schema

    def read(self, value: Any, user: User) -> Any:
        if value is None:
            if not self.null:
                raise Bad("This may not be null.", "null")
            return None
        return self.kind.read(value, user)


def input_of(model: type[models.Model], name: str) -> Input:
    """Return the input that writes one model field: a key as `<name>_id`, several as `<singular>_ids`."""
    field = model._meta.get_field(name)
    shown = member_name(field)
    required = not (field.blank or field.null or field.has_default() or field.many_to_many)
    return Input(shown, name, kind_of(field), required, field.null and not field.many_to_many, member_of_help(field))


def member_of_help(field: Any) -> str:
    title = str(field.verbose_name)
    text = str(field.help_text) or (title if title != field.name.replace("_", " ") else "")
    return text[:1].upper() + text[1:]


def member_name(field: Any) -> str:
    """Return the name under which the API shows a model field."""
    if field.many_to_many:
        return f"{field.name.removesuffix('s')}_ids"
    return str(field.attname)


def nested_errors(bad: Bad) -> Any:
    """Return a Bad's errors as nested details that carry their codes."""
    from rest_framework.exceptions import ErrorDetail

    if isinstance(bad.errors, dict):
        return {name: nested_errors(inner) if isinstance(inner, Bad) else inner for name, inner in bad.errors.items()}
    return [ErrorDetail(str(bad.errors), code=bad.code)]


def one_of(sequence: Sequence[str]) -> str:
    """Return names for a sentence; “(none)” where there are none."""
    return ", ".join(sorted(sequence)) or "(none)"
