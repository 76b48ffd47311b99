"""The pages on which an administrator adds a person, invites them and changes what is known of them."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from cmo_lifecycle.accounts import actions
from cmo_lifecycle.accounts import forms as our_forms
from cmo_lifecycle.accounts.actions import Refused
from cmo_lifecycle.accounts.invitation import invite
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.accounts.views.access import administrators, crumbs, put_errors, sent, status_of


@administrators
def person_add(request: HttpRequest) -> HttpResponse:
    """Add a person; the link to choose a password goes out by mail."""
    form = our_forms.NewPersonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        actor: User = request.user  # type: ignore[assignment]
        data = form.cleaned_data
        try:
            made = actions.add_person(
                actor=actor,
                name=data["name"],
                email=data["email"],
                job_title=data["job_title"],
                role_codes=data["roles"],
                reason=data["reason"],
            )
        except Refused as refusal:
            put_errors(form, refusal)
        else:
            _send_invitation(request, made, actor)
            return redirect(made)
    return render(
        request,
        "generic/form.html",
        {
            "title": "Add a person",
            "crumbs": crumbs(),
            "help": "The person gets a mail with a link to choose a password. Nobody else ever knows it.",
            "form": form,
            "submit": "Add the person",
            "cancel": reverse("accounts:person_list"),
        },
        status=status_of(form),
    )


def _send_invitation(request: HttpRequest, made: User, actor: User) -> None:
    try:
        invite(made, actor=actor, request=request)
    except OSError:
        messages.warning(request, "The account is there, but the mail could not be sent. Send the link again later.")
    else:
        messages.success(request, f"The link to choose a password was sent to {made.email}.")


@administrators
def person_invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the link to choose a password (again)."""
    actor: User = request.user  # type: ignore[assignment]
    found = get_object_or_404(User.objects.visible_to(actor), pk=pk)
    if request.method == "POST":
        try:
            _send_invitation(request, found, actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(found)
    return render(
        request,
        "generic/transition.html",
        {
            "title": f"Send the link to choose a password: {found.name}",
            "crumbs": crumbs((found.name, found.get_absolute_url())),
            "help": f"A link goes to {found.email}. It works once, for three days.",
            "form": forms.Form(),
            "submit": "Send the link",
            "cancel": found.get_absolute_url(),
        },
    )


@administrators
def person_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a person's name, address or title."""
    actor: User = request.user  # type: ignore[assignment]
    found = get_object_or_404(User.objects.visible_to(actor), pk=pk)
    kind = our_forms.EditServiceAccountForm if found.is_service else our_forms.EditPersonForm
    initial = {name: getattr(found, name) for name in actions.EDITABLE} | {"read": actions.fingerprint(found)}
    form = kind(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        values = {name: data[name] for name in actions.EDITABLE if name in data}
        try:
            actions.edit_person(found, values, actor=actor, reason=data["reason"], read=data["read"])
        except Refused as refusal:
            put_errors(form, refusal)
            # The next save is made knowing what the box above says.
            form.data = form.data.copy()
            form.data["read"] = actions.fingerprint(User.objects.get(pk=found.pk))
        else:
            messages.success(request, "The account was changed.")
            return redirect(found)
    return render(
        request,
        "generic/form.html",
        {
            "title": f"Edit {found.name}",
            "crumbs": crumbs((found.name, found.get_absolute_url())),
            "form": form,
            "submit": "Save",
            "cancel": found.get_absolute_url(),
        },
        status=status_of(form),
    )
