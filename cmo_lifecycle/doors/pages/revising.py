"""Starting the next version of a record in force: one page for every noun that comes in versions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.refusals import Refusal


class RevisePage(NounPage):
    """Start the next version. A subclass says how, in `start`; `form` holds its inputs, such as why there is one."""

    form: type[forms.Form] = forms.Form
    #: Sentences: of the page (`record`), once it is done (`made`), and for those who may not.
    sentence = "This version stays in force until the next one takes its place."
    done = "Version {made.number} is a draft now."
    refused = "Your roles do not let you revise this."
    #: Whether what follows is editing, instead of reading.
    goes_on = False

    def start(self, record: Any, **inputs: Any) -> Any:
        """Make the next version and return it; raise a Refusal where there cannot be one."""
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        return self._page(self._record(pk), self.form())

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self._record(pk)
        form = self.form(request.POST)
        if not form.is_valid():
            return self._page(record, form)
        try:
            made = self.start(record, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentences)
            return self._page(record, form, refusal.status)
        messages.success(request, self.done.format(made=made, record=record))
        return redirect(self.noun.edit_url(made.pk) if self.goes_on else self.noun.url(made.pk))

    def title(self, record: Any) -> str:
        return f"Revise {self.noun.title(record)}"

    def crumb(self, record: Any) -> str:
        return self.noun.title(record)

    def _record(self, pk: Any) -> Any:
        record = self.record(pk)
        if not edits.may_create(self.noun.model, self.user):
            raise PermissionDenied(self.refused)
        return record

    def _page(self, record: Any, form: forms.Form, status: int = 200) -> HttpResponse:
        return self.shown(
            "generic/form.html",
            {
                "title": self.title(record),
                "sentence": self.sentence.format(record=record),
                "crumbs": [*self.noun.crumbs(record), (self.crumb(record), self.noun.url(record.pk))],
                "form": form,
                "submit": "Start the next version",
                "cancel": self.noun.url(record.pk),
            },
            status,
        )
