"""Handing a proposal in, its receipt, taking it back, declining, confirming addenda."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect

from cmo_lifecycle.workflow.refusals import InvalidInput, Refused
from evaluation.actions import portal
from evaluation.asking import questions_of
from evaluation.bidding import BOTH, last_addendum, standing
from evaluation.models.vocabulary import EnvelopeKind
from evaluation.portal import fields, words
from evaluation.portal.base import InvitationPage


class Sentence(forms.Form):
    """A reason in one's own words."""

    reason = forms.CharField(
        label="Why", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why, in a sentence."},
    )  # fmt: skip


class Submit(InvitationPage):
    """What is missing, what is handed in, and the button."""

    tab = "submit"

    def page(self, errors: Any = None, status: int = 200) -> HttpResponseBase:
        here = standing(self.proposal)
        questions, sheet = questions_of(self.rfp), list(self.rfp.price_sheet.order_by("position"))  # type: ignore[attr-defined]
        parts = []
        for kind in BOTH:
            content = here.draft[kind]
            items = fields.asked([one for one in questions if one.envelope == kind], content)
            lines = fields.priced(sheet if kind == EnvelopeKind.COMMERCIAL else [], content)
            parts.append(
                {
                    "kind": kind,
                    "label": EnvelopeKind(kind).label,
                    "url": self.address("envelope", kind),
                    "given": sum(one.is_given for one in items),
                    "of": len(items),
                    "lines": lines,
                    "priced": sum(line.is_given for line in lines),
                    "files": list(content.files.values()),
                    "missing": self._missing(here.faults, items, lines),
                }
            )
        took, _, priced = self.request.GET.get("workbook", "").partition("-")
        return self.invitation(
            "portal/submit.html",
            {
                "title": f"Check and hand in, {self.rfp.title}",
                "standing": here,
                "parts": parts,
                "missing": sum(len(part["missing"]) for part in parts),
                "unknown": self._unknown(here.faults, questions, sheet),
                "errors": errors,
                "has_errors": bool(errors),
                "workbook": (int(took), int(priced)) if took.isdigit() and priced.isdigit() else None,
            },
            status,
        )

    @staticmethod
    def _missing(faults: Any, items: Any, lines: Any) -> list[tuple[str, str, str]]:
        answers, prices = faults.get("answers", {}), faults.get("prices", {})
        found = [
            (one.id, one.question.text, answers[one.question.code]) for one in items if one.question.code in answers
        ]
        for line in lines:
            found += [(line.id, line.line.label, said) for said in prices.get(line.line.code, {}).values()]
        return found

    @staticmethod
    def _unknown(faults: Any, questions: Any, sheet: Any) -> list[str]:
        """Return what a former version asked and this one does not: it goes out with the next save."""
        known = {one.code for one in questions} | {row.code for row in sheet}
        return sorted({*faults.get("answers", {}), *faults.get("prices", {})} - known)

    def act(self) -> HttpResponseBase:
        if not self.request.POST.get("agreed"):
            return self.page(["Confirm that you may hand this proposal in for your company."], 400)
        try:
            portal.submit(self.proposal, self.bidder)
        except InvalidInput:
            return self.page(["Something is still missing or wrong: it stands below."], 400)
        return redirect(self.address("receipt"))


class Receipt(InvitationPage):
    """What was received, when, and the hash that proves it."""

    tab = "submit"

    def page(self) -> HttpResponseBase:
        here = standing(self.proposal)
        if here.submitted is None or here.final is None:
            raise Refused("Nothing is handed in, so there is no receipt.")
        return self.invitation(
            "portal/receipt.html",
            {
                "title": f"Receipt, {self.rfp.reference}",
                "standing": here,
                "receipt": here.submitted,
                "received": f"{here.submitted.at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC",
                "received_own": words.own(here.submitted.at),
                "addendum": here.final["technical"].addendum,
                "parts": [
                    {
                        "label": EnvelopeKind(kind).label,
                        "sha256": here.final[kind].sha256(),
                        "answers": len(here.final[kind].answers),
                        "prices": len(here.final[kind].prices),
                        "files": sorted(here.final[kind].files.values(), key=lambda one: one["name"]),
                    }
                    for kind in BOTH
                ],
            },
        )


class Own(InvitationPage):
    """One's own submission, to read."""

    tab = "submit"

    def page(self) -> HttpResponseBase:
        here = standing(self.proposal)
        if here.final is None:
            raise Refused("Nothing is handed in that could be shown.")
        questions, sheet = questions_of(self.rfp), list(self.rfp.price_sheet.order_by("position"))  # type: ignore[attr-defined]
        return self.invitation(
            "portal/own.html",
            {
                "title": f"What you handed in, {self.rfp.title}",
                "standing": here,
                "parts": [
                    {
                        "label": EnvelopeKind(kind).label,
                        "groups": fields.grouped(
                            fields.asked([one for one in questions if one.envelope == kind], here.final[kind])
                        ),
                        "lines": fields.priced(sheet if kind == EnvelopeKind.COMMERCIAL else [], here.final[kind]),
                        "files": fields.loose_files(here.final[kind]),
                    }
                    for kind in BOTH
                ],
            },
        )


class Withdraw(InvitationPage):
    """Take back what was handed in; the draft stays."""

    tab = "submit"

    def page(self) -> HttpResponseBase:
        here = standing(self.proposal)
        if here.submitted is None:
            raise Refused("Nothing is handed in that could be withdrawn.")
        return self.invitation("portal/withdraw.html", {"title": "Withdraw the proposal", "standing": here})

    def act(self) -> HttpResponseBase:
        portal.withdraw(self.proposal, self.bidder)
        return redirect(self.address("submit") + "?withdrawn=1")


class Decline(InvitationPage):
    """Say that no proposal will come, and why."""

    tab = "invitation"

    def page(self, form: Sentence | None = None, status: int = 200) -> HttpResponseBase:
        return self.invitation(
            "portal/decline.html", {"title": "Decline to bid", "form": form or Sentence()}, status
        )  # fmt: skip

    def act(self) -> HttpResponseBase:
        form = Sentence(self.request.POST)
        if not form.is_valid():
            return self.page(form, 400)
        portal.decline(self.proposal, self.bidder, form.cleaned_data["reason"])
        return redirect(self.address("invitation"))


class Reconsider(InvitationPage):
    """Take back that one declined."""

    def act(self) -> HttpResponseBase:
        portal.reconsider(self.proposal, self.bidder)
        return redirect(self.address("invitation"))


class Confirm(InvitationPage):
    """Say that what was handed in holds under the addenda published since."""

    def act(self) -> HttpResponseBase:
        seen = self.request.POST.get("number", "")
        if seen != str(last_addendum(self.rfp)):
            raise Refused("Another addendum has been published meanwhile: read it before you confirm.")
        portal.confirm(self.proposal, self.bidder)
        return redirect(self.address("receipt"))
