"""What a person is asked for when a record is added or edited."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db import models

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.fields import PlainSelect


class RecordForm(forms.ModelForm):
    """Base of the forms of records.

    `narrow(user)` limits choices to what the person may see. `fixed` names reference fields that stay as they are
    once given by the address (`?site=<id>`): they are shown as words. `sections` groups the fields.
    """

    sections: list[tuple[str, list[str]]] = []
    #: Reference fields that an address may fill: name → model.
    prefills: ClassVar[dict[str, type[models.Model]]] = {}

    def __init__(self, *args: Any, user: User, given: dict[str, Any] | None = None, **kwargs: Any) -> None:
        self.user = user
        self.given = given or {}
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.Select) and not isinstance(widget, PlainSelect | forms.RadioSelect):
                if not getattr(widget, "allow_multiple_selected", False):
                    plain = PlainSelect(attrs=widget.attrs)
                    plain.choices = field.choices  # type: ignore[attr-defined]
                    plain.empty = "Choose one" if field.required else "Not given"
                    field.widget = plain
            elif type(widget) is forms.Textarea and str(widget.attrs.get("rows")) == "10":
                widget.attrs["rows"] = 3
        self.narrow(user)
        for name, record in self.given.items():
            self.fields.pop(name, None)
            setattr(self.instance, name, record)

    def narrow(self, user: User) -> None:
        """Limit what may be chosen to what this person may see."""

    def values(self) -> dict[str, Any]:
        """Return the values for `edits.create` and `edits.update`."""
        own = {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}  # type: ignore[attr-defined]
        return {**own, **self.given}


class ReasonField(forms.CharField):
    """Why a record in use is changed."""

    def __init__(self) -> None:
        super().__init__(
            label="Reason for the change",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="The record has been in use, so the history keeps why it changes.",
        )
