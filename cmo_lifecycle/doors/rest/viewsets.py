"""Nouns with versions at the REST door: added, changed under `If-Match`, walked along their transitions."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.db import models, transaction
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from rest_framework.request import Request
from rest_framework.response import Response

from cmo_lifecycle.accounts.models import ApiToken
from cmo_lifecycle.accounts.roles import INTERNAL
from cmo_lifecycle.doors.rest import etags
from cmo_lifecycle.doors.rest.bodies import (
    REASON,
    Money,
    action_inputs,
    form_values,
    object_of,
    placed,
    read_inputs,
    refusing,
    unknown_member,
)
from cmo_lifecycle.doors.rest.kinds import Bad, Input, Key, Member, input_of, member_of, nested_errors
from cmo_lifecycle.doors.rest.listing import PREFIX, Listing, Query
from cmo_lifecycle.doors.rest.parts import Tables
from cmo_lifecycle.doors.rest.problems import Problem, invalid, of_refusal
from cmo_lifecycle.doors.rest.representation import Shape
from cmo_lifecycle.doors.rest.signatures import SIGNATURE, signatures_of
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Record
from cmo_lifecycle.workflow.parts import parts_of
from cmo_lifecycle.workflow.refusals import NotPermitted, Refusal
from cmo_lifecycle.workflow.transitions import Transition, steps_for, transitions_of

MOST_ITEMS = 500


class RecordViewSet(Tables, Listing):
    """A noun with versions: read, added, changed under `If-Match`, walked along its transitions; never deleted."""

    model: ClassVar[type[Record]]
    #: Model fields that a body may set.
    writable: ClassVar[Sequence[str]] = ()
    may_post: ClassVar[bool] = True
    #: The field that makes an external id unique together with it.
    external_scope: ClassVar[str] = ""

    @classmethod
    def own_members(cls) -> list[Member]:
        found = {member.name: member for member in super().own_members()}
        for name in ("version", "created_at", "updated_at", "created_by"):
            member = member_of(cls.model, name)
            found.setdefault(member.name, member)
        return [*found.values()]

    @classmethod
    @functools.cache
    def inputs(cls) -> dict[str, Input]:
        """Every member that a body may have, by name."""
        found = []
        for name in cls.writable:
            if name in cls.money.values():
                continue
            one = input_of(cls.model, name)
            found.append(replace(one, kind=Money(one.kind)) if name in cls.money else one)
        found.append(REASON)
        return {one.name: one for one in found}

    @classmethod
    def has_external_id(cls) -> bool:
        return "external_id" in cls.writable and cls.may_post

    @classmethod
    def extra_schemas(cls) -> dict[str, dict[str, Any]]:
        found = cls.table_schemas()
        if transitions_of(cls.model):
            found["available_actions"] = {"type": "array", "items": {"$ref": "#/components/schemas/AvailableAction"}}
        if cls._is_signed():
            found["signatures"] = {"type": "array", "items": SIGNATURE}
        return found

    def extras(self, record: Any, user: Any) -> dict[str, Any]:
        found = self.table_links(record)
        if transitions_of(self.model):
            steps = [step for step in steps_for(record, user) if has_address(step.transition)]
            found["available_actions"] = [self._step(record, step) for step in steps]
        if self._is_signed():
            found["signatures"] = signatures_of(record)
        return found

    @classmethod
    def step_inputs(cls, verb: Transition) -> dict[str, Input]:
        """Every member that the body of a step may have, by name."""
        return action_inputs(verb)

    @classmethod
    def _is_signed(cls) -> bool:
        return any(verb.needs_signature for verb in transitions_of(cls.model).values())

    def _step(self, record: Any, step: Any) -> dict[str, Any]:
        verb = step.transition
        return {
            "name": verb.verb,
            "label": verb.label,
            "help": verb.help,
            "href": f"{PREFIX}{self.route}/{record.pk}/actions/{verb.verb}/",
            "needs_signature": verb.needs_signature,
            "needs_reason": verb.reason_required,
            "blocked": list(step.blocked),
        }

    # -- writing

    def create(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        self._check_may_create(request.user)
        query = self.read_detail_query(request)
        values, reason = self.read_body(request.data, request.user)
        return self._created(request, self._create(values, reason, request.user), query)

    def update(self, request: Request, pk: Any = None, **kwargs: Any) -> HttpResponseBase:
        return self._change(request, pk, whole=True)

    def partial_update(self, request: Request, pk: Any = None, **kwargs: Any) -> HttpResponseBase:
        return self._change(request, pk, whole=False)

    def _change(self, request: Request, pk: Any, *, whole: bool) -> HttpResponseBase:
        record = self.object(request, pk)
        self._check_may_edit(request.user)
        query = self.read_detail_query(request)
        version = etags.read_version(request, record.version)
        values, reason = self.read_body(request.data, request.user, record=record, whole=whole)
        return self.answer(request, self._update(record, values, reason, request.user, version), query)

    def upsert(self, request: Request, external_id: str = "", **kwargs: Any) -> HttpResponseBase:
        """Add or replace the record that carries another system's id; `If-Match` only where the caller cares."""
        scope = (self.external_scope,) if self.external_scope else ()
        self._check_parameters(request, ("fields", "omit", "expand", "format", *scope))
        fixed = {"external_id": external_id} | {name: request.query_params.get(name, "") for name in scope}
        body = object_of(request.data)
        for name, value in fixed.items():
            if name in body and body[name] != value:
                raise invalid({name: ["This differs from the address."]})
        body = {**body, **fixed}
        query = self._choice(request, detail=True)
        for last_try in (False, True):
            record = self.rows(request.user).filter(**fixed).first()
            if record is not None:
                self._check_may_edit(request.user)
                version = etags.read_version(request, record.version, demanded=False)
                values, reason = self.read_body(body, request.user, record=record, whole=True)
                return self.answer(request, self._update(record, values, reason, request.user, version), query)
            self._check_may_create(request.user)
            if request.headers.get("If-Match"):
                raise Problem("stale", "There is no record with this external id any more.")
            values, reason = self.read_body(body, request.user)
            try:
                record = self._create(values, reason, request.user)
            except Problem:
                # Somebody may have added it between our look and our write: look once more.
                if last_try or not self.rows(request.user).filter(**fixed).exists():
                    raise
                continue
            return self._created(request, record, query)
        raise AssertionError("the second try always answers")

    def bulk(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Add and change up to 500 records, all or none. An item with `id` (and its `version`) is changed."""
        self._check_parameters(request, ("format",))
        body = object_of(request.data)
        for name in body:
            if name not in ("items", "reason"):
                raise unknown_member(name, ["items", "reason"])
        items, general = body.get("items"), body.get("reason", "")
        if not isinstance(general, str):
            raise invalid({"reason": ["Give a text."]})
        if not isinstance(items, list) or not items:
            raise invalid({"items": [f"Give a list of 1 to {MOST_ITEMS} items."]})
        if len(items) > MOST_ITEMS:
            raise Problem(
                "too_large",
                f"{len(items):,} items are more than {MOST_ITEMS} at once. Send them in parts;"
                f" deliveries and sites also come as a file, by {PREFIX}imports/.",
            )
        errors: list[dict[str, str]] = []
        done: list[tuple[Any, bool]] = []
        with transaction.atomic():
            for number, item in enumerate(items):
                place = f"/items/{number}"
                try:
                    with transaction.atomic():
                        done.append(self._bulk_item(request, item, general))
                except NotPermitted:
                    raise
                except Problem as problem:
                    errors.extend(placed(problem, place))
                except Refusal as refusal:
                    errors.extend(placed(of_refusal(refusal), place))
                except self.model.DoesNotExist:
                    sentence = f"There is no such {self.model._meta.verbose_name}."
                    errors.append({"pointer": f"{place}/id", "detail": sentence, "code": "does_not_exist"})
            if errors:
                wrong = len({error["pointer"].split("/")[2] for error in errors})
                raise Problem(
                    "invalid",
                    f"Nothing was written: {wrong} of {len(items)} items cannot be taken.",
                    errors=errors,
                )
        shape = Shape([self.members()[name] for name in ("id", "version", "href")])
        return Response({"results": [{**shape.of(record), "created": new} for record, new in done]})

    def _bulk_item(self, request: Request, item: Any, general: str) -> tuple[Any, bool]:
        if not isinstance(item, dict):
            raise Problem("invalid", errors=[{"pointer": "", "detail": "Give an object.", "code": "type"}])
        item = dict(item)
        if "id" not in item and self.may_post:
            self._check_may_create(request.user)
            values, reason = self.read_body(item, request.user)
            return self._create(values, reason or general, request.user), True
        try:
            pk = Key().read(item.pop("id", None), request.user)
        except Bad as bad:
            raise invalid({"id": nested_errors(bad)}) from None
        version = item.pop("version", None)
        if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version < 2**31:
            raise invalid({"version": ["Give the version you read."]})
        self._check_may_edit(request.user)
        record = self.object(request, pk)
        values, reason = self.read_body(item, request.user, record=record)
        changed = refusing(
            lambda: edits.update(
                record, values, actor=request.user, version=version, reason=reason or general, source="api"
            ),
            self._names_of_fields(),
        )
        return changed, False

    def walk(self, request: Request, pk: Any = None, **kwargs: Any) -> HttpResponseBase:
        """Take one step of the record's life."""
        verb: Transition = self.verb
        record = self.object(request, pk)
        if not verb.allows(record, request.user):
            raise NotPermitted(verb.why_not(record, request.user))
        query = self.read_detail_query(request)
        version = etags.read_version(request, record.version)
        body = read_inputs(self.step_inputs(verb), request.data, request.user)
        said = {name: body.pop(name) for name in ("reason", "password", "email", "role") if name in body}
        inputs = form_values(verb, body) if verb.form is not None else {}
        session = None if isinstance(request.auth, ApiToken) else request._request.session
        walked = verb(
            record,
            actor=request.user,
            version=version,
            reason=said.get("reason", ""),
            role=said.get("role", ""),
            password=said.get("password"),
            email=said.get("email"),
            session=session,
            source="api",
            **inputs,
        )
        return self.answer(request, self._fresh(walked, request.user), query)

    def _check_may_create(self, user: Any) -> None:
        if not edits.may_create(self.model, user):
            raise NotPermitted(f"Your roles do not let you add a {self.model._meta.verbose_name}.")

    def _check_may_edit(self, user: Any) -> None:
        if not (user.is_built_in or user.has_role(*self.model.may_edit)):
            raise NotPermitted(f"Your roles do not let you change a {self.model._meta.verbose_name}.")

    # -- the body

    def read_body(self, data: Any, user: Any, *, record: Any = None, whole: bool = False) -> tuple[dict[str, Any], str]:
        """Return model values and the reason. `whole` resets what the body leaves out to its default."""
        inputs = self.inputs()
        values = read_inputs(
            inputs,
            data,
            user,
            partial=record is not None and not whole,
            read_only=(*self.members(), *self.many_members(), *self.money.values()),
        )
        reason = values.pop("reason", "")
        found = {inputs[name].field: value for name, value in values.items()}
        if whole and record is not None:
            for one in inputs.values():
                if one is not REASON and one.field not in found:
                    found[one.field] = _default(self.model, one.field)
        return self._with_currency(found, record), reason

    def _with_currency(self, values: dict[str, Any], record: Any) -> dict[str, Any]:
        """Part money into amount and currency; amounts that share a currency column have to agree."""
        for column in dict.fromkeys(self.money.values()):
            sharing = [name for name, of in self.money.items() if of == column]
            if not any(name in values for name in sharing):
                continue
            given = {values[name].currency for name in sharing if values.get(name) is not None}
            kept = [name for name in sharing if name not in values and record is not None]
            if any(getattr(record, name) is not None for name in kept):
                given.add(getattr(record, column))
            if len(given) > 1:
                sentence = "All amounts of one record are in one currency."
                raise invalid({name: [sentence] for name in sharing if name in values})
            for name in sharing:
                if values.get(name) is not None:
                    values[name] = values[name].amount
            values[column] = next(iter(given), "")
        return values

    def _names_of_fields(self) -> dict[str, str]:
        return {one.field: one.name for one in self.inputs().values()}

    def _create(self, values: Mapping[str, Any], reason: str, user: Any) -> Any:
        return refusing(
            lambda: edits.create(self.model, values, actor=user, reason=reason, source="api"), self._names_of_fields()
        )

    def _update(self, record: Any, values: Mapping[str, Any], reason: str, user: Any, version: int | None) -> Any:
        changed = refusing(
            lambda: edits.update(record, values, actor=user, version=version, reason=reason, source="api"),
            self._names_of_fields(),
        )
        return self._fresh(changed, user)

    def _fresh(self, record: Any, user: Any) -> Any:
        """The row as the database has it now, computed columns included; as it was where it is out of sight now."""
        return self.rows(user).filter(pk=record.pk).first() or record

    def _created(self, request: Request, record: Any, query: Query) -> Response:
        address = f"{PREFIX}{self.route}/{record.pk}/"
        # Whoever adds what they may not see (a programme without themselves as member) is still told where it is.
        return self.answer(request, self._fresh(record, request.user), query, status=201, headers={"Location": address})


def has_address(verb: Transition) -> bool:
    """Whether a step can be taken here: not where other steps or the schedule walk it, nor where bidders alone do."""
    return bool(set(verb.asked_roles) & set(INTERNAL))


def may_create(view: RecordViewSet, record: Any, user: Any) -> None:
    """Refuse whoever may not add a record of the noun: for addresses at which a new one begins."""
    view._check_may_create(user)


def _default(model: type[models.Model], name: str) -> Any:
    target: Any = model._meta.get_field(name)
    return [] if target.many_to_many else target.get_default()


def urls_of(view: type[Listing]) -> list[URLPattern]:
    """Return the addresses of a noun: list, detail, and where it is written: bulk, external id, actions."""
    route = view.route
    converter = "uuid" if type(view.key_kind) is Key else "int"
    on_list, on_detail = {"get": "read_list"}, {"get": "read_detail"}
    found = []

    def add(address: str, actions: Mapping[str, str], name: str, **more: Any) -> None:
        handler = view.as_view(dict(actions), basename=route, **more)
        found.append(path(address, handler, name=f"{route}-{name}"))

    if issubclass(view, RecordViewSet) and view.writable:
        if view.may_post:
            on_list |= {"post": "create"}
        if view.model.may_edit:
            on_detail |= {"put": "update", "patch": "partial_update"}
            add(f"{route}/bulk/", {"post": "bulk"}, "bulk", detail=False)
        if view.has_external_id():
            add(f"{route}/by-external-id/<str:external_id>/", {"put": "upsert"}, "upsert", detail=True)
    elif view.takes_files:
        on_list |= {"post": "create"}
    add(f"{route}/", on_list, "list", detail=False)
    if view.has_detail:
        add(f"{route}/<{converter}:pk>/", on_detail, "detail", detail=True)
    if issubclass(view, RecordViewSet):
        for table, part in parts_of(view.model).items():
            on_table = {"get": "read_table"} | ({"put": "write_table"} if view.model.may_edit else {})
            add(f"{route}/<uuid:pk>/{table}/", on_table, table, detail=True, part=part)
        for verb in transitions_of(view.model).values():
            if has_address(verb):
                add(f"{route}/<uuid:pk>/actions/{verb.verb}/", {"post": "walk"}, verb.verb, detail=True, verb=verb)
    return [*found, *view.more_urls()]
