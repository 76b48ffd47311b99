"""What people are asked for from the start of an RFP to its deadline."""

from __future__ import annotations

from typing import Any

from django import forms

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.partners.models import Programme
from evaluation.asking import BANDS_HELP
from evaluation.models import Addendum, LibraryQuestion, Rfp
from strategy.models import Strategy


class Moment(forms.DateTimeInput):
    """A day and a time by the browser's own picker."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def by_the_minute(field: Any, standing: Any) -> None:
    """Ask for a moment by the browser's picker; one that is left as it stands keeps the seconds it does not show."""
    field.widget = Moment()
    understand = field.to_python

    def to_python(value: Any) -> Any:
        found = understand(value)
        if found is not None and standing is not None and found == standing.replace(second=0, microsecond=0):
            return standing
        return found

    field.to_python = to_python


class RfpForm(RecordForm):
    """What an RFP begins with; all the rest is asked by the writer, screen by screen."""

    prefills = {"programme": Programme}

    class Meta:
        model = Rfp
        fields = ["programme", "kind", "title", "service", "modality"]

    def narrow(self, user: User) -> None:
        if "programme" in self.fields:
            field: Any = self.fields["programme"]
            field.queryset = (
                Programme.objects.visible_to(user)
                .filter(state=Programme.State.ACTIVE, strategies__state=Strategy.State.APPROVED)
                .order_by("name", "pk")
                .distinct()
            )
            field.help_text = "Those with an approved strategy: the RFP begins with what it asks for."
        kind: Any = self.fields["kind"]
        kind.widget = forms.RadioSelect(choices=Rfp.Kind.choices)


class AddendumForm(RecordForm):
    """What changes in an issued RFP."""

    prefills = {"rfp": Rfp}

    class Meta:
        model = Addendum
        fields = ["rfp", "title", "body", "closes_at"]

    def narrow(self, user: User) -> None:
        if "rfp" in self.fields:
            field: Any = self.fields["rfp"]
            field.queryset = Rfp.objects.visible_to(user).filter(state=Rfp.State.ISSUED)
            field.help_text = "Those that are issued and open."
        self.fields["body"].widget = forms.Textarea(attrs={"rows": 6})
        by_the_minute(self.fields["closes_at"], self.instance.closes_at)


class AddendumEditForm(AddendumForm):
    class Meta(AddendumForm.Meta):
        fields = ["title", "body", "closes_at"]


class LibraryForm(RecordForm):
    """A question of the library."""

    class Meta:
        model = LibraryQuestion
        fields = [
            "code", "group", "question", "kind", "unit", "choices", "table_columns", "mandatory", "level", "envelope",
            "bands", "help",
        ]  # fmt: skip

    sections = [
        ("What is asked", ["code", "group", "question", "help"]),
        ("How it is answered", ["kind", "unit", "choices", "table_columns", "mandatory", "level", "envelope"]),
        ("How the answer scores", ["bands"]),
    ]

    def narrow(self, user: User) -> None:
        self.fields["question"].widget = forms.Textarea(attrs={"rows": 3})
        self.fields["bands"].help_text = BANDS_HELP


class LibraryEditForm(LibraryForm):
    """What may change of a draft: not which question it is a version of."""

    class Meta(LibraryForm.Meta):
        fields = [name for name in LibraryForm.Meta.fields if name != "code"]

    sections = [(title, [name for name in names if name != "code"]) for title, names in LibraryForm.sections]
