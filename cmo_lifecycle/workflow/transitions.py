"""The one door for state changes.

A verb is declared once, as a function with `@transition(...)`; page, REST, task and command all
call it. From the same declaration come the button, its page, the endpoint, the approvals on
people's desks, the timeline and the state diagram.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from cmo_lifecycle.accounts import events as account_events
from cmo_lifecycle.accounts import roles as role_table
from cmo_lifecycle.accounts.models import AccountEvent, User
from cmo_lifecycle.audit.actor import acting, current
from cmo_lifecycle.workflow import signing
from cmo_lifecycle.workflow.canonical import plain, sha256_of
from cmo_lifecycle.workflow.models import Approval, Event, Record
from cmo_lifecycle.workflow.refusals import (
    InvalidInput,
    NotFromHere,
    NotPermitted,
    NotSigned,
    Refused,
    Stale,
)

Gate = Callable[[Any], Iterable[str]]
Permit = Callable[[Any, User], bool]
Objection = Callable[[Any, User, str], str]

_registry: dict[type[Record], dict[str, Transition]] = {}


def transitions_of(model: type[Record]) -> dict[str, Transition]:
    """Return a noun's verbs by name, in the order in which they were declared: its life."""
    return _registry.get(model, {})


def lock_whole(record: Any) -> None:
    """Lock the record that this one is a part of, before the record itself: steps and edits take them in one order."""
    if record.whole:
        whole: Any = record._meta.get_field(record.whole)
        key = getattr(record, whole.attname)
        whole.related_model._default_manager.select_for_update(of=("self",)).get(pk=key)


def all_nouns() -> list[type[Record]]:
    """Return every noun that has verbs."""
    return list(_registry)


@dataclass(frozen=True)
class Step:
    """One verb as it stands for one person and one record: may they, and if not, why not."""

    transition: Transition
    blocked: tuple[str, ...] = ()
    role: str = ""

    @property
    def verb(self) -> str:
        return self.transition.verb

    @property
    def is_open(self) -> bool:
        return not self.blocked


