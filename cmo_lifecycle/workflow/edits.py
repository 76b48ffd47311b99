"""The one door for fields: creating and editing records, with old and new value of each change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.workflow.canonical import plain
from cmo_lifecycle.workflow.models import Approval, Event, Record
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refused
from cmo_lifecycle.workflow.transitions import ask_for_approvals, lock_whole, stale, transitions_of, write_event

WHOLE = "__all__"


def may_create(model: type[Record], user: User) -> bool:
    """Whether the person's roles let them make such a record."""
    return user.is_active and (user.is_built_in or user.has_role(*model.may_create)) and bool(model.may_create)


def may_edit(record: Any, user: User) -> bool:
    """Whether the person's roles and the record's state let them edit it."""
    allowed = user.is_active and (user.is_built_in or user.has_role(*record.may_edit)) and record.is_editable
    return allowed and not record.barred(user)


def create(
    model: type[Record],
    values: Mapping[str, Any],
    *,
    actor: User,
    cause: Event | None = None,
    reason: str = "",
    source: str = "",
) -> Any:
    """Make a record from field values; many-to-many values are lists of rows.

    Raises NotPermitted, or InvalidInput with sentences by field; nothing is written then.
    """
    if cause is None and not may_create(model, actor):
        raise NotPermitted(f"Your roles do not let you add a {model._meta.verbose_name}.")
    simple, many = _split(model, values)
    record = model(**simple, created_by=actor)
    _refuse_barred(record, actor, cause)
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        _clean_and_save(record, force_insert=True)
        for name, rows in many.items():
            getattr(record, name).set(rows)
        event = write_event(
            record,
            actor=actor,
            verb="create",
            version=1,
            to_state=getattr(record, "state", ""),
            reason=reason.strip(),
            changes={
                name: [None, shown(record, name)]
                for name in values
                if values[name] not in (None, "", []) and name not in model.untold
            },
            cause=cause,
        )
        with acting(actor, event=event.pk):
            if transitions_of(model):
                ask_for_approvals(record)
            record.edited(event)
    return record


def update(
    record: Any,
    values: Mapping[str, Any],
    *,
    actor: User,
    version: int | None = None,
    cause: Event | None = None,
    reason: str = "",
    source: str = "",
) -> Any:
    """Write changed field values; return the record as it then stands.

    `version` is the one the person read: another in between raises Stale with who changed what.
    An edit after the first submission needs a reason. Approvals given to the state are asked again.
    """
    model = type(record)
    with transaction.atomic(), acting(actor, source=source or current().source or "task"):
        locked = opened(record, actor=actor, version=version, cause=cause)
        simple, many = _split(model, values)
        before = {name: shown(locked, name) for name in values}
        for name, value in simple.items():
            setattr(locked, name, value)
        changed = [name for name in simple if shown(locked, name) != before[name]]
        changed_many = [name for name, rows in many.items() if {row.pk for row in rows} != _keys(locked, name)]
        if not changed and not changed_many:
            return locked
        ask_reason(locked, reason, cause)
        locked.version += 1
        _clean_and_save(locked)
        for name in changed_many:
            getattr(locked, name).set(many[name])
        changes = {name: [before[name], shown(locked, name)] for name in (*changed, *changed_many)}
        return settle(locked, actor=actor, reason=reason, changes=changes, cause=cause)


def opened(record: Any, *, actor: User, version: int | None = None, cause: Event | None = None) -> Any:
    """Lock a record for an edit by `actor`, inside the caller's transaction; raise where they may not or are stale."""
    model = type(record)
    rows = model._default_manager if cause is not None or actor.is_built_in else model.objects.visible_to(actor)
    if not rows.filter(pk=record.pk).exists():
        raise model.DoesNotExist(f"There is no such {model._meta.verbose_name}.")
    lock_whole(record)
    locked = model._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
    if cause is None:
        if not (actor.is_built_in or actor.has_role(*model.may_edit)):
            raise NotPermitted(f"Your roles do not let you change a {model._meta.verbose_name}.")
        _refuse_barred(locked, actor, cause)
        if not locked.is_editable:
            raise Refused(f"A {model._meta.verbose_name} at “{locked.get_state_display()}” is not edited any more.")
    if version is not None and version != locked.version:
        raise stale(locked, version)
    return locked


