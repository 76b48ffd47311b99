"""Files of records, handed out to whoever may see the record."""

from __future__ import annotations

import logging
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from cmo_lifecycle.doors.pages.base import SignedIn
from cmo_lifecycle.doors.pages.editing import take_errors
from cmo_lifecycle.doors.pages.registry import noun_of
from cmo_lifecycle.workflow import attachments
from cmo_lifecycle.workflow.models import Attachment
from cmo_lifecycle.workflow.refusals import Refusal

log = logging.getLogger(__name__)


class FilePage(SignedIn):
    """A page of one stored file, for whoever may see its record."""

    def file(self, pk: Any) -> tuple[Attachment, Any]:
        """Return the file and its record; a file of a record this person may not see is as good as none."""
        found = Attachment.objects.filter(pk=pk).select_related("record_type").first()
        model: Any = found.record_type.model_class() if found is not None else None
        record = None
        if found is not None and model is not None:
            record = model.objects.visible_to(self.user).filter(pk=found.record_id).first()
        if found is None or record is None:
            raise Http404("There is no such file.")
        return found, record


class AttachmentFile(FilePage):
    """One stored file: always a download, never shown in place, and only with the bytes it came with."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        found, _ = self.file(pk)
        if not self._intact(found):
            return self.shown(
                "workflow/altered_file.html",
                {"title": "This file was altered", "file": found},
                status=409,
            )
        response = FileResponse(
            found.file.open("rb"), as_attachment=True, filename=self._name(found), content_type=found.content_type
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response

    @staticmethod
    def _name(found: Attachment) -> str:
        # What lies in somebody's downloads says by its name alone that it no longer counts.
        return f"VOID {found.name}" if found.voided_reason else found.name

    @staticmethod
    def _intact(found: Attachment) -> bool:
        try:
            whole = found.is_intact()
        except OSError:
            whole = False
        if not whole:
            log.error("Attachment %s does not have the bytes it came with", found.pk)
        return whole


class VoidForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=attachments.REASON_MOST,
        help_text="Kept in the history and shown with the file.",
        error_messages={"required": "Say why the file no longer counts."},
    )


class VoidPage(FilePage):
    """Mark a file void, for a reason. It stays, and is still handed out to whoever may see the record."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        return self._page(*self._allowed(pk), VoidForm())

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        found, record = self._allowed(pk)
        form = VoidForm(request.POST)
        if not form.is_valid():
            return self._page(found, record, form, 400)
        try:
            attachments.void(found, actor=self.user, reason=form.cleaned_data["reason"], source="page")
        except Refusal as refusal:
            take_errors(form, refusal)
            return self._page(found, record, form, refusal.status)
        messages.success(request, f"{found} is void.")
        noun = noun_of(type(record))
        return redirect(noun.url(record.pk) if noun is not None else "home")

    def _allowed(self, pk: Any) -> tuple[Attachment, Any]:
        found, record = self.file(pk)
        if not attachments.may_void(record, self.user):
            raise PermissionDenied(f"Your roles do not let you void files of a {record._meta.verbose_name}.")
        return found, record

    def _page(self, found: Attachment, record: Any, form: VoidForm, status: int = 200) -> HttpResponse:
        noun = noun_of(type(record))
        back = noun.url(record.pk) if noun is not None else "/"
        return self.shown(
            "workflow/void.html",
            {
                "title": "Void a file",
                "file": found,
                "record_label": str(found),
                "crumbs": [*noun.crumbs(record), (noun.title(record), back)] if noun is not None else [],
                "help": "A void file no longer counts. It stays with the record, marked void, and can still be downloaded.",
                "missing": [f"This file is void already: {found.voided_reason}"] if found.voided_reason else [],
                "form": form,
                "submit": "Void the file",
                "danger": True,
                "cancel": back,
            },
            status,
        )