@dataclass(frozen=True, eq=False)
class Transition:
    """A verb of a noun. Call it with the record and `actor=` or `cause=` to walk it."""

    do_not_call_in_templates: ClassVar[bool] = True

    model: type[Record]
    body: Callable[..., Any]
    sources: tuple[str, ...]
    target: str | None
    roles: tuple[str, ...] = ()
    permits: Permit | None = None
    required: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    approvers: tuple[str, ...] = ()
    among: Callable[[Any], Iterable[str]] | None = None
    objection: Objection | None = None
    meaning: str = ""
    form: type[forms.Form] | None = None
    reason_required: bool = False
    by_clock: bool = False
    tone: str = ""
    due: Callable[[Any], Any] | None = None
    author_may: bool = False
    by_another: bool = False
    inputs: tuple[str, ...] = field(default=())

    @property
    def verb(self) -> str:
        return self.body.__name__

    @property
    def label(self) -> str:
        words = self.verb.replace("_", " ").capitalize()
        return f"Re-{words[3:]}" if words.startswith("Re ") else words

    @property
    def help(self) -> str:
        """The docstring's first line: one imperative sentence for whoever presses the button."""
        return (inspect.getdoc(self.body) or "").partition("\n")[0]

    @property
    def needs_signature(self) -> bool:
        return bool(self.meaning)

    @property
    def asked_roles(self) -> tuple[str, ...]:
        return self.approvers or self.roles

    def approvers_of(self, record: Any) -> tuple[str, ...]:
        """Return the roles whose word this record needs, in the order in which the verb names them."""
        if self.among is None:
            return self.approvers
        wanted = set(self.among(record))
        return tuple(role for role in self.approvers if role in wanted)

    def __call__(
        self,
        record: Any,
        *,
        actor: User | None = None,
        cause: Event | None = None,
        reason: str = "",
        version: int | None = None,
        role: str = "",
        password: str | None = None,
        email: str | None = None,
        session: Any = None,
        source: str = "",
        **inputs: Any,
    ) -> Any:
        """Walk the step in one transaction; return the record as it then stands.

        Raises a `Refusal` (see refusals.py) and writes nothing where it may not be.
        """
        if (actor is None) == (cause is None):
            raise TypeError("Name whoever does this: actor= from a door, or cause= from a verb.")
        by = cause.actor if cause is not None else actor
        assert by is not None
        credentials = signing.Credentials(password=password, email=email, session=session)
        try:
            return self._in_one_transaction(record, by, cause, reason, version, role, credentials, source, inputs)
        except NotSigned as refusal:
            # The refused transaction is gone; that somebody tried to sign stays (21 CFR 11.300(d)).
            account_events.write(
                AccountEvent.Kind.SIGNATURE_REFUSED,
                by,
                by=by,
                details={"step": self.label, "record": str(record)[:200], "why": str(refusal)},
            )
            raise

    def _in_one_transaction(
        self,
        record: Any,
        by: User,
        cause: Event | None,
        reason: str,
        version: int | None,
        role: str,
        credentials: signing.Credentials,
        source: str,
        inputs: dict[str, Any],
    ) -> Any:
        with transaction.atomic(), acting(by, source=source or current().source or "task"):
            locked = self._lock(record, by, cause)
            if version is not None and version != locked.version:
                raise stale(locked, version)
            if locked.state not in self.sources:
                raise NotFromHere(self._not_from_here(locked))
            filled = self._role_for(locked, by, role, cause)
            missing = self.missing(locked)
            if missing:
                raise Refused(*missing)
            if self.reason_required and not reason.strip():
                raise InvalidInput({"reason": ["Say why: this step needs a reason."]})
            self._check_duties(locked, by, filled)
            if self.needs_signature:
                signing.prove(by, credentials)
            return self._walk(locked, by, filled, cause, reason.strip(), inputs)

    def _lock(self, record: Any, by: User, cause: Event | None) -> Any:
        rows = self.model._default_manager.all()
        if cause is None and not by.is_built_in:
            rows = self.model.objects.visible_to(by)
        pk = rows.filter(pk=record.pk).values_list("pk", flat=True).first()
        if pk is None:
            raise self.model.DoesNotExist(f"There is no such {self.model._meta.verbose_name}.")
        lock_whole(record)
        return self.model._default_manager.select_for_update(of=("self",)).get(pk=pk)

    def _walk(self, record: Any, by: User, role: str, cause: Event | None, reason: str, inputs: dict[str, Any]) -> Any:
        given = set()
        if self.approvers:
            given = set(
                Approval.objects.of(record)
                .filter(verb=self.verb, status=Approval.Status.GIVEN)
                .values_list("role", flat=True)
            ) | {role}
        complete = set(self.approvers_of(record)) <= given
        source_state = record.state
        arrives = self.target if complete and self.target else source_state
        event = write_event(
            record,
            actor=by,
            verb=self.verb,
            from_state=source_state,
            to_state=arrives,
            role=role,
            reason=reason,
            inputs=inputs,
            cause=cause,
            version=record.version + (1 if complete else 0),
        )
        with acting(by, event=event.pk):
            if self.approvers:
                self._note_given(record, by, role, event)
            if not complete:
                self._ask_the_rest(record)
                if self.needs_signature:
                    signing.sign(record, event, signer=by, role=role, meaning=self.meaning, version=record.version)
                return record
            before = sha256_of(record) if self.needs_signature else ""
            self.body(record, event, **inputs)
            if self.needs_signature:
                # The signature covers what the step itself decides, such as the next review of an approved site.
                version = record.version + (sha256_of(record) != before)
                signing.sign(record, event, signer=by, role=role, meaning=self.meaning, version=version)
            record.state = arrives
            record.version += 1
            record.save()
            ask_for_approvals(record)
        return record

    def _note_given(self, record: Any, by: User, role: str, event: Event) -> None:
        asked = Approval.objects.of(record).filter(verb=self.verb, role=role, status=Approval.Status.WAITING)
        given = {"status": Approval.Status.GIVEN, "by": by, "event": event}
        if not asked.update(**given):
            # What the record needs has changed since the others were asked.
            due = self.due(record) if self.due else None
            Approval.objects.create(
                record=record, verb=self.verb, role=role, asked_at=event.at, due=due, record_label=str(record)[:200], **given
            )  # fmt: skip

    def _ask_the_rest(self, record: Any) -> None:
        """Put on desks what is still awaited and was not asked for when the others were."""
        if self.among is None:
            return
        waiting = Approval.objects.of(record).filter(verb=self.verb, status=Approval.Status.WAITING)
        asked, due = set(waiting.values_list("role", flat=True)), self.due(record) if self.due else None
        Approval.objects.bulk_create(
            Approval(record=record, verb=self.verb, role=role, asked_at=timezone.now(), due=due, record_label=str(record)[:200])
            for role in self.waiting_roles(record)
            if role not in asked
        )  # fmt: skip

    def missing(self, record: Any) -> list[str]:
        """Return what still stands in the way of this step, as sentences."""
        found = [
            f"Fill in {record._meta.get_field(name).verbose_name} first."
            for name in self.required
            if getattr(record, name) in (None, "", [], {})
        ]
        for gate in self.gates:
            found.extend(gate(record))
        return found

    def _not_from_here(self, record: Any) -> str:
        states = self.model.State  # type: ignore[attr-defined]
        wanted = " or ".join(f"“{states(value).label}”" for value in self.sources)
        return (
            f"{self.label} is possible from {wanted}; this {record._meta.verbose_name}"
            f" is at “{record.get_state_display()}”."
        )

    def allows(self, record: Any, user: User) -> bool:
        """Whether the person's roles permit this verb at all."""
        if user.is_built_in:
            return self.by_clock
        if user.is_service and self.approvers:
            return False
        if not user.has_role(*self.asked_roles):
            return False
        return self.permits is None or self.permits(record, user)

    def _role_for(self, record: Any, by: User, wanted: str, cause: Event | None) -> str:
        """The role in which `by` acts; for an approval, one that is still awaited."""
        if cause is not None and not self.approvers:
            # Whoever was permitted the cause is permitted what follows from it.
            return wanted or (sorted(by.roles & set(self.roles)) or [""])[0]
        if not self.allows(record, by):
            raise NotPermitted(self.why_not(record, by))
        held = [role for role in self.asked_roles if role in by.roles]
        if wanted:
            if wanted not in held:
                raise NotPermitted(f"You do not hold the role {wanted}.")
            held = [wanted]
        if not self.approvers:
            return held[0] if held else ""
        waiting = set(self.waiting_roles(record))
        awaited = [role for role in held if role in waiting]
        if not awaited:
            raise Refused("This has been given already: your role is not awaited here any more.")
        return awaited[0]

    def waiting_roles(self, record: Any) -> list[str]:
        """Return the roles whose word is still awaited for this step."""
        given = set(
            Approval.objects.of(record)
            .filter(verb=self.verb, status=Approval.Status.GIVEN)
            .values_list("role", flat=True)
        )
        return [role for role in self.approvers_of(record) if role not in given]

    def who_may(self) -> str:
        """Say whose step this is."""
        labels = [role_table.label(role) for role in self.asked_roles]
        if not labels:
            return f"{self.label} is done by the schedule, not by people."
        return f"{self.label} is for: {', '.join(labels)}."

    def why_not(self, record: Any, user: User) -> str:
        """Say why `allows` says no: the record is closed to this person whatever their roles, or it is others' step."""
        return (user.has_role(*self.asked_roles) and record.barred(user)) or self.who_may()

    def _check_duties(self, record: Any, by: User, role: str) -> None:
        if self.by_another and by.pk == record.created_by_id:
            raise Refused("Whoever entered a record does not approve it. Ask a colleague to do it.")
        refused = self.objection(record, by, role) if self.objection is not None else ""
        if refused:
            raise Refused(refused)
        if not self.approvers:
            return
        if not self.author_may and by.pk in authors_of(record):
            raise Refused("Whoever wrote a record does not approve it. Ask a colleague to do it.")
        already = (
            Approval.objects.of(record)
            .filter(verb=self.verb, status=Approval.Status.GIVEN, by=by)
            .values_list("role", flat=True)
            .first()
        )
        if already:
            raise Refused(
                f"You have given this as {role_table.label(already)}; another person has to give it as"
                f" {role_table.label(role)}."
            )

    def blocked_for(self, record: Any, user: User) -> list[str]:
        """Return why this person cannot take the step now; empty where they can (password aside)."""
        if record.state not in self.sources:
            return [self._not_from_here(record)]
        try:
            role = self._role_for(record, user, "", None)
            self._check_duties(record, user, role)
        except (NotPermitted, Refused) as refusal:
            return refusal.sentences
        return self.missing(record)


