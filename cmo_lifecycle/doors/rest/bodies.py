"""What a body may hold and how it is read: every mistake in it at once, each with its pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django import forms
from django.db import models

from cmo_lifecycle.doors.rest.kinds import (
    Bad,
    Input,
    Kind,
    Member,
    Text,
    kind_of_input,
    member_of,
    nested_errors,
    nullable,
    one_of,
)
from cmo_lifecycle.doors.rest.problems import Problem, flat, invalid
from cmo_lifecycle.workflow.refusals import InvalidInput
from cmo_lifecycle.workflow.transitions import Transition

REASON = Input("reason", "reason", Text(most=2000), False, False, "Why; needed once the record has been in use.")
MONEY = {
    "type": "object",
    "properties": {
        "amount": {"type": "string"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
    "required": ["amount", "currency"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Amount:
    amount: Any
    currency: str


@dataclass(frozen=True)
class Money(Kind):
    """`{"amount": "123.45", "currency": "EUR"}`."""

    amount: Kind

    def schema(self) -> dict[str, Any]:
        return {**MONEY, "properties": {**MONEY["properties"], "amount": self.amount.schema()}}  # type: ignore[dict-item]

    def read(self, value: Any, user: Any) -> Amount:
        if not isinstance(value, dict):
            raise Bad('Give {"amount": "123.45", "currency": "EUR"}.', "type")
        errors: dict[str, Any] = {
            name: Bad("There is no such member.", "unknown") for name in value if name not in ("amount", "currency")
        }
        found = {}
        for name, kind in (("amount", self.amount), ("currency", Text(most=3, blank=False, pattern="^[A-Z]{3}$"))):
            if name not in value:
                errors[name] = Bad("This is missing.", "required")
                continue
            try:
                found[name] = kind.read(value[name], user)
            except Bad as bad:
                errors[name] = bad
        if errors:
            raise Bad(errors)
        return Amount(**found)


def money_member(model: type[models.Model], name: str, currency: str) -> Member:
    member = member_of(model, name)

    def render(amount: Any, code: str) -> dict[str, str] | None:
        return None if amount is None else {"amount": format(amount, "f"), "currency": code}

    return Member(name, (name, currency), nullable(MONEY), render, member.help)


def object_of(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Problem("malformed", "The body has to be a JSON object.")
    return data


def unknown_member(name: str, known: Sequence[str], read_only: Iterable[str] = ()) -> Problem:
    pointer = "/" + name[:100].replace("~", "~0").replace("/", "~1")
    if name in read_only:
        detail = "This is read only. A state is changed by an action; versions and times are the system's."
        return Problem("invalid", errors=[{"pointer": pointer, "detail": detail, "code": "read_only"}])
    detail = f"There is no member {name[:100]!r} here. Known: {one_of(known)}."
    return Problem("invalid", errors=[{"pointer": pointer, "detail": detail, "code": "unknown"}])


def read_inputs(
    inputs: Mapping[str, Input], data: Any, user: Any, *, partial: bool = False, read_only: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the checked values of a body by name; one problem with everything that is wrong with it."""
    body = object_of(data)
    errors: list[dict[str, Any]] = []
    for name in body:
        if name not in inputs:
            errors.extend(unknown_member(name, list(inputs), read_only).errors)
    found: dict[str, Any] = {}
    for name, one in inputs.items():
        if name not in body:
            if one.required and not partial:
                errors.append({"pointer": f"/{name}", "detail": "This is missing.", "code": "required"})
            continue
        try:
            found[name] = one.read(body[name], user)
        except Bad as bad:
            errors.extend(flat({name: nested_errors(bad)}))
    if errors:
        raise Problem("invalid", errors=errors)
    return found


def action_inputs(verb: Transition) -> dict[str, Input]:
    """Return what the body of an action may have: the form's fields, and what the door itself asks for."""
    found = {}
    for name, one in (verb.form.base_fields if verb.form is not None else {}).items():
        title = str(one.help_text or one.label or "")
        kind = kind_of_input(one)
        null = not one.required and not isinstance(kind, Text)
        found[name] = Input(name, name, kind, one.required and not isinstance(one, forms.BooleanField), null, title)
    found["reason"] = Input(
        "reason", "reason", Text(most=2000, blank=not verb.reason_required), verb.reason_required, False, "Why."
    )
    if verb.needs_signature:
        found["password"] = Input(
            "password", "password", Text(most=200, blank=False), False, False, "Your password: it signs."
        )
        found["email"] = Input(
            "email", "email", Text(most=254), False, False, "Needed at the first signature of a session."
        )
    if len(verb.asked_roles) > 1:
        found["role"] = Input(
            "role",
            "role",
            Text(choices=tuple(verb.asked_roles)),
            False,
            False,
            "In which of your roles you act; needed only by whoever holds several.",
        )
    return found


def form_values(verb: Transition, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cleaned inputs of the verb's own form; a problem with its sentences otherwise."""
    assert verb.form is not None
    form = verb.form(data={name: _for_form(value) for name, value in body.items() if value is not None})
    if not form.is_valid():
        raise invalid(
            {
                name: [str(sentence) for error in found.as_data() for sentence in error.messages]
                for name, found in form.errors.items()
            }
        )
    return {name: value for name, value in form.cleaned_data.items() if name in verb.inputs}


def _for_form(value: Any) -> Any:
    if isinstance(value, (dict, list)) and not all(isinstance(item, (str, UUID)) for item in value):
        return orjson.dumps(value).decode()
    return value


def refusing(work: Callable[[], Any], names: Mapping[str, str]) -> Any:
    """Do the work; say refusals in the names that the API uses for fields."""
    try:
        return work()
    except InvalidInput as refusal:
        raise invalid({names.get(name, name): texts for name, texts in refusal.errors.items()}) from refusal


def placed(problem: Problem, place: str) -> list[dict[str, str]]:
    if not problem.errors:
        return [{"pointer": place, "detail": str(problem.detail), "code": problem.problem_code}]
    return [{**error, "pointer": place + error["pointer"]} for error in problem.errors]
