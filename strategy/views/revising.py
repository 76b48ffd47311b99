"""Starting the next version of an approved strategy."""

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
from strategy.actions import strategies as actions
from strategy.models import Strategy


class ReviseForm(forms.Form):
    why = forms.CharField(
        label="Why is there a next version?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What has changed since this one was approved. It stands at the head of the next version.",
    )


class Revise(NounPage):
    """Start the next version of an approved strategy."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        return self._page(self._record(pk), ReviseForm())

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        record = self._record(pk)
        form = ReviseForm(request.POST)
        if not form.is_valid():
            return self._page(record, form)
        try:
            made = actions.revise(record, actor=self.user, why=form.cleaned_data["why"], source="page")
        except Refusal as refusal:
            form.add_error(None, refusal.sentences)
            return self._page(record, form, refusal.status)
        messages.success(
            request,
            f"Version {made.number} is under revision, as a copy. What you decided before stands where nothing changed.",
        )
        return redirect(self.noun.url(made.pk))

    def _record(self, pk: Any) -> Strategy:
        record = self.record(pk)
        if not edits.may_create(Strategy, self.user):
            raise PermissionDenied("Your roles do not let you revise a strategy.")
        return record  # type: ignore[no-any-return]

    def _page(self, record: Strategy, form: forms.Form, status: int = 200) -> HttpResponse:
        return self.shown(
            "generic/form.html",
            {
                "title": f"Revise the strategy for {record.programme.name}",
                "sentence": f"Version {record.number} stays in force until an executive and quality approve the next one.",
                "crumbs": [*self.noun.crumbs(record), (f"Version {record.number}", self.noun.url(record.pk))],
                "form": form,
                "submit": "Start the next version",
                "cancel": self.noun.url(record.pk),
            },
            status,
        )
