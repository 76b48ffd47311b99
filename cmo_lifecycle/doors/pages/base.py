"""What every page of a noun has in common."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import View

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.doors.pages.noun import Noun


class SignedIn(AccessMixin, View):
    """A page for people who are signed in."""

    #: Whether somebody from a CMO may open it.
    for_externals = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            return self.handle_no_permission()
        if user.is_external and not self.for_externals:
            raise PermissionDenied("This page is for the sponsor's own people.")
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def shown(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return render(self.request, template, context, status=status)


class NounPage(SignedIn):
    """A page of one noun."""

    noun: Noun = None  # type: ignore[assignment]

    def shown(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        context.setdefault("about", self.noun.about)
        return super().shown(template, context, status)

    def record(self, pk: Any) -> Any:
        """Return the record; a row this person may not see is as good as none."""
        found = self.noun.for_page(self.noun.rows(self.user)).filter(pk=pk).first()
        if found is None:
            raise Http404(f"There is no such {self.noun.noun}.")
        return found
