from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from cmo_lifecycle.doors.rest.bodies import action_inputs
from cmo_lifecycle.doors.rest.kinds import Bad, Input, Kind
from cmo_lifecycle.doors.rest.problems import invalid
from cmo_lifecycle.doors.rest.viewsets import RecordViewSet
from cmo_lifecycle.workflow.refusals import InvalidInput
from cmo_lifecycle.workflow.transitions import Transition
from strategy.models import Consequence

TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}


@dataclass(frozen=True)
class Texts(Kind):
    """An object of texts by name."""

    def schema(self) -> dict[str, Any]:
        return TEXTS

    def read(self, value: Any, user: Any) -> dict[str, str]:
        if not isinstance(value, dict) or not value:
            raise Bad("Give the fields by name, each as a text.", "type")
        wrong = {name: Bad("Give a text.", "type") for name, text in value.items() if not isinstance(text, str)}
        if wrong:
            raise Bad(wrong)
        return value


class ConsequenceViewSet(RecordViewSet):
    """What strategies ask of later stages: proposed by a rule, decided by people. Nobody adds one by hand."""

    model = Consequence
    fields = (
        "strategy",
        "key",
        "kind",
        "title",
        "proposed",
        "content",
        "rule",
        "rule_version",
        "reason",
        "source",
        "also",
        "because",
        "decision_reason",
        "inherits",
        "state",
    )
    filters = {
        "strategy": "strategy",
        "programme": "strategy__programme",
        "kind": "kind",
        "state": "state",
        "rule": "rule",
        "key": "key",
        "updated_at": "updated_at",
    }
    searched = ("title",)
    orderings = ("kind", "key", "created_at", "updated_at")
    default_order = "kind"

    @classmethod
    def step_inputs(cls, verb: Transition) -> dict[str, Input]:
        found = action_inputs(verb)
        if "content" in found:
            found["content"] = replace(found["content"], kind=Texts(), null=False)
        return found

    def walk(self, request: Request, pk: Any = None, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().walk(request, pk, **kwargs)
        except InvalidInput as refusal:
            raise invalid(_nested(refusal.errors)) from refusal


def _nested(errors: dict[str, list[str]]) -> dict[str, Any]:
    """Part `content.weight` into the field and its place in it."""
    found: dict[str, Any] = {}
    for place, sentences in errors.items():
        name, dot, inner = place.partition(".")
        if dot:
            found.setdefault(name, {})[inner] = sentences
        else:
            found[name] = sentences
    return found
