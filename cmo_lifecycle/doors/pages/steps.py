"""The page behind each step: what will happen, what is still missing, what is asked, and the signature."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors.context import url_if_there
from cmo_lifecycle.doors.history import state_label
from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.editing import take_errors
from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.doors.pages.words import listed, unread
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, NotSigned, Refusal, Stale
from cmo_lifecycle.workflow.signing import SIGNED_IN_SESSION
from cmo_lifecycle.workflow.transitions import Transition, transitions_of

SIGNATURE_FIELDS = ("signature_email", "signature_password")
_SIGNED_FIELD = {"email": "signature_email", "password": "signature_password"}


class StepPage(NounPage):
    """Take one step with one record."""

    def get(self, request: HttpRequest, pk: Any, verb: str) -> HttpResponse:
        record, step = self._both(pk, verb)
        missing = step.blocked_for(record, self.user)
        form = None if missing else self._form(record, step)
        return self._page(record, step, form, missing)

    def post(self, request: HttpRequest, pk: Any, verb: str) -> HttpResponse:
        record, step = self._both(pk, verb)
        version = version_read(request.POST.get("version"), record)
        if version is None:
            return self._unread(record, step)
        form = self._form(record, step, request.POST)
        if not form.is_valid():
            return self._page(record, step, form, [])
        given = form.cleaned_data
        own = step.form.base_fields if step.form is not None else {}
        try:
            walked = step(
                record,
                actor=self.user,
                version=version,
                reason=given.get("reason", ""),
                role=given.get("role", ""),
                password=given.get("signature_password") or None,
                email=given.get("signature_email") or None,
                session=request.session if step.needs_signature else None,
                source="page",
                **{name: given[name] for name in own if name in given},
            )
        except Stale as refusal:
            if self._was_mine(record, verb, version):
                return redirect(self.noun.step_home(record))
            record = self.record(pk)
            missing = step.blocked_for(record, self.user)
            again = None if missing else self._form(record, step, self._newer(record))
            if again is not None:
                again.is_valid()
                again.add_error(None, refusal.sentences)
            return self._page(record, step, again, missing, changes=refusal.changes, status=412)
        except NotSigned as refusal:
            if refusal.field == "statement":
                return self._page(record, step, None, refusal.sentences, status=403, statement=True)
            form.add_error(_SIGNED_FIELD.get(refusal.field) if form.fields else None, refusal.sentences)
            return self._page(record, step, form, [], status=403)
        except InvalidInput as refusal:
            take_errors(form, refusal)
            return self._page(record, step, form, [])
        except NotPermitted as refusal:
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        except Refusal as refusal:
            form.add_error(None, refusal.sentences)
            return self._page(record, step, form, [], status=refusal.status)
        said = self.noun.after_step(walked, verb)
        if said is None:
            said = self._done(record, walked, step)
        if said:
            messages.success(request, said)
        return redirect(self.noun.step_home(record))

    def _both(self, pk: Any, verb: str) -> tuple[Any, Transition]:
        step = transitions_of(self.noun.model).get(verb)
        if step is None:
            raise Http404(f"There is no step {verb}.")
        record = self.record(pk)
        if not step.allows(record, self.user):
            if self.user.has_role(*step.asked_roles) and (said := record.barred(self.user)):
                raise PermissionDenied(said)
            labels = [role_label(role) for role in step.asked_roles]
            who = f"is for {listed(labels, 'or')}" if labels else "is done by the schedule, not by people"
            raise PermissionDenied(f"“{step.label}” {who}.")
        return record, step

    def _unread(self, record: Any, step: Transition) -> HttpResponse:
        """Refuse what does not say which version was read: it could go over what others did meanwhile."""
        missing = step.blocked_for(record, self.user)
        form = None if missing else self._form(record, step, self._newer(record))
        if form is not None:
            form.is_valid()
            form.add_error(None, unread(self.noun.noun))
        return self._page(record, step, form, missing, status=400)

    def _newer(self, record: Any) -> Any:
        data = self.request.POST.copy()
        data["version"] = str(record.version)
        data.pop("signature_password", None)
        return data

    def _was_mine(self, record: Any, verb: str, version: int) -> bool:
        """Whether this very step was taken by the same person from the version the form carries: sent twice."""
        return Event.objects.of(record).filter(verb=verb, actor=self.user, record_version=version + 1).exists()

    def _form(self, record: Any, step: Transition, data: Any = None) -> forms.Form:
        base = self.noun.step_form(record, step.verb) or step.form or forms.Form
        form = base(data)
        self.noun.narrow_step(form, record, step.verb)
        form.fields["version"] = forms.CharField(widget=forms.HiddenInput, required=False, initial=record.version)
        held = [role for role in step.waiting_roles(record) if role in self.user.roles] if step.approvers else []
        if len(held) > 1:
            form.fields["role"] = forms.ChoiceField(
                label="As",
                choices=[(role, role_label(role)) for role in held],
                widget=forms.RadioSelect,
                initial=held[0],
            )
        if step.reason_required:
            form.fields["reason"] = forms.CharField(
                label="Reason",
                widget=forms.Textarea(attrs={"rows": 3}),
                max_length=4000,
                help_text="Kept in the history.",
            )
        if step.needs_signature:
            if not self.request.session.get(SIGNED_IN_SESSION):
                form.fields["signature_email"] = forms.EmailField(
                    label="Your e-mail address",
                    widget=forms.EmailInput(attrs={"autocomplete": "username"}),
                    help_text="Asked at the first signature after you signed in.",
                )
            form.fields["signature_password"] = forms.CharField(
                label="Your password",
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )
        return form

    def _page(
        self,
        record: Any,
        step: Transition,
        form: forms.Form | None,
        missing: list[str],
        *,
        changes: list[dict[str, Any]] | None = None,
        status: int = 200,
        statement: bool = False,
    ) -> HttpResponse:
        noun = self.noun
        consequences = list(noun.consequences(record, step.verb))
        if step.target and step.target != record.state:
            here, there = record.get_state_display(), state_label(noun.model, step.target)
            others = (
                [role for role in step.waiting_roles(record) if role not in self.user.roles] if step.approvers else []
            )
            text = f"From “{here}” to “{there}”"
            if others and not missing:
                words = "has given its word" if len(others) == 1 else "have given their word"
                text += f", once {listed([role_label(role) for role in others])} {words} too"
            consequences.insert(0, text + ".")
        role = ""
        if step.needs_signature and form is not None and "role" not in form.fields:
            waiting = step.waiting_roles(record) if step.approvers else list(step.roles)
            role = next((role_label(code) for code in waiting if code in self.user.roles), "")
        return self.shown(
            noun.step_template,
            {
                "title": step.label,
                "record": record,
                "record_label": noun.title(record),
                "state_record": record,
                "crumbs": [*noun.crumbs(record), (noun.title(record), noun.url(record.pk))],
                "help": step.help,
                "before": "" if missing else noun.before_step(record, step.verb),
                "consequences": consequences,
                "missing": missing,
                "form": form,
                "submit": step.label,
                "danger": step.tone == "bad",
                "cancel": noun.step_home(record),
                "signature": {"statement": step.meaning, "role": role} if step.needs_signature else None,
                "signature_fields": list(SIGNATURE_FIELDS),
                "changes": changes or [],
                "statement_url": url_if_there("statement") if statement else "",
            },
            status,
        )

    def _done(self, record: Any, walked: Any, step: Transition) -> str:
        if step.approvers and walked.version == record.version:
            left = listed([role_label(role) for role in step.waiting_roles(walked)])
            return f"Your word is given. Still waiting for {left}."
        if walked.state != record.state:
            return f"{step.label}: {record} is now at “{walked.get_state_display()}”."
        return f"{step.label}: done for {record}."
