"""The pages on which an administrator or an auditor looks at people: the list, one person, the access review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cmo_lifecycle.accounts import access_review, roles
from cmo_lifecycle.accounts import forms as our_forms
from cmo_lifecycle.accounts.models import AccountEvent, ApiToken, User
from cmo_lifecycle.accounts.views.access import crumbs, overseers
from cmo_lifecycle.accounts.views.acts import steps_of
from cmo_lifecycle.audit.models import AuditEntry
from cmo_lifecycle.tabular import writer

PER_PAGE = 50


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
