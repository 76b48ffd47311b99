"""The contacts' pages: their agreements, the text, the signature."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.workflow.refusals import NotSigned, Refusal, Stale
from cmo_lifecycle.workflow.signing import SIGNED_IN_SESSION
from contracts.actions.agreements import sign
from contracts.models import Agreement, ContractDocument
from contracts.models.fields import read_date
from contracts.portal.words import signatories, stand, who_sent
from contracts.reading import stretches
from contracts.terms.dates import Kind as DateKind
from contracts.views.agreements.texts import text_file
from evaluation.portal.base import PortalPage
from evaluation.portal.places import PortalPlace, portal_place

LABEL = "Agreements"
_FIELDS = {"email": "email", "password": "password"}


class SignForm(forms.Form):
    """What a signature is proved by. The address is asked for at the first one after signing in."""

    read = forms.BooleanField(
        label="I have read the text of this version", error_messages={"required": "Say that you have read the text."}
    )
    email = forms.EmailField(
        label="Your e-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        help_text="Asked at the first signature after you signed in.",
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@portal_place
def agreements(user: Any) -> PortalPlace:
    rows = Agreement.objects.visible_to(user).filter(state=Agreement.State.OUT_FOR_SIGNATURE)
    waiting = sum(stand(one, user, settings.SPONSOR_NAME).is_mine for one in rows.select_related("cmo")[:50])
    return PortalPlace(LABEL, reverse("portal_agreements:home"), waiting)


class ContactPage(PortalPage):
    """A page for a contact who has signed in. The holder of a link sees that one invitation and nothing else."""

    def rows(self) -> Any:
        if self.visitor.link is not None:
            raise Http404("There is no such page.")
        return Agreement.objects.visible_to(self.visitor.user).select_related("cmo", "parent")

    def agreement(self, pk: Any) -> Agreement:
        """Return the agreement; another company's, or one that was not sent yet, is as good as none."""
        found = self.rows().filter(pk=pk).first()
        if found is None:
            raise Http404("There is no such agreement.")
        return found  # type: ignore[no-any-return]

    def document(self, agreement: Agreement) -> ContractDocument:
        rows = ContractDocument.objects.visible_to(self.visitor.user).select_related("file", "agreement")
        found = rows.filter(agreement=agreement).first()
        if found is None:
            raise Http404("There is no text.")
        return found  # type: ignore[no-any-return]


class Home(ContactPage):
    """The agreements of one's own company, those that wait for a signature first."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        user = self.visitor.user
        rows = [{"agreement": one, "stand": stand(one, user, settings.SPONSOR_NAME)} for one in self.rows()[:500]]
        open_ = [row for row in rows if row["agreement"].state == Agreement.State.OUT_FOR_SIGNATURE]
        return self.shown(
            "portal/agreements/home.html",
            {
                "title": LABEL,
                "open": sorted(open_, key=lambda row: not row["stand"].is_mine),
                "others": [row for row in rows if row not in open_],
                "waiting": sum(row["stand"].is_mine for row in open_),
            },
        )


class AgreementView(ContactPage):
    """One agreement: its text, who signs, and where it stands."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        agreement = self.agreement(pk)
        document = self.document(agreement)
        return self.shown("portal/agreements/agreement.html", self.context(agreement, document))

    def context(self, agreement: Agreement, document: ContractDocument) -> dict[str, Any]:
        here = stand(agreement, self.visitor.user, settings.SPONSOR_NAME)
        where = reverse("portal_agreements:agreement", args=[agreement.pk])
        base = agreement.parent
        known = base is not None and self.rows().filter(pk=base.pk).exists()
        return {
            "title": agreement.title,
            "agreement": agreement,
            "document": document,
            "stretches": stretches(document),
            "signatories": signatories(agreement),
            "stand": here,
            "facts": _facts(agreement),
            "base": base if known else None,
            "sender": who_sent(agreement),
            "meaning": sign.meaning,
            "statement_url": f"{reverse('statement')}?next={where}" if here.statement else "",
        }


class Sign(AgreementView):
    """Sign an agreement."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        agreement = self.agreement(pk)
        return self._page(agreement, self._form())

    def post(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        agreement = self.agreement(pk)
        form = self._form(request.POST)
        version = version_read(request.POST.get("version"), agreement)
        if version is None or request.POST.get("sha256") != self.document(agreement).sha256:
            form.is_valid()
            form.add_error(None, "This is another version than the one that you read. Read it, then sign.")
            return self._page(agreement, form, 412)
        if not stand(agreement, self.visitor.user, settings.SPONSOR_NAME).may_sign or not form.is_valid():
            return self._page(agreement, form, 400)
        said = form.cleaned_data
        try:
            sign(
                agreement,
                actor=self.visitor.user,
                version=version,
                role="cmo_contact",
                password=said["password"],
                email=said.get("email"),
                session=request.session,
                source="portal",
            )
        except NotSigned as refusal:
            form.add_error(_FIELDS.get(refusal.field) if refusal.field in form.fields else None, refusal.sentences)
            return self._page(agreement, form, 403)
        except Stale:
            form.add_error(None, "It was changed while you read it. Read it again, then sign.")
            return self._page(self.agreement(pk), form, 412)
        except Refusal as refusal:
            form.add_error(None, refusal.sentences)
            return self._page(agreement, form, refusal.status)
        messages.success(request, f"You have signed {agreement}.")
        return redirect("portal_agreements:agreement", pk)

    def _form(self, *data: Any) -> SignForm:
        form = SignForm(*data)
        if self.request.session.get(SIGNED_IN_SESSION):
            del form.fields["email"]
        return form

    def _page(self, agreement: Agreement, form: SignForm, status: int = 200) -> HttpResponseBase:
        context = self.context(agreement, self.document(agreement))
        context |= {"title": f"Sign {agreement.title}", "form": form, "has_errors": form.is_bound}
        return self.shown("portal/agreements/sign.html", context, status)


class TextDownload(ContactPage):
    """The words that are signed, as a plain file."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        return text_file(self.document(self.agreement(pk)))


class FileDownload(ContactPage):
    """The file that the text was read from, with the bytes it came with."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        file = self.document(self.agreement(pk)).file
        if file is None or not file.is_intact():
            raise Http404("There is no such file; ask for it.")
        response = FileResponse(
            file.file.open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


def _facts(agreement: Agreement) -> list[tuple[str, str]]:
    """What both sides know of it: nothing of reviews, authority or negotiation."""
    one: Any = agreement
    found = [
        ("Number", agreement.reference),
        ("Kind", one.get_kind_display()),
        ("Our side", agreement.our_party or settings.SPONSOR_NAME),
        ("Your side", agreement.their_party or str(agreement.cmo)),
    ]
    for label, text in (
        ("Agreed on", agreement.agreed_on), ("Effective from", agreement.effective_on), ("Ends on", agreement.expires_on),
    ):  # fmt: skip
        said = read_date(text)
        found.append((label, "" if said.kind is DateKind.NONE else str(said)))
    found += [("First term", agreement.first_term), ("Governing law", agreement.governing_law)]
    return [(label, words) for label, words in found if words]
