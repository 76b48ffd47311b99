"""The pages of one's own account, and signing in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import password_validation
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cmo_lifecycle.accounts import actions, cast, roles
from cmo_lifecycle.accounts.forms import ProfileForm, StatementForm
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.accounts.views.access import sent


class SignInView(LoginView):
    """Sign in; with demo data, the demo's people are offered."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context["demo_people"] = cast.offered()
        return context


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """What people see and set about themselves."""
    person: User = request.user  # type: ignore[assignment]
    form = ProfileForm(sent(request), instance=User.objects.get(pk=person.pk))
    if request.method == "POST" and form.is_valid():
        if form.has_changed():
            form.save()
        messages.success(request, "Saved.")
        return redirect("profile")
    return render(
        request,
        "accounts/profile.html",
        {
            "title": "Your account",
            "person": person,
            "form": form,
            "facts": [
                ("Full name", person.name, ""),
                ("E-mail", person.email, ""),
                ("Job title", person.job_title, ""),
                ("Roles", ", ".join(person.role_labels), ""),
            ],
            "password_rules": password_validation.password_validators_help_texts(),
            "statement_url": reverse("statement"),
            "signature_count": person.signatures.count(),
        },
        status=422 if form.errors else 200,
    )


@login_required
def statement(request: HttpRequest) -> HttpResponse:
    """The signature-accountability statement: read and accept it before the first signature."""
    person: User = request.user  # type: ignore[assignment]
    form = StatementForm(sent(request))
    onward = _onward(request)
    if request.method == "POST" and form.is_valid():
        try:
            actions.accept_statement(person)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "You have accepted the statement. You can sign now.")
            return redirect(onward or "profile")
    version = settings.ACCOUNTABILITY_STATEMENT_VERSION
    return render(
        request,
        "accounts/statement.html",
        {
            "title": "Signature accountability",
            "crumbs": [("Your account", reverse("profile"))],
            "person": person,
            "form": form,
            "version": version,
            "text": f"accounts/statements/{version}.html",
            "onward": onward,
        },
        status=422 if form.errors else 200,
    )


def _onward(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, or nowhere."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if get_adapter(request).is_safe_url(asked) else ""


@login_required
@require_safe
def signatures(request: HttpRequest) -> HttpResponse:
    """Everything that this person has signed."""
    person: User = request.user  # type: ignore[assignment]
    found = person.signatures.select_related("event").prefetch_related("record").order_by("-at", "-id")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    for signature in page.object_list:
        signature.role_label = roles.BY_CODE[signature.role].label if signature.role in roles.BY_CODE else ""
    return render(
        request,
        "accounts/signatures.html",
        {
            "title": "Your signatures",
            "crumbs": [("Your account", reverse("profile"))],
            "page": page,
        },
    )


@never_cache
@require_safe
def stay(request: HttpRequest) -> HttpResponse:
    """Say that the reader is still there; 401 where the session has ended."""
    return HttpResponse(status=204 if request.user.is_authenticated else 401)
