"""What the pages of people have in common: who reaches them, where they stand, how a form is answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from cmo_lifecycle.accounts import roles as role_table
from cmo_lifecycle.accounts.actions import Refused

View = Callable[..., HttpResponse]

PEOPLE = ("People", "accounts:person_list")


def for_roles(*codes: str) -> Callable[[View], View]:
    """Let only people with one of the roles in; others are told so (403), strangers are sent to sign in."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_role(*codes):  # type: ignore[union-attr]
                raise PermissionDenied(f"This page is for: {', '.join(map(role_table.label, codes))}.")
            return view(request, *args, **kwargs)

        return guarded

    return decorate


overseers = for_roles("administrator", "auditor")
administrators = for_roles("administrator")


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(PEOPLE[0], reverse(PEOPLE[1])), *more]


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, even if it is nothing; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def put_errors(form: forms.Form, refusal: Refused) -> None:
    """Show a refusal's sentences at the fields that the form has, and above it otherwise."""
    for name, sentences in refusal.errors.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def status_of(form: forms.Form) -> int:
    return 422 if form.is_bound and form.errors else 200
