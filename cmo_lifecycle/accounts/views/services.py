"""The pages of the accounts of other systems, and of their tokens."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from cmo_lifecycle.accounts import actions
from cmo_lifecycle.accounts import forms as our_forms
from cmo_lifecycle.accounts.actions import Refused
from cmo_lifecycle.accounts.models import ApiToken, User
from cmo_lifecycle.accounts.views.access import administrators, crumbs, put_errors, sent, status_of


@administrators
def service_add(request: HttpRequest) -> HttpResponse:
    """Add an account for another system."""
    form = our_forms.ServiceAccountForm(sent(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.add_service_account(
                actor=request.user,  # type: ignore[arg-type]
                name=data["name"],
                purpose=data["purpose"],
                role_codes=data["roles"],
                reason=data["reason"],
            )
        except Refused as refusal:
            put_errors(form, refusal)
        else:
            messages.success(request, "The service account is there. Make a token for it next.")
            return redirect(made)
    return render(
        request,
        "generic/form.html",
        {
            "title": "Add a service account",
            "crumbs": crumbs(),
            "help": "Another system reads and writes through it, by tokens. It has no password and never signs.",
            "form": form,
            "submit": "Add the service account",
            "cancel": reverse("accounts:person_list"),
        },
        status=status_of(form),
    )


@administrators
@never_cache
@sensitive_variables("text")
def token_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a token, and show its text this once."""
    actor: User = request.user  # type: ignore[assignment]
    account = get_object_or_404(User.objects.visible_to(actor), pk=pk, is_service=True)
    form = our_forms.TokenForm(sent(request))
    trail = crumbs((account.name, account.get_absolute_url()))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            token, text = actions.create_token(
                account,
                actor=actor,
                name=data["name"],
                scopes=form.scopes,
                expires=form.until,
                reason=data["reason"],
                key=data["key"],
            )
        except Refused as refusal:
            put_errors(form, refusal)
        else:
            # Shown in this very answer: a redirect would have to keep the text somewhere.
            shown = {"title": "The token is made", "crumbs": trail, "account": account, "token": token, "text": text}
            return render(request, "accounts/token_made.html", shown)
    return render(
        request,
        "generic/form.html",
        {
            "title": f"Make a token for {account.name}",
            "crumbs": trail,
            "form": form,
            "submit": "Make the token",
            "cancel": account.get_absolute_url(),
        },
        status=status_of(form),
    )


@administrators
def token_revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(ApiToken.objects.select_related("user"), id=key)
    form = our_forms.Reason(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke_token(token, actor=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except Refused as refusal:
            put_errors(form, refusal)
        else:
            messages.success(request, f"The token “{token.name}” was revoked.")
            return redirect(token.user)
    return render(
        request,
        "generic/transition.html",
        {
            "title": f"Revoke the token “{token.name}”",
            "crumbs": crumbs((token.user.name, token.user.get_absolute_url())),
            "help": "Whatever uses it is refused from this moment.",
            "form": form,
            "submit": "Revoke the token",
            "danger": True,
            "cancel": token.user.get_absolute_url(),
        },
        status=status_of(form),
    )
