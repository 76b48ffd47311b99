"""What an administrator does to an account in one step: roles, identity, sessions, its end and its return."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from cmo_lifecycle.accounts import actions
from cmo_lifecycle.accounts import forms as our_forms
from cmo_lifecycle.accounts.actions import Refused
from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.accounts.views.access import administrators, crumbs, put_errors, sent, status_of


@dataclass(frozen=True)
class Act:
    """One thing that an administrator does to an account: its words, its form, its action, and to whom it applies."""

    verb: str
    label: str
    help: str
    form: type[forms.Form]
    run: Callable[..., Any]
    done: str
    applies: Callable[[User], bool]
    danger: bool = False
    not_to_oneself: bool = False
    needs_person: bool = False


def _grant(found: User, data: dict[str, Any], actor: User) -> None:
    actions.grant_role(found, data["role"], actor=actor, reason=data["reason"])


def _withdraw(found: User, data: dict[str, Any], actor: User) -> None:
    actions.withdraw_role(found, data["role"], actor=actor, reason=data["reason"])


def _plainly(action: Callable[..., Any]) -> Callable[..., None]:
    def run(found: User, data: dict[str, Any], actor: User) -> None:
        action(found, actor=actor, reason=data["reason"])

    return run


ACTS = {
    act.verb: act
    for act in (
        Act(
            "grant_role", "Grant a role", "Roles decide what a person may do; memberships decide what they see.",
            our_forms.GrantRoleForm, _grant, "The role was granted.",
            lambda found: found.is_active, not_to_oneself=True, needs_person=True,
        ),
        Act(
            "withdraw_role", "Withdraw a role", "What the person signed in this role stays signed.",
            our_forms.WithdrawRoleForm, _withdraw, "The role was withdrawn.",
            lambda found: bool(found.roles), not_to_oneself=True, needs_person=True,
        ),
        Act(
            "verify_identity", "Verify the identity", "Note that you know whose account this is, before they sign.",
            our_forms.IdentityForm, _plainly(actions.verify_identity), "The identity is verified.",
            lambda found: not found.is_service and not found.identity_verified, not_to_oneself=True,
        ),
        Act(
            "end_sessions", "End all sessions", "The person is signed out everywhere and may sign in again.",
            our_forms.Reason, _plainly(actions.end_sessions), "All sessions were ended.",
            lambda found: found.is_active and not found.is_service,
        ),
        Act(
            "deactivate", "Deactivate", "Sessions and tokens end at once. Nothing that the account did is lost.",
            our_forms.Reason, _plainly(actions.deactivate), "The account is deactivated, and signed out everywhere.",
            lambda found: found.is_active, danger=True, not_to_oneself=True,
        ),
        Act(
            "reactivate", "Reactivate", "The account works again, with the roles it had. Tokens have to be made anew.",
            our_forms.Reason, _plainly(actions.reactivate), "The account is active again.",
            lambda found: not found.is_active,
        ),
    )
}  # fmt: skip


def steps_of(found: User, reader: User) -> list[dict[str, Any]]:
    """Return what the reader may do with the account, as the menu of steps shows it."""
    if not reader.has_role("administrator"):
        return []
    own = ["Nobody does this to their own account. Ask another administrator."]
    return [
        {
            "url": reverse("accounts:person_step", args=[found.pk, act.verb]),
            "label": act.label,
            "help": act.help,
            "blocked": own if act.not_to_oneself and found.pk == reader.pk else [],
            "primary": False,
        }
        for act in ACTS.values()
        if act.applies(found)
    ]


@administrators
def person_step(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Ask for what one act needs, and do it."""
    act = ACTS.get(verb)
    if act is None:
        raise Http404
    actor: User = request.user  # type: ignore[assignment]
    found = get_object_or_404(User.objects.visible_to(actor), pk=pk)
    extra = {"person": found} if act.needs_person else {}
    form = act.form(sent(request), **extra)
    if request.method == "POST" and form.is_valid():
        try:
            act.run(found, form.cleaned_data, actor)
        except Refused as refusal:
            put_errors(form, refusal)
        else:
            messages.success(request, act.done)
            return redirect(found)
    context = {
        "title": f"{act.label}: {found.name}",
        "crumbs": crumbs((found.name, found.get_absolute_url())),
        "help": act.help,
        "form": form,
        "submit": act.label,
        "danger": act.danger,
        "cancel": found.get_absolute_url(),
        "missing": _missing(act, found, actor),
    }
    return render(request, "generic/transition.html", context, status=status_of(form))


def _missing(act: Act, found: User, actor: User) -> list[str]:
    if act.not_to_oneself and found.pk == actor.pk:
        return ["Nobody does this to their own account. Ask another administrator."]
    if not act.applies(found):
        return ["This does not apply to the account as it stands now."]
    if act.verb == "grant_role" and not our_forms.GrantRoleForm(person=found).fields["role"].choices:  # type: ignore[attr-defined]
        return ["No role can be added to the ones held: administrator, auditor and CMO contact each stand alone."]
    return []