def transition(
    model: type[Record],
    *,
    source: str | Sequence[str],
    target: str | None,
    roles: Sequence[str] = (),
    permits: Permit | None = None,
    required: Sequence[str] = (),
    gates: Sequence[Gate] = (),
    approvers: Sequence[str] = (),
    among: Callable[[Any], Iterable[str]] | None = None,
    objection: Objection | None = None,
    meaning: str = "",
    form: type[forms.Form] | None = None,
    reason: bool = False,
    by_clock: bool = False,
    tone: str = "",
    due: Callable[[Any], Any] | None = None,
    author_may: bool = False,
    by_another: bool = False,
) -> Callable[[Callable[..., Any]], Transition]:
    """Declare a verb of `model`.

    `source` and `target` are states (`target=None` stays); `roles` may take the step, or `approvers`
    must each take it, all with a signature where `meaning` says what is signed; `among` names those of them whose word
    a record needs, where that depends on it. `objection` says why this person may not in this role, "" if they may.
    `gates` yield what is missing, as sentences. `form` asks for the body's extra inputs. `by_clock` lets a service
    account do it. `author_may` lifts the rule that an author never approves;
    `by_another` keeps whoever entered the record from a step that one role takes alone.
    """
    sources = (source,) if isinstance(source, str) else tuple(source)
    for code in (*roles, *approvers):
        role_table.BY_CODE[code]

    def declare(body: Callable[..., Any]) -> Transition:
        parameters = list(inspect.signature(body).parameters)[2:]
        made = Transition(
            model=model,
            body=body,
            sources=tuple(str(value) for value in sources),
            target=str(target) if target is not None else None,
            roles=tuple(roles),
            permits=permits,
            required=tuple(required),
            gates=tuple(gates),
            approvers=tuple(approvers),
            among=among,
            objection=objection,
            meaning=meaning,
            form=form,
            reason_required=reason,
            by_clock=by_clock,
            tone=tone,
            due=due,
            author_may=author_may,
            by_another=by_another,
            inputs=tuple(parameters),
        )
        verbs = _registry.setdefault(model, {})
        if made.verb in verbs:
            raise TypeError(f"{model.__name__} has a verb {made.verb} already.")
        verbs[made.verb] = made
        return made

    return declare


