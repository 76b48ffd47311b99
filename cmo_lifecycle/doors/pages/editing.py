"""Adding and editing records. Nothing typed is lost: not by a mistake, not by somebody else's save."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from uuid_utils.compat import uuid7

from cmo_lifecycle.doors.history import field_label, readable
from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.forms import ReasonField, RecordForm
from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.doors.pages.words import a, listed, unread, upper
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refusal, Stale
from cmo_lifecycle.workflow.transitions import steps_for

KEY_FIELD = "new_id"


def take_errors(form: Any, refusal: Refusal) -> None:
    """Put a refusal's sentences at the fields they are about, else at the form."""
    if isinstance(refusal, InvalidInput):
        for name, sentences in refusal.errors.items():
            form.add_error(name if name in form.fields else None, sentences)
        return
    form.add_error(None, refusal.sentences)


def not_edited(record: Any, user: Any) -> str:
    """Say that a record is past editing, and by which step this person could open it again."""
    said = f"{upper(a(str(record._meta.verbose_name)))} at “{record.get_state_display()}” is not edited any more."
    opening = [
        f"“{one.transition.label}”"
        for one in steps_for(record, user)
        if one.transition.target in record.editable_in and not one.blocked
    ]
    return f"{said} {listed(opening, 'or')} opens it again." if opening else said


