"""What people are asked for about agreements and their texts."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.fields import ByName, PlainSelect
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.doors.pages.parts import readably
from cmo_lifecycle.doors.writing.written import in_capitals
from cmo_lifecycle.partners.forms import cmo_field
from cmo_lifecycle.partners.models import CMO, Programme, Site
from contracts.models import Agreement, ContractDocument, HolidayCalendar
from evaluation.forms.scouting import programmes_of

K = Agreement.Kind
#: What an amendment says by its provisions, or takes from what it amends.
OF_A_BASE = (
    "parent", "replaces", "sites", "products", "governing_law", "expires_on", "first_term", "renews", "renewal_length",
    "most_renewals", "notice_length", "calendar", "prevails_on_quality", "review_years",
)  # fmt: skip


def agreement_field(**kwargs: Any) -> ByName:
    return ByName(pick="agreement", names=("reference", "title"), required=False, **kwargs)


class AgreementForm(RecordForm):
    """An agreement with a CMO; amendments have a form of their own."""

    kind = forms.ChoiceField(choices=[one for one in K.choices if one[0] != K.AMENDMENT], widget=PlainSelect)
    cmo = cmo_field(label="CMO")
    parent = agreement_field(label="Stands under", help_text="The agreement that governs this one, by its number.")
    replaces = agreement_field(label="Replaces", help_text="The agreement that ends when this one takes effect.")
    sites = forms.ModelMultipleChoiceField(
        queryset=Site.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    prefills: ClassVar = {"cmo": CMO, "programme": Programme, "parent": Agreement, "replaces": Agreement}

    class Meta:
        model = Agreement
        fields = [
            "kind", "reference", "title", "cmo", "programme", "parent", "replaces", "sites", "products", "our_party",
            "their_party", "agreed_on", "effective_on", "expires_on", "first_term", "lapses_on", "renews",
            "renewal_length", "most_renewals", "notice_length", "calendar", "review_years", "value", "currency",
            "term_months", "governing_law", "prevails_on_quality", "notes", "external_id",
        ]  # fmt: skip

    sections = [
        ("What it is", ["kind", "reference", "title", "parent", "replaces", "products", "governing_law"]),
        ("Parties", ["cmo", "programme", "sites", "our_party", "their_party"]),
        (
            "Dates and renewal",
            [
                "agreed_on", "effective_on", "expires_on", "first_term", "lapses_on", "renews", "renewal_length",
                "most_renewals", "notice_length", "calendar", "review_years",
            ],
        ),
        ("Money and approval", ["value", "currency", "term_months"]),
        ("Notes", ["prevails_on_quality", "notes", "external_id"]),
    ]  # fmt: skip

    def narrow(self, user: User) -> None:
        fields: Any = self.fields
        adding = self.instance._state.adding
        readably(fields["value"])
        in_capitals(fields["currency"])
        fields["calendar"].queryset = HolidayCalendar.objects.visible_to(user)
        fields["calendar"].widget.empty = "Monday to Friday"
        mine = Agreement.objects.visible_to(user).exclude(kind=K.AMENDMENT)
        for name in ("parent", "replaces"):
            fields[name].queryset = mine.exclude(pk=self.instance.pk)
        if adding:
            fields["cmo"].queryset = CMO.objects.visible_to(user)
            fields["programme"].queryset = programmes_of(user)
            fields["programme"].widget.empty = "All programmes"
            self._follow_the_parent()
        else:
            for name in ("kind", "cmo", "programme"):
                del fields[name]
        self._sites(user)
        if adding or self.instance.kind != K.AMENDMENT:
            del fields["lapses_on"]
        elif not adding:
            for name in OF_A_BASE:
                fields.pop(name, None)

    def _follow_the_parent(self) -> None:
        """What stands under an agreement is with its CMO, and for its programme where it has one."""
        parent = self.given.get("parent") or self.given.get("replaces")
        if parent is None:
            return
        self.given.setdefault("cmo", parent.cmo)
        if parent.programme is not None:
            self.given.setdefault("programme", parent.programme)

    def _sites(self, user: User) -> None:
        fields: Any = self.fields
        cmo = self.given.get("cmo") or (self.instance.cmo if self.instance.cmo_id else None)
        if cmo is not None:
            theirs = Q(cmo=cmo) | Q(cmo__parent=cmo)
            if not self.instance._state.adding:
                theirs |= Q(agreements=self.instance.pk)
            fields["sites"].queryset = Site.objects.visible_to(user).filter(theirs).distinct()
        if cmo is None or not fields["sites"].queryset.exists():
            del fields["sites"]


class AmendmentForm(RecordForm):
    """An amendment of an executed agreement: what it changes is written as its provisions."""

    prefills: ClassVar = {"parent": Agreement}

    class Meta:
        model = Agreement
        fields = [
            "reference", "title", "our_party", "their_party", "agreed_on", "effective_on", "lapses_on", "value",
            "currency", "term_months", "notes", "external_id",
        ]  # fmt: skip

    sections = [
        ("What it is", ["reference", "title"]),
        ("Parties", ["our_party", "their_party"]),
        ("Dates", ["agreed_on", "effective_on", "lapses_on"]),
        ("Money and approval", ["value", "currency", "term_months"]),
        ("Notes", ["notes", "external_id"]),
    ]

    def narrow(self, user: User) -> None:
        fields: Any = self.fields
        readably(fields["value"])
        in_capitals(fields["currency"])
        fields["effective_on"].help_text = "The day; one in the past makes it retroactive."
        fields["value"].help_text = "What it adds to the committed amount; below 0 takes back. 0 where it changes none."
        for name, value in self._of_the_base().items():
            setattr(self.instance, name, value)

    def _of_the_base(self) -> dict[str, Any]:
        base = self.given["parent"]
        return {"kind": K.AMENDMENT, "cmo": base.cmo, "programme": base.programme}

    def values(self) -> dict[str, Any]:
        return {**super().values(), **self._of_the_base()}


class TextForm(forms.Form):
    """The next version of an agreement's text, from a file or pasted."""

    file = forms.FileField(
        label="File",
        required=False,
        help_text="TXT, DOCX, or a PDF that holds text. It is kept as it came, with its hash.",
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.docx,.pdf"}),
    )
    words = forms.CharField(
        label="or its text", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 14}),
        help_text="Paste it here where there is no file.",
    )  # fmt: skip
    origin = forms.ChoiceField(
        label="It is", choices=ContractDocument.Origin.choices, initial=ContractDocument.Origin.OURS, widget=PlainSelect
    )
    note = forms.CharField(label="What is new in it", required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and bool(said.get("file")) == bool(str(said.get("words", "")).strip()):
            self.add_error("file", "Choose a file or paste the text, one of the two.")
        return said


class OnForm(forms.Form):
    """On which day, as known on which other one."""

    on = forms.DateField(label="What holds on", required=False)
    known = forms.DateField(
        label="as known on", required=False, help_text="What was signed later is left out. Empty: all that is signed."
    )


__all__ = ["AgreementForm", "AmendmentForm", "OnForm", "TextForm"]
