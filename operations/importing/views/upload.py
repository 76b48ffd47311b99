"""The wizard's first step: the file."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.editing import take_errors
from cmo_lifecycle.workflow.refusals import NotPermitted, Refusal
from operations.importing import uploads
from operations.importing.forms import UploadForm
from operations.importing.views.noun import may_import_any
from operations.models import ImportProfile


class UploadPage(NounPage):
    """The first step: the file."""

    http_method_names = ["get", "post", "head", "options"]

    def _check(self) -> None:
        if not may_import_any(self.user):
            raise PermissionDenied("Your roles do not let you import files.")

    def get(self, request: HttpRequest) -> HttpResponse:
        self._check()
        asked = request.GET.get("kind", "")
        return self._page(
            UploadForm(user=self.user, initial={"kind": asked} if asked in ImportProfile.Kind.values else None)
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        self._check()
        form = UploadForm(request.POST, request.FILES, user=self.user)
        if not form.is_valid():
            return self._page(form, 200)
        given = form.cleaned_data
        try:
            record = uploads.keep(given["file"], actor=self.user, kind=given["kind"], source="page")
        except NotPermitted as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except Refusal as refusal:
            take_errors(form, refusal)
            return self._page(form)
        chosen = f"?profile={given['profile_name']}" if given["profile_name"] else ""
        return redirect(f"{self.noun.url(record.pk)}map_columns/{chosen}")

    def _page(self, form: UploadForm, status: int = 200) -> HttpResponse:
        return self.shown(
            "operations/imports/upload.html",
            {
                "title": "Import a file",
                "sentence": "Nothing is written before you have seen what would come of it.",
                "crumbs": [(self.noun.heading, self.noun.list_url)],
                "form": form,
                "upload": True,
                "submit": "Upload",
                "cancel": self.noun.list_url,
            },
            status,
        )