class CreatePage(NounPage):
    """Add a record. The form carries the new record's key, so that sending it twice makes one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self._check()
        given = self._given()
        form = self.noun.form(user=self.user, given=given, initial=self._initial())
        return self._page(form, given, str(uuid7()))

    def post(self, request: HttpRequest) -> HttpResponse:
        self._check()
        noun = self.noun
        given = self._given()
        key = self._key()
        made = noun.model._default_manager.filter(pk=key, created_by=self.user).first()
        if made is not None:
            return redirect(noun.after_create(made))
        form = noun.form(request.POST, user=self.user, given=given)
        if not form.is_valid():
            return self._page(form, given, str(key))
        try:
            record = edits.create(noun.model, {"id": key, **form.values()}, actor=self.user, source="page")
        except IntegrityError:
            # The same form, sent twice at the same moment: the other one has made the record.
            made = noun.model._default_manager.filter(pk=key, created_by=self.user).first()
            if made is None:
                raise
            return redirect(noun.after_create(made))
        except NotPermitted as refusal:
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        except Refusal as refusal:
            take_errors(form, refusal)
            return self._page(form, given, str(key))
        messages.success(request, noun.added(record))
        return redirect(noun.after_create(record))

    def _check(self) -> None:
        if not self.noun.may_add(self.user):
            raise PermissionDenied(f"Your roles do not let you add {a(self.noun.noun)}.")

    def _key(self) -> UUID:
        try:
            return UUID(self.request.POST.get(KEY_FIELD, ""))
        except ValueError:
            return uuid7()

    def _given(self) -> dict[str, Any]:
        """Records that the address names for reference fields; one this person may not see is ignored."""
        found = {}
        for name, model in self.noun.form.prefills.items():
            key = self.request.GET.get(name, "")
            if not key:
                continue
            try:
                record = model.objects.visible_to(self.user).filter(pk=key).first()  # type: ignore[attr-defined]
            except (ValidationError, ValueError):
                continue
            if record is not None:
                found[name] = record
        return found

    def _initial(self) -> dict[str, Any]:
        fields = self.noun.form.base_fields
        return {name: value for name, value in self.request.GET.items() if name in fields}

    def _page(self, form: RecordForm, given: dict[str, Any], key: str) -> HttpResponse:
        noun = self.noun
        sentence = ", ".join(f"{field_label(noun.model, name)}: {record}" for name, record in given.items())
        above = next(iter(given.values()), None)
        crumbs = [(noun.heading, noun.list_url)]
        cancel = noun.list_url
        if above is not None:
            from cmo_lifecycle.doors.pages import registry

            pages = registry.noun_of(type(above))
            if pages is not None:
                crumbs = [*pages.crumbs(above), (str(above), pages.url(above.pk))]
                cancel = pages.url(above.pk)
        return self.shown(
            "workflow/edit.html",
            {
                "title": noun.adding,
                "sentence": sentence,
                "crumbs": crumbs,
                "form": form,
                "submit": noun.add_button or f"Add the {noun.noun}",
                "cancel": cancel,
                "draft": f"{noun.model._meta.label_lower}:new",
                "hidden": {KEY_FIELD: key},
            },
        )


class EditPage(NounPage):
    """Edit a record. A save that would overwrite somebody else's shows who changed what, and offers both values."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self.record(pk)
        self._check(record)
        return self._page(record, self._form(record), record.version)

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self.record(pk)
        self._check(record)
        noun = self.noun
        data = self._merged(record)
        form = self._form(record, data)
        version = version_read(request.POST.get("version"), record)
        if version is None:
            form.is_valid()
            form.add_error(None, unread(noun.noun))
            return self._page(record, form, record.version, status=400)
        if version != record.version:
            return self._conflict(record, form, data, version)
        if not form.is_valid():
            return self._page(record, form, version)
        try:
            saved = edits.update(
                noun.model._default_manager.get(pk=record.pk),
                form.values(),
                actor=self.user,
                version=version,
                reason=form.cleaned_data.get("reason", ""),
                source="page",
            )
        except Stale:
            record = self.record(pk)
            return self._conflict(record, self._form(record, data), data, version)
        except NotPermitted as refusal:
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        except Refusal as refusal:
            take_errors(form, refusal)
            return self._page(record, form, version)
        if saved.version == version:
            messages.info(request, "Nothing was changed.")
        else:
            messages.success(request, f"Saved {saved}.")
        return redirect(noun.url(record.pk))

    def _check(self, record: Any) -> None:
        if self.noun.may_edit(record, self.user):
            return
        if not record.is_editable and self.user.has_role(*type(record).may_edit):
            raise PermissionDenied(not_edited(record, self.user))
        if said := record.barred(self.user):
            raise PermissionDenied(said)
        raise PermissionDenied(f"Your roles do not let you change {a(self.noun.noun)}.")

    def _form(self, record: Any, data: Any = None) -> RecordForm:
        # A form writes into its instance even where it is not valid; the page goes on showing the record as it is.
        instance = self.noun.model._default_manager.get(pk=record.pk)
        form = (self.noun.edit_form or self.noun.form)(data, user=self.user, instance=instance)
        if record.needs_reason:
            form.fields["reason"] = ReasonField()
            if form.sections:
                form.sections = [*form.sections, ("Why", ["reason"])]
        return form  # type: ignore[no-any-return]

    def _merged(self, record: Any) -> Any:
        """What was sent, with the saved value in each field for which the merge chose it."""
        data = self.request.POST.copy()
        picked = [
            key.removeprefix("take_") for key, value in data.items() if key.startswith("take_") and value == "saved"
        ]
        if not picked:
            return data
        unbound = self._form(record)
        for name in picked:
            if name in unbound.fields:
                _put(data, unbound, name)
        return data

    def _conflict(self, record: Any, form: RecordForm, data: Any, version: int) -> HttpResponse:
        """Show the form again: what only they changed is taken over, what both changed is asked for."""
        form.is_valid()
        unbound = self._form(record)
        since = Event.objects.of(record).filter(record_version__gt=version).select_related("actor")
        changed: dict[str, dict[str, Any]] = {}
        for event in since.order_by("at", "id"):
            for name, (old, _new) in event.changes.items():
                entry = changed.setdefault(name, {"base": old})
                entry.update(who=event.actor.name, at=event.at)
        differences, open_questions = [], []
        model = type(record)
        for name, entry in changed.items():
            if name not in form.fields:
                continue
            mine = edits.shown(form.instance, name) if name in form.cleaned_data else data.get(name)
            if model._meta.get_field(name).many_to_many and name in form.cleaned_data:
                mine = sorted(str(row) for row in form.cleaned_data[name])
            theirs = edits.shown(unbound.instance, name)
            if mine == theirs:
                continue
            if mine == entry["base"]:
                _put(data, unbound, name)
                continue
            row = {
                "name": name,
                "field": field_label(model, name),
                "mine": readable(model, name, mine),
                "theirs": readable(model, name, theirs),
                "who": entry["who"],
                "at": entry["at"],
            }
            differences.append(row)
            open_questions.append(row)
        who = ", ".join(dict.fromkeys(entry["who"] for entry in changed.values()))
        who = who or ", ".join(dict.fromkeys(event.actor.name for event in since)) or "Somebody else"
        sentence = f"{who} saved this {self.noun.noun} after you opened it. Nothing of yours was saved yet."
        if not differences:
            sentence += " Your changes touch other fields; look them over and save again."
        conflict = {"sentence": sentence, "changes": differences, "discard_url": self.noun.edit_url(record.pk)}
        fresh = self._form(record, data)
        fresh.is_valid()
        return self._page(record, fresh, record.version, conflict=conflict, questions=open_questions, status=412)

    def _page(
        self,
        record: Any,
        form: RecordForm,
        version: int,
        *,
        conflict: dict[str, Any] | None = None,
        questions: list[dict[str, Any]] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        noun = self.noun
        return self.shown(
            "workflow/edit.html",
            {
                "title": f"Edit {noun.title(record)}",
                "crumbs": [*noun.crumbs(record), (noun.title(record), noun.url(record.pk))],
                "form": form,
                "submit": "Save",
                "cancel": noun.url(record.pk),
                "draft": f"{noun.model._meta.label_lower}:{record.pk}",
                "hidden": {"version": version},
                "conflict": conflict,
                "questions": questions or [],
                "has_errors": bool(conflict),
            },
            status,
        )


def _put(data: Any, form: Any, name: str) -> None:
    """Write the saved value of a field into sent data, in the shape in which a browser sends it."""
    value = form[name].value()
    if isinstance(value, list | tuple):
        data.setlist(form.add_prefix(name), [str(getattr(one, "pk", one)) for one in value])
    elif value is None or value is False:
        data.pop(form.add_prefix(name), None)
    else:
        data[form.add_prefix(name)] = "on" if value is True else str(value)
