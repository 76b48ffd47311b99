"""The contacts' pages: their frameworks, every section and table of one, the signature, and sending it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.pages.numbers import version_read
from cmo_lifecycle.workflow import signing
from cmo_lifecycle.workflow.models import Event
from cmo_lifecycle.workflow.refusals import NotSigned, Refusal, Stale
from cmo_lifecycle.workflow.signing import SIGNED_IN_SESSION
from evaluation.portal.base import PortalPage
from evaluation.portal.places import PortalPlace, portal_place
from operations.actions.frameworks import approve, contacts_named, send_back
from operations.models import BudgetLine, Framework
from operations.views.joint.frameworks import is_table, sections_of, tables_of

LABEL = "Working together"
S = Framework.State
ROLE = "cmo_contact"


@dataclass(frozen=True)
class Stand:
    """How a framework stands for one person: a word with its tone, a sentence, whether it is theirs to sign now.

    `hindrance` says why whoever is named cannot sign yet; `statement` that it is the accountability statement.
    """

    state: str
    tone: str
    sentence: str
    is_mine: bool = False
    hindrance: str = ""
    statement: bool = False

    @property
    def may_sign(self) -> bool:
        return self.is_mine and not self.hindrance


def stand(framework: Framework, user: Any, sponsor: str) -> Stand:
    """Say how a framework stands for a contact of the CMO."""
    ours = sponsor or "the other side"
    if framework.state == S.APPROVED:
        since = fmt.day(timezone.localtime(framework.approved_at).date()) if framework.approved_at else ""
        return Stand("In force", "good", f"Approved by both sides on {since}; looked at again by {fmt.day(framework.review_due)}.")  # fmt: skip
    if framework.state == S.SUPERSEDED:
        return Stand("Superseded", "none", "A later version has taken its place.")
    named = contacts_named(framework)
    mine = any(one.user_id == user.pk for one in named)
    if ROLE not in approve.waiting_roles(framework):
        whose = "you" if _signed_by(framework, user) else str(framework.relationship.cmo)
        return Stand(
            "Signed by you" if whose == "you" else "Signed", "good", f"Signed by {whose}. It waits for {ours}."
        )
    if not mine:
        names = ", ".join(one.name for one in named)
        return Stand("Waits for a signature", "info", f"{names} may sign it for {framework.relationship.cmo}.")
    wait = ("Waits for you", "watch", "It waits for your word. Read all of it first; you may send it back instead.")
    if not user.identity_verified:
        return Stand(
            *wait, is_mine=True,
            hindrance=f"Before your first signature, {ours} has to verify who you are. Write to the person named on"
            " this page: it is done once.",
        )  # fmt: skip
    if not user.has_accepted_statement:
        return Stand(
            *wait, is_mine=True, statement=True,
            hindrance="Before your first signature, read and accept the statement on what an electronic signature"
            " means. You come back here afterwards.",
        )  # fmt: skip
    return Stand(*wait, is_mine=True)


def _signed_by(framework: Framework, user: Any) -> bool:
    return any(row.signature.signer_id == user.pk and row.is_current for row in signing.standing(framework))


@portal_place
def frameworks(user: Any) -> PortalPlace:
    rows = Framework.objects.visible_to(user).filter(state=S.IN_REVIEW).select_related("relationship__cmo")[:50]
    waiting = sum(stand(one, user, settings.SPONSOR_NAME).is_mine for one in rows)
    return PortalPlace(LABEL, reverse("portal_frameworks:home"), waiting)


class SignForm(forms.Form):
    """What a signature is proved by. The address is asked for at the first one after signing in."""

    read = forms.BooleanField(
        label="I have read this version", error_messages={"required": "Say that you have read this version."}
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


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="What is to change",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Say what is to change."},
    )


class ContactPage(PortalPage):
    """A page for a contact who has signed in. The holder of a link sees that one invitation and nothing else."""

    def rows(self) -> Any:
        if self.visitor.link is not None:
            raise Http404("There is no such page.")
        found = Framework.objects.visible_to(self.visitor.user)
        return found.select_related("relationship__cmo", "relationship__programme", "relationship__manager")

    def framework(self, pk: Any) -> Framework:
        """Return the framework; another company's, or one that is still written, is as good as none."""
        found = self.rows().filter(pk=pk).first()
        if found is None:
            raise Http404("There is no such framework.")
        return found