def steps_for(record: Any, user: User) -> list[Step]:
    """Return the verbs that leave the record's present state, open or blocked with reasons.

    A verb that this person's roles never allow is left out: a button nobody of theirs can press
    explains nothing.
    """
    found = []
    for verb in transitions_of(type(record)).values():
        if record.state not in verb.sources or not verb.allows(record, user):
            continue
        found.append(Step(verb, tuple(verb.blocked_for(record, user))))
    return found


def authors_of(record: Any) -> set[Any]:
    """Return the keys of those who created, edited or otherwise shaped the record: they never approve it."""
    wrote = set(Event.objects.of(record).filter(verb__in=("create", "edit")).values_list("actor_id", flat=True))
    return wrote | record.further_authors() | ({record.created_by_id} if record.created_by_id else set())


def ask_for_approvals(record: Any) -> None:
    """Put the approvals that the record's state asks for on desks, and take back those it no longer does."""
    verbs = transitions_of(type(record)).values()
    wanted = {
        (verb.verb, role): verb.due(record) if verb.due else None
        for verb in verbs
        if record.state in verb.sources
        for role in verb.approvers_of(record)
    }
    live = Approval.objects.of(record).filter(status__in=[Approval.Status.WAITING, Approval.Status.GIVEN])
    kept = set()
    for approval in live:
        if (approval.verb, approval.role) in wanted and approval.status == Approval.Status.WAITING:
            kept.add((approval.verb, approval.role))
        elif approval.status == Approval.Status.WAITING:
            approval.status = Approval.Status.WITHDRAWN
            approval.save(update_fields=["status"])
        elif (approval.verb, approval.role) in wanted:
            # Back in a state that asks again: the earlier word was for the earlier round.
            approval.status = Approval.Status.WITHDRAWN
            approval.save(update_fields=["status"])
    now = timezone.now()
    Approval.objects.bulk_create(
        [
            Approval(record=record, verb=verb, role=role, asked_at=now, due=due, record_label=str(record)[:200])
            for (verb, role), due in wanted.items()
            if (verb, role) not in kept
        ]
    )


def write_event(
    record: Any,
    *,
    actor: User,
    verb: str,
    version: int,
    from_state: str = "",
    to_state: str = "",
    role: str = "",
    reason: str = "",
    changes: dict[str, Any] | None = None,
    inputs: dict[str, Any] | None = None,
    cause: Event | None = None,
) -> Event:
    """Write down what somebody did. Called by the door and by edits, nobody else."""
    related = record.related()
    return Event.objects.create(
        record=record,
        at=timezone.now(),
        actor=actor,
        verb=verb,
        from_state=from_state,
        to_state=to_state,
        role=role,
        reason=reason,
        changes=changes or {},
        inputs=plain(inputs or {}),
        record_version=version,
        record_label=str(record)[:200],
        related_type=ContentType.objects.get_for_model(related) if related is not None else None,
        related_id=related.pk if related is not None else None,
        cause=cause,
        source=current().source[:20] or "task",
    )


def stale(record: Any, read_version: int) -> Stale:
    """Return the refusal that says who changed what since `read_version`."""
    since = (
        Event.objects.of(record).filter(record_version__gt=read_version).select_related("actor").order_by("at", "id")
    )
    changes = [
        {
            "who": str(event.actor),
            "at": event.at,
            "verb": event.verb,
            "changes": event.changes,
            "to_state": event.to_state,
        }
        for event in since
    ]
    who = ", ".join(dict.fromkeys(change["who"] for change in changes)) or "Somebody else"
    return Stale(
        f"{who} changed this {record._meta.verbose_name} after you opened it. Look at what changed, then"
        " save again what you still want.",
        version=record.version,
        changes=changes,
    )
