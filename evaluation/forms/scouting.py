"""What people are asked for from the market scan to the short list."""

from __future__ import annotations

from typing import Any

from django import forms

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.fields import PlainSelect
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.partners.filters import country_choices
from cmo_lifecycle.partners.forms import cmo_field, site_field
from cmo_lifecycle.partners.models import CMO, Certificate, Inspection, Programme, Qualification, Site
from cmo_lifecycle.partners.models.vocabulary import Modality, Scale, Service
from evaluation.models import Candidate, Cda


def programmes_of(user: User) -> Any:
    """Return the active programmes that a person sees, by name."""
    return Programme.objects.visible_to(user).filter(state=Programme.State.ACTIVE).order_by("name", "pk")


class CdaForm(RecordForm):
    """A confidentiality agreement."""

    cmo = cmo_field(label="CMO")
    prefills = {"cmo": CMO, "programme": Programme}

    class Meta:
        model = Cda
        fields = [
            "cmo", "programme", "number", "mutual", "purpose", "signed_on", "expires_on", "secret_until", "external_id",
        ]  # fmt: skip

    def narrow(self, user: User) -> None:
        if "cmo" in self.fields:
            self.fields["cmo"].queryset = CMO.objects.visible_to(user)  # type: ignore[attr-defined]
        if "programme" in self.fields:
            self.fields["programme"].queryset = programmes_of(user)  # type: ignore[attr-defined]
            widget: Any = self.fields["programme"].widget
            widget.empty = "All programmes"


class CandidateForm(RecordForm):
    """A candidate that was found otherwise than by the scan."""

    cmo = cmo_field(label="CMO")
    site = site_field(required=False, help_text="Where the work would be done.")
    prefills = {"programme": Programme, "cmo": CMO}

    class Meta:
        model = Candidate
        fields = ["programme", "cmo", "site", "channel", "found_by", "notes", "external_id"]

    def narrow(self, user: User) -> None:
        if "programme" in self.fields:
            self.fields["programme"].queryset = programmes_of(user)  # type: ignore[attr-defined]
        if "cmo" in self.fields:
            self.fields["cmo"].queryset = CMO.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["site"].queryset = Site.objects.visible_to(user).select_related("cmo")  # type: ignore[attr-defined]


class CandidateEditForm(CandidateForm):
    """What may change of a candidate: not whose it is, nor who it is."""

    class Meta(CandidateForm.Meta):
        fields = ["site", "channel", "found_by", "notes", "external_id"]

    cmo = None  # type: ignore[assignment]


def _any(choices: Any, label: str, empty: str = "Any") -> forms.ChoiceField:
    field = forms.ChoiceField(required=False, label=label, widget=PlainSelect)
    field.choices = lambda: [("", empty), *(choices() if callable(choices) else choices)]
    return field


class ScanForm(forms.Form):
    """What a market scan looks for."""

    q = forms.CharField(required=False, label="Name, place", max_length=100)
    service = _any(Service.choices, "Service")
    modality = _any(Modality.choices, "Modality")
    scale = _any(Scale.choices, "Scale")
    country = _any(country_choices, "Country")
    clean_years = _any(
        [("1", "1 year"), ("3", "3 years"), ("5", "5 years"), ("10", "10 years")],
        "No OAI or warning letter for",
        "Not asked",
    )
    last = _any(Inspection.Classification.choices, "Last inspection")
    qualification = _any(
        [("orderable", "Approved or conditional"), *Qualification.State.choices], "Qualification by us"
    )
    certificate = _any(Certificate.Kind.choices, "Valid certificate")
    relationship = _any([("yes", "Works for us"), ("no", "New to us")], "Relationship")


class AddForm(forms.Form):
    """How the CMOs that a scan found came to us."""

    channel = forms.ChoiceField(
        label="How we came to them",
        choices=Candidate.Channel.choices,
        initial=Candidate.Channel.MARKET_SCAN,
        widget=PlainSelect,
        help_text="Short lists grow from acquaintance: written down, it can be weighed later.",
    )
    found_by = forms.CharField(
        label="Who or what pointed to them", required=False, max_length=200, help_text="A register, a report, a person."
    )