class Home(ContactPage):
    """The frameworks with one's own company, those that wait first."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        user = self.visitor.user
        rows = [
            {"framework": one, "stand": stand(one, user, settings.SPONSOR_NAME)}
            for one in self.rows().order_by("relationship", "-number")[:200]
        ]
        open_ = [row for row in rows if row["framework"].state == S.IN_REVIEW]
        return self.shown(
            "portal/frameworks/home.html",
            {
                "title": LABEL,
                "open": sorted(open_, key=lambda row: not row["stand"].is_mine),
                "others": [row for row in rows if row not in open_],
                "waiting": sum(row["stand"].is_mine for row in open_),
            },
        )


class FrameworkView(ContactPage):
    """One framework, whole but for what our own oversight costs."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        return self.shown("portal/frameworks/framework.html", self.context(self.framework(pk)))

    def context(self, framework: Framework) -> dict[str, Any]:
        here = stand(framework, self.visitor.user, settings.SPONSOR_NAME)
        where = reverse("portal_frameworks:framework", args=[framework.pk])
        sections = sections_of(framework)
        tables = [(key, title, body, is_table(body)) for key, title, body in tables_of(framework, for_cmo=True)]
        sent = Event.objects.of(framework).filter(verb="submit").select_related("actor").order_by("-at").first()
        signed = [
            {
                "name": row.signature.printed_name,
                "role": role_label(row.signature.role) if row.signature.role else "",
                "at": row.signature.at,
            }
            for row in signing.standing(framework)
            if row.is_genuine and row.is_current and row.signature.event.verb == approve.verb
        ]
        return {
            "title": f"Working together on {framework.relationship.programme.name}, version {framework.number}",
            "framework": framework,
            "before": sections[:4],
            "tables": tables,
            "after": sections[4:],
            "hidden": framework.budget_lines.filter(kind=BudgetLine.Kind.OVERSIGHT).exists(),
            "stand": here,
            "signed": signed,
            "sender": sent.actor if sent is not None and not sent.actor.is_service else None,
            "meaning": approve.meaning,
            "statement_url": f"{reverse('statement')}?next={where}" if here.statement else "",
        }


class Answer(FrameworkView):
    """A page on which the CMO gives its word, one way or the other."""

    template = ""
    heading = ""

    def form(self, *data: Any) -> forms.Form:
        raise NotImplementedError

    def take(self, framework: Framework, version: int, said: dict[str, Any]) -> str:
        """Take the step; return what is said once it is done."""
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        return self.answered(self.framework(pk), self.form())

    def post(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        framework = self.framework(pk)
        form = self.form(request.POST)
        version = version_read(request.POST.get("version"), framework)
        if version is None:
            form.is_valid()
            form.add_error(None, "This is another version than the one that you read. Read it again first.")
            return self.answered(framework, form, 412)
        if not form.is_valid():
            return self.answered(framework, form, 400)
        try:
            done = self.take(framework, version, form.cleaned_data)
        except NotSigned as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentences)
            return self.answered(framework, form, 403)
        except Stale:
            form.add_error(None, "It was changed while you read it. Read it again first.")
            return self.answered(framework, form, 412)
        except Refusal as refusal:
            form.add_error(None, refusal.sentences)
            return self.answered(framework, form, refusal.status)
        messages.success(request, done)
        return redirect("portal_frameworks:home")

    def answered(self, framework: Framework, form: forms.Form, status: int = 200) -> HttpResponseBase:
        context = self.context(framework)
        context |= {"form": form, "has_errors": form.is_bound, "heading": self.heading}
        return self.shown(self.template, context, status)


class Sign(Answer):
    """Sign a framework for the CMO."""

    template = "portal/frameworks/sign.html"
    heading = "Sign"

    def form(self, *data: Any) -> forms.Form:
        made = SignForm(*data)
        if self.request.session.get(SIGNED_IN_SESSION):
            del made.fields["email"]
        return made

    def take(self, framework: Framework, version: int, said: dict[str, Any]) -> str:
        approve(
            framework, actor=self.visitor.user, version=version, role=ROLE, password=said["password"],
            email=said.get("email"), session=self.request.session, source="portal",
        )  # fmt: skip
        return "You have signed. Both sides work by it once all have."


class SendBack(Answer):
    """Send a framework back with what is to change."""

    template = "portal/frameworks/send_back.html"
    heading = "Send back"

    def form(self, *data: Any) -> forms.Form:
        return ReasonForm(*data)

    def take(self, framework: Framework, version: int, said: dict[str, Any]) -> str:
        send_back(
            framework, actor=self.visitor.user, version=version, role=ROLE, reason=said["reason"], source="portal"
        )
        return "It goes back to its writers with what you said."