def _refuse_barred(record: Any, actor: User, cause: Event | None) -> None:
    """Whoever was permitted the cause, or is no person, is not asked for themselves."""
    if cause is None and not actor.is_built_in and (said := record.barred(actor)):
        raise NotPermitted(said)


def ask_reason(record: Any, reason: str, cause: Event | None = None) -> None:
    """Refuse an edit without a reason where the record asks for one."""
    if cause is None and record.needs_reason and not reason.strip():
        raise InvalidInput({"reason": ["Say why you change it: the record has been in use."]})


def settle(record: Any, *, actor: User, reason: str, changes: Mapping[str, Any], cause: Event | None = None) -> Any:
    """Write the event of an edit that was saved, ask the record's approvals anew, and let follow what follows."""
    event = write_event(
        record,
        actor=actor,
        verb="edit",
        version=record.version,
        from_state=getattr(record, "state", ""),
        to_state=getattr(record, "state", ""),
        reason=reason.strip(),
        changes=dict(changes),
        cause=cause,
    )
    with acting(actor, event=event.pk):
        if transitions_of(type(record)):
            _ask_again(record)
        record.edited(event)
    return record


def _ask_again(record: Any) -> None:
    given = Approval.objects.of(record).filter(status=Approval.Status.GIVEN)
    verbs = [verb.verb for verb in transitions_of(type(record)).values() if record.state in verb.sources]
    given.filter(verb__in=verbs).update(status=Approval.Status.WITHDRAWN)
    ask_for_approvals(record)


def _split(model: type[Record], values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    many = {field.name for field in model._meta.many_to_many}
    return (
        {name: value for name, value in values.items() if name not in many},
        {name: list(value) for name, value in values.items() if name in many},
    )


def _keys(record: Any, name: str) -> set[Any]:
    return set(getattr(record, name).values_list("pk", flat=True))


def shown(record: Any, name: str) -> Any:
    """Return a field's value as events record it: a reference as its id and label, many as their labels."""
    field = record._meta.get_field(name)
    if field.many_to_many:
        return sorted(str(row) for row in getattr(record, name).all()) if record.pk else []
    if isinstance(field, models.ForeignKey):
        key = getattr(record, field.attname)
        target = getattr(record, name) if key is not None else None
        return None if target is None else {"id": str(key), "label": str(target)}
    return plain(field.value_from_object(record))


def _clean_and_save(record: Any, **options: Any) -> None:
    """Write what is right. The database checks its constraints anyway: they are asked one by one only to say what
    is wrong, at each field, once something is.
    """
    if any(isinstance(field, models.FileField) for field in record._meta.concrete_fields):
        # A refused row must not leave its file behind.
        _check(record)
    else:
        try:
            record.full_clean(exclude=looked_up(record), validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            _check(record)
            raise InvalidInput(_by_field(error)) from error
    try:
        with transaction.atomic():
            record.save(**options)
    except IntegrityError as error:
        _check(record)
        sentence = _constraint_sentence(record, error)
        if sentence is None:
            raise
        raise InvalidInput({WHOLE: [sentence]}) from error


def _check(record: Any) -> None:
    """Raise InvalidInput with everything that is wrong with a record."""
    try:
        record.full_clean()
    except ValidationError as error:
        raise InvalidInput(_by_field(error)) from error


def looked_up(record: Any) -> set[str]:
    """The references whose row was read from the database: that it is there need not be asked again."""
    found = set()
    for field in record._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and not field.remote_field.limit_choices_to and field.is_cached(record):
            row = field.get_cached_value(record)
            if row is not None and not row._state.adding and row.pk == getattr(record, field.attname):
                found.add(field.name)
    return found


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return {name: [str(text) for text in texts] for name, texts in error.message_dict.items()}
    return {WHOLE: list(error.messages)}


def _constraint_sentence(record: Any, error: IntegrityError) -> str | None:
    """The sentence of the constraint that lost a race which no query could see."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for constraint in record._meta.constraints:
        if constraint.name == name:
            return str(constraint.get_violation_error_message())
    return None
