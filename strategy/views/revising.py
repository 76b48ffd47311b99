"""Starting the next version of an approved strategy."""

from __future__ import annotations

from typing import Any

from django import forms

from cmo_lifecycle.doors.pages.revising import RevisePage
from strategy.actions import strategies as actions


class ReviseForm(forms.Form):
    why = forms.CharField(
        label="Why is there a next version?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What has changed since this one was approved. It stands at the head of the next version.",
    )


class Revise(RevisePage):
    """Start the next version of an approved strategy."""

    form = ReviseForm
    sentence = "Version {record.number} stays in force until an executive and quality approve the next one."
    done = "Version {made.number} is under revision, as a copy. What you decided before stands where nothing changed."
    refused = "Your roles do not let you revise a strategy."

    def start(self, record: Any, **inputs: Any) -> Any:
        return actions.revise(record, actor=self.user, source="page", **inputs)

    def title(self, record: Any) -> str:
        return f"Revise the strategy for {record.programme.name}"

    def crumb(self, record: Any) -> str:
        return f"Version {record.number}"
