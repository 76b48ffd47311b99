"""What people are asked for on the pages of people and of their own account."""

from __future__ import annotations

import copy
import zoneinfo
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from django import forms
from django.urls import get_resolver, get_urlconf
from django.utils import timezone
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import APIView

from cmo_lifecycle.accounts import roles
from cmo_lifecycle.accounts.actions import refusal_of_role
from cmo_lifecycle.accounts.models import User, role_choices
from cmo_lifecycle.accounts.tokens import InternalOnly, route_of

EVERYTHING = "*"


class Reason(forms.Form):
    """Every act of an administrator says why."""

    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the change, for whoever looks at it later.",
    )


class _WithReasonLast(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = copy.deepcopy(Reason.base_fields["reason"])
        self.order_fields([name for name in self.fields if name != "reason"])


def _roles_field(codes: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Roles",
        choices=codes,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Administrator, auditor and CMO contact each go with no other role.",
    )


class PersonForm(_WithReasonLast):
    """Name, address and title of a person; their roles only where the account is new."""

    name = forms.CharField(
        label="Full name",
        max_length=150,
        help_text="As it is printed beside the person's signatures.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The person signs in with it. It is never given to anybody else later.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    job_title = forms.CharField(label="Job title", max_length=150, required=False)


class NewPersonForm(PersonForm):
    roles = _roles_field(role_choices())


class EditPersonForm(PersonForm):
    read = forms.CharField(widget=forms.HiddenInput, required=False)


class ServiceAccountForm(_WithReasonLast):
    name = forms.CharField(label="Name", max_length=100, help_text="The system, such as “SAP deliveries”.")
    purpose = forms.CharField(label="What it is for", max_length=150)
    roles = _roles_field(
        [(code, label) for code, label in role_choices() if code not in ("administrator", "cmo_contact")]
    )


class EditServiceAccountForm(_WithReasonLast):
    name = forms.CharField(label="Name", max_length=150)
    job_title = forms.CharField(label="What it is for", max_length=150)
    read = forms.CharField(widget=forms.HiddenInput, required=False)


class GrantRoleForm(_WithReasonLast):
    """Offers only the roles that the person can be given."""

    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = set(person.roles)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.code, f"{role.label}: {role.purpose}")
            for role in roles.TABLE
            if not refusal_of_role(person.is_service, held, role.code)
        ]


class WithdrawRoleForm(_WithReasonLast):
    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.code, role.label) for role in roles.TABLE if role.code in person.roles
        ]


class IdentityForm(_WithReasonLast):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = forms.CharField(
            label="How the identity was checked",
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="For example: passport seen in person on the first day at work.",
        )
        self.fields["reason"] = field


def routes(action: str) -> list[tuple[str, str]]:
    """Return the routes of the REST door that a token can be for, with their names in words.

    `action` is `read` or `write`; for `write` without those at which nothing is written.
    """
    found, written = _routes(get_urlconf())
    return found if action == "read" else [(route, words) for route, words in found if route in written]


@cache
def _routes(urlconf: str | None) -> tuple[list[tuple[str, str]], frozenset[str]]:
    found: dict[str, str] = {}
    written = set()
    for view, methods in _views(get_resolver(urlconf).url_patterns):
        permissions = [one for one in view.permission_classes if isinstance(one, type)]
        if (route := route_of(view)) and any(issubclass(one, InternalOnly) for one in permissions):
            model = getattr(getattr(view, "queryset", None), "model", None) or getattr(view, "model", None)
            words = str(model._meta.verbose_name_plural) if model is not None else route.replace("-", " ")
            found.setdefault(route, words[:1].upper() + words[1:])
            if not methods <= {*SAFE_METHODS} and getattr(view, "scope_action", "write") == "write":
                written.add(route)
    return sorted(found.items(), key=lambda pair: pair[1].lower()), frozenset(written)


def _views(patterns: Iterable[Any]) -> Iterator[tuple[type[APIView], set[str]]]:
    """Yield each view of the REST door with the methods it has at one address."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _views(pattern.url_patterns)
            continue
        view = getattr(pattern.callback, "cls", None)
        if isinstance(view, type) and issubclass(view, APIView):
            # A view set has at each address the methods that lead to one of its actions.
            names = getattr(pattern.callback, "actions", None) or [
                name for name in view.http_method_names if hasattr(view, name)
            ]
            yield view, {name.upper() for name in names}


class TokenForm(_WithReasonLast):
    """A token's name, what it may do and until when. `key` makes a form sent twice one token."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label="Name", max_length=100, help_text="Where the token is used, such as “nightly load”.")
    read = forms.MultipleChoiceField(label="May read", required=False, widget=forms.CheckboxSelectMultiple)
    write = forms.MultipleChoiceField(
        label="May write",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever may write may read the same. No token ever signs.",
    )
    expires = forms.DateField(label="Last day", help_text="At most a year from now.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for action in ("read", "write"):
            choices = [(EVERYTHING, "Everything that the account sees"), *routes(action)]
            self.fields[action].choices = choices  # type: ignore[attr-defined]
        self.fields["key"].initial = uuid4
        self.fields["expires"].initial = lambda: timezone.localdate() + timedelta(days=90)

    def clean_expires(self) -> date:
        day = self.cleaned_data["expires"]
        today = timezone.localdate()
        if not today <= day <= today + timedelta(days=365):
            raise forms.ValidationError("Choose a day within the next year.")
        return day

    @property
    def until(self) -> datetime:
        """The end of the last day."""
        return datetime.combine(self.cleaned_data["expires"], time(23, 59, 59), UTC)

    @property
    def scopes(self) -> list[str]:
        """The scopes as they are kept: `read`, `write`, or `<route>:<action>`."""
        return [
            action if route == EVERYTHING else f"{route}:{action}"
            for action in ("read", "write")
            for route in self.cleaned_data[action]
        ]


class PeopleFilter(forms.Form):
    q = forms.CharField(label="Name or e-mail", required=False)
    role = forms.ChoiceField(label="Role", required=False, choices=[("", "Any"), *role_choices(), ("none", "No role")])
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "All"), ("person", "People"), ("service", "Service accounts")]
    )
    status = forms.ChoiceField(
        label="Status", required=False, choices=[("", "All"), ("active", "Active"), ("inactive", "Deactivated")]
    )


@cache
def _zones() -> list[tuple[str, str]]:
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class ProfileForm(forms.ModelForm):
    """What people set about themselves. Their name and roles are an administrator's to change."""

    time_zone = forms.ChoiceField(label="Time zone", help_text="Times are shown in it. Dates are the same everywhere.")
    single_key_shortcuts = forms.BooleanField(
        label="Single-key shortcuts",
        required=False,
        help_text="Switch them off if you use speech input: keys such as “?” then do nothing by themselves.",
    )

    class Meta:
        model = User
        fields = ("time_zone", "single_key_shortcuts")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = _zones()  # type: ignore[attr-defined]


class StatementForm(forms.Form):
    accepted = forms.BooleanField(
        label="I have read this statement and accept it",
        error_messages={"required": "Tick the box to accept the statement."},
    )
