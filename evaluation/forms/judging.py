"""What people are asked for while they judge: seats on the panel, invitations, scores."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages import noun_of
from cmo_lifecycle.doors.pages.forms import RecordForm
from cmo_lifecycle.partners.models import Contact
from evaluation.models import Candidate, Evaluator, Proposal, Rfp
from evaluation.models.sheets import GROUP_CHOICES
from strategy.sums.numbers import plain

SCORE = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?", re.ASCII)
LONGEST = 4000


class EvaluatorForm(RecordForm):
    """Who sits on the panel of an RFP, and what they score."""

    prefills = {"rfp": Rfp}
    sections = forms.MultipleChoiceField(  # type: ignore[assignment]
        label="Scores", choices=GROUP_CHOICES, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="The groups of criteria; none for somebody who only reads and decides.",
    )  # fmt: skip

    class Meta:
        model = Evaluator
        fields = ["rfp", "person", "sections"]

    def narrow(self, user: User) -> None:
        #: The base class groups fields by this name; here it is one of the fields.
        rfps: Any = self.fields.get("rfp")
        if rfps is not None:
            rfps.queryset = Rfp.objects.visible_to(user).exclude(state__in=Rfp.OVER)
        rfp = self.given.get("rfp") or (self.instance.rfp if self.instance.rfp_id else None)
        people: Any = self.fields["person"]
        people.queryset = User.objects.filter(is_active=True, is_service=False).order_by("name", "pk")
        if rfp is not None:
            people.queryset = rfp.programme.members.filter(is_active=True, is_service=False).order_by("name", "pk")
            people.help_text = f"Whoever works on {rfp.programme}."


class EvaluatorEditForm(EvaluatorForm):
    """What somebody on the panel scores."""

    class Meta:
        model = Evaluator
        fields = ["sections"]

    def narrow(self, user: User) -> None:
        """Nothing to choose but the sections."""


class ProposalForm(RecordForm):
    """Which candidate is invited, and who there is written to."""

    prefills = {"rfp": Rfp, "candidate": Candidate}

    class Meta:
        model = Proposal
        fields = ["rfp", "candidate", "contact"]

    def narrow(self, user: User) -> None:
        fields: Any = self.fields
        fields["rfp"].queryset = Rfp.objects.visible_to(user).filter(state__in=(*Rfp.BEFORE_ISSUE, Rfp.State.ISSUED))
        candidates = Candidate.objects.visible_to(user).select_related("cmo", "programme")
        contacts = Contact.objects.filter(left_on__isnull=True).select_related("cmo")
        rfp, candidate = self.given.get("rfp"), self.given.get("candidate")
        if rfp is not None:
            listed: tuple[str, ...] = (Candidate.State.SHORT_LISTED,)
            if rfp.kind == Rfp.Kind.RFI:
                listed = (*listed, Candidate.State.LONG_LISTED)
            candidates = candidates.filter(programme=rfp.programme_id, state__in=listed).exclude(proposals__rfp=rfp)
            contacts = contacts.filter(cmo__in=candidates.values("cmo"))
        if candidate is not None:
            fields["rfp"].queryset = fields["rfp"].queryset.filter(programme=candidate.programme_id)
            contacts = contacts.filter(cmo=candidate.cmo_id)
            only = list(contacts[:2])
            if len(only) == 1 and not self.initial.get("contact"):
                self.initial["contact"] = only[0].pk
        fields["candidate"].queryset = candidates.order_by("cmo__legal_name", "pk")
        fields["contact"].queryset = contacts.order_by("cmo__legal_name", "name", "pk")
        fields["contact"].label = "Who is written to"
        fields["contact"].label_from_instance = lambda one: f"{one.name}, {one.cmo}"
        # Nothing is issued to nobody; where the base knows nobody, the CMO can be invited and the person added later.
        fields["contact"].required = contacts.exists()
        fields["contact"].help_text = _written_to(candidate, fields["contact"].required, user)


def _written_to(candidate: Any, known: bool, user: User) -> str:
    """Say what a contact is needed for and, where the base knows nobody, where one is added."""
    if known:
        return "Receives the RFP, and the link to the portal where they do not sign in."
    if candidate is None:
        return "Nobody who could be written to is on record. It is needed before the RFP is issued."
    pages = noun_of(Contact)
    said = f"Nobody at {candidate.cmo} is on record. Somebody is needed before the RFP is issued"
    if pages is None or not pages.may_add(user):
        return f"{said}."
    return format_html('{}: <a href="{}?cmo={}">add a contact</a>.', said, pages.add_url(), candidate.cmo_id)


@dataclass
class Given:
    """One line of a score sheet as it was sent: what was typed, what it means, and what is wrong with it."""

    criterion: Any
    typed: str
    rationale: str
    score: Decimal | None = None
    error: str = ""
    rationale_error: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.typed and not self.rationale

    @property
    def is_done(self) -> bool:
        return self.score is not None and bool(self.rationale)


def read_scores(rfp: Any, criteria: Sequence[Any], data: Mapping[str, Any]) -> list[Given]:
    """Return what was sent for each criterion of a sheet: fields `score-<code>` and `rationale-<code>`."""
    found = []
    span = f"Give a score from {plain(rfp.scale_least)} to {plain(rfp.scale_most)}, with at most two decimals."
    for one in criteria:
        typed = str(data.get(f"score-{one.code}", "")).strip()
        # A browser sends line ends as two characters, which the database would count.
        rationale = str(data.get(f"rationale-{one.code}", "")).replace("\r\n", "\n").strip()
        given = Given(one, typed, rationale)
        if typed:
            if SCORE.fullmatch(typed) is None:
                given.error = span
            else:
                given.score = Decimal(typed.replace(",", "."))
                if not rfp.scale_least <= given.score <= rfp.scale_most:
                    given.score, given.error = None, span
        if len(rationale) > LONGEST:
            given.rationale_error = f"Use {LONGEST:,} characters at most; these are {len(rationale):,}."
        found.append(given)
    return found


def rows_of(given: Sequence[Given]) -> list[dict[str, Any]]:
    """Return the lines that say something as the rows of the table."""
    return [
        {"criterion": one.criterion.code, "score": one.score, "rationale": one.rationale}
        for one in given
        if not one.is_blank
    ]


class ConsensusForm(forms.Form):
    """The score that the panel settled on for one criterion, and why."""

    score = forms.DecimalField(label="Settled score", max_digits=5, decimal_places=2)
    reason = forms.CharField(
        label="Why", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What the panel talked over, and what convinced it. It stays on record with the score.",
    )  # fmt: skip

    def __init__(self, rfp: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rfp = rfp
        self.fields["score"].help_text = f"From {plain(rfp.scale_least)} to {plain(rfp.scale_most)}."

    def clean_score(self) -> Decimal:
        score: Decimal = self.cleaned_data["score"]
        if not self.rfp.scale_least <= score <= self.rfp.scale_most:
            raise forms.ValidationError(
                f"Give a score from {plain(self.rfp.scale_least)} to {plain(self.rfp.scale_most)}."
            )
        return score
