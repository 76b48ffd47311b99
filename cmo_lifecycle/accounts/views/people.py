"""The pages on which an administrator manages people, and an auditor looks at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from cmo_lifecycle.accounts import access_review, actions, roles
from cmo_lifecycle.accounts import forms as our_forms
from cmo_lifecycle.accounts.actions import Refused
from cmo_lifecycle.accounts.invitation import invite
from cmo_lifecycle.accounts.models import AccountEvent, ApiToken, User
from cmo_lifecycle.accounts.views.access import administrators, overseers, put_errors, sent
from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.tabular import writer

PER_PAGE = 50
PEOPLE = ("People", "accounts:person_list")


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(PEOPLE[0], reverse(PEOPLE[1])), *more]


# -- lists ---------------------------------------------------------------------------------------------------


@overseers
@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, people and services."""
    form = our_forms.PeopleFilter(request.GET or None)
    people = User.objects.order_by("-is_active", "is_service", "name", "id")
    if form.is_bound and form.is_valid():
        people = _narrow(people, form.cleaned_data)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    held = access_review.roles_since(list(page.object_list))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "accounts/person_list.html",
        {
            "title": "People",
            "sentence": "Everybody who can sign in, and the systems that have an account.",
            "filter_form": form,
            "rows": [(person, held.get(person.pk, ())) for person in page.object_list],
            "page": page,
            "query": query.urlencode(),
            "may_manage": request.user.has_role("administrator"),  # type: ignore[union-attr]
        },
    )


def _narrow(people: QuerySet[User], asked: dict[str, str]) -> QuerySet[User]:
    if asked["q"]:
        people = people.filter(Q(name__icontains=asked["q"]) | Q(email__icontains=asked["q"]))
    if asked["role"] == "none":
        people = people.exclude(groups__name__in=roles.BY_CODE)
    elif asked["role"]:
        people = people.filter(groups__name=asked["role"])
    if asked["kind"]:
        people = people.filter(is_service=asked["kind"] == "service")
    if asked["status"]:
        people = people.filter(is_active=asked["status"] == "active")
    return people


@overseers
@require_safe
def access_review_page(request: HttpRequest) -> HttpResponse:
    """Who has which role since when, to look through and to print."""
    return render(
        request,
        "accounts/access_review.html",
        {
            "title": "Access review",
            "sentence": "Who has which role since when. Look it through regularly, and withdraw what is not needed.",
            "crumbs": crumbs(),
            "accounts": access_review.accounts(),
            "now": timezone.now(),
        },
    )


@overseers
@require_safe
def access_review_csv(request: HttpRequest) -> HttpResponse:
    """The access review as a file."""
    rows = list(access_review.table(access_review.accounts()))
    response = StreamingHttpResponse(
        writer.stream_csv(access_review.COLUMNS, rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="access-review-{timezone.localdate():%Y-%m-%d}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


# -- one person ----------------------------------------------------------------------------------------------


@login_required
@require_safe
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One account: all of it for administrators and auditors, the visiting card for colleagues."""
    reader: User = request.user  # type: ignore[assignment]
    found = get_object_or_404(User.objects.visible_to(reader), pk=pk)
    context: dict[str, Any] = {
        "title": found.name,
        "person": found,
        "facts": [("E-mail", found.email, ""), ("Job title", found.job_title, "")],
        "sentence": ", ".join(found.role_labels) or "No role yet",
    }
    if not reader.has_role("administrator", "auditor"):
        if found.is_service:
            raise Http404
        return render(request, "accounts/person_card.html", context)
    context |= _whole_account(found, reader)
    return render(request, "accounts/person.html", context)


def _whole_account(found: User, reader: User) -> dict[str, Any]:
    from allauth.usersessions.models import UserSession

    review_facts: list[tuple[str, Any, str]] = [
        ("What it is for" if found.is_service else "Job title", found.job_title, ""),
        ("E-mail", found.email, ""),
        ("Account since", _moment(found.created_at), ""),
        ("Last sign-in", _moment(found.last_login) if found.last_login else "Never", ""),
    ]
    if not found.is_service:
        accepted = f"Version {found.statement_version}" if found.statement_version else "Not accepted"
        review_facts += [
            ("Password chosen", "Yes" if found.has_usable_password() else "Not yet", ""),
            ("Identity verified", "Yes" if found.identity_verified else "Not yet", ""),
            ("Accountability statement", accepted, ""),
        ]
    else:
        review_facts.pop()
    return {
        "crumbs": crumbs(),
        "facts": review_facts,
        "held": access_review.roles_since([found]).get(found.pk, ()),
        "programmes": list(found.programmes.all()),
        "sessions": list(UserSession.objects.filter(user=found).order_by("-last_seen_at")[:20]),
        "tokens": list(ApiToken.objects.filter(user=found).select_related("created_by")),
        "now": timezone.now(),
        "events": [told(event) for event in _events_of(found)[:30]],
        "trail": list(AuditEntry.objects.visible_to(reader).of(found)[:20]),
        "steps": steps_of(found, reader),
        "may_manage": reader.has_role("administrator"),
    }


def _events_of(found: User) -> QuerySet[AccountEvent]:
    return AccountEvent.objects.filter(Q(person=found) | Q(by=found)).select_related("by", "person")


def _moment(value: Any) -> str:
    return f"{timezone.localtime(value):%-d %b %Y %H:%M %Z}"


def told(event: AccountEvent) -> dict[str, Any]:
    """Put an event of an account into the shape that the timeline shows."""
    details = event.details
    what = event.get_kind_display()
    if "role" in details:
        what += f": {roles.BY_CODE[details['role']].label if details['role'] in roles.BY_CODE else details['role']}"
    elif "token" in details:
        what += f": {details['token']}"
    elif "step" in details:
        what += f" ({details['step']})"
    elif "why" in details:
        what += " (nothing happened for too long)" if details["why"] == "idle" else " (the session was too old)"
    other = event.person if event.person is not None and event.person_id != event.by_id else None
    return {
        "at": event.at,
        "who": str(event.by) if event.by else "Somebody",
        "what": what,
        "about": f"({other})" if other else "",
        "reason": event.reason,
        "source": event.ip or "",
        "changes": [(name.replace("_", " "), old, new) for name, (old, new) in details.get("changes", {}).items()],
    }


# -- acts ----------------------------------------------------------------------------------------------------


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
    return render(request, "generic/transition.html", context, status=_status(form))


def _missing(act: Act, found: User, actor: User) -> list[str]:
    if act.not_to_oneself and found.pk == actor.pk:
        return ["Nobody does this to their own account. Ask another administrator."]
    if not act.applies(found):
        return ["This does not apply to the account as it stands now."]
    if act.verb == "grant_role" and not our_forms.GrantRoleForm(person=found).fields["role"].choices:  # type: ignore[attr-defined]
        return ["No role can be added to the ones held: administrator, auditor and CMO contact each stand alone."]
    return []


def _status(form: forms.Form) -> int:
    return 422 if form.is_bound and form.errors else 200


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
        status=_status(form),
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
        status=_status(form),
    )


# -- service accounts and tokens -------------------------------------------------------------------------------


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
        status=_status(form),
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
        status=_status(form),
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
        status=_status(form),
    )
