"""Texts of agreements: read, brought in, laid over each other, handed out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.base import NounPage
from cmo_lifecycle.doors.pages.editing import not_edited, take_errors
from cmo_lifecycle.doors.pages.forms import ReasonField
from cmo_lifecycle.doors.pages.noun import Fact
from cmo_lifecycle.doors.pages.numbers import version_read, whole_number
from cmo_lifecycle.doors.pages.words import unread
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.workflow import attachments, edits
from cmo_lifecycle.workflow.refusals import InvalidInput, NotPermitted, Refusal, Stale
from contracts.clauses.shapes import AGREEMENTS
from contracts.documents import bring_in
from contracts.drafting import Drafted, draft
from contracts.filters import ContractDocumentFilters
from contracts.forms.agreements import TextForm
from contracts.models import Agreement, ContractDocument
from contracts.reading import compared, stretches


class Texts(pages.Noun):
    """Versions of the texts of agreements."""

    model = ContractDocument
    columns = (
        Column("agreement", "Agreement", kind="link", value="agreement.reference", note="agreement.title"),
        Column("number", "Version", kind="number"),
        Column("origin", "It is", value="get_origin_display"),
        Column("created_at", "Brought in", kind="datetime"),
        Column("note", "What is new", wrap=True),
        Column("sha256", "SHA-256", default=False),
    )
    sorts = {"agreement": "agreement__reference", "created_at": "created_at"}
    sort = "-created_at"
    filters = ContractDocumentFilters
    has_attachments = False
    list_sentence = "Every version of every text, as it came. None is ever changed."
    empty_sentence = "Bring in the text of an agreement at its page."
    detail_template = "contracts/agreements/text.html"

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement").defer("words", "pages")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("agreement__cmo", "agreement__parent", "file", "created_by")

    def title(self, record: ContractDocument) -> str:
        return f"Text version {record.number}"

    def parent(self, record: ContractDocument) -> Agreement:
        return record.agreement

    def sentence(self, record: ContractDocument, request: HttpRequest) -> str:
        newest = record.agreement.current_document()
        if newest is not None and newest.pk == record.pk:
            return f"The newest version of {record.agreement}: it is what is approved and signed."
        return f"An earlier version of {record.agreement}; version {newest.number} stands now."

    def facts(self, record: ContractDocument, request: HttpRequest) -> list[Fact]:
        one: Any = record
        file = record.file
        return [
            ("Agreement", record.agreement, record.agreement.get_absolute_url()),
            ("It is", one.get_origin_display(), ""),
            ("Brought in by", record.created_by or "", ""),
            ("File", file.name if file else "", reverse("attachment", args=[file.pk]) if file else ""),
            ("Letters", f"{len(record.words):,}", ""),
            ("SHA-256", record.sha256, ""),
            ("What is new", record.note, ""),
        ]

    def links(self, record: ContractDocument, request: HttpRequest) -> list[dict[str, str]]:
        found = [
            {
                "label": "Text file",
                "url": reverse("contracts:contract_document_text", args=[record.pk]),
                "icon": "download",
            }
        ]
        if record.number > 1:
            where = reverse("contracts:agreement_red_line", args=[record.agreement_id])  # type: ignore[attr-defined]
            url = f"{where}?from={record.number - 1}&to={record.number}"
            found.insert(0, {"label": "Red line to the version before", "url": url, "icon": ""})
        return found

    def panels(self, record: ContractDocument, request: HttpRequest) -> Iterable[Panel]:
        found = stretches(record)
        heads = [one for one in found if one.heading]
        body = render_to_string("contracts/agreements/panels/reading.html", {"stretches": found})
        yield Panel("Text", body, key="reading")
        if heads:
            body = render_to_string("contracts/agreements/panels/contents.html", {"heads": heads})
            yield Panel("Contents", body, side=True, key="contents")


class TextFile(NounPage):
    """The words of one version as a plain file."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        return text_file(self.record(pk))


def text_file(document: ContractDocument) -> HttpResponse:
    """Return the words of a version as a file that is downloaded, never shown in place."""
    response = HttpResponse(document.words, content_type="text/plain; charset=utf-8")
    name = attachments.clean_name(f"{document.agreement.reference} version {document.number}.txt".replace("/", "-"))
    safe = name.encode("ascii", "replace").decode().replace('"', "'").replace("?", "_")
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def drafted(agreement: Agreement) -> Drafted | None:
    """Return a first text of the library's clauses; None for a kind that the library has no clauses for."""
    if agreement.kind not in AGREEMENTS:
        return None
    return draft(
        agreement.kind,
        title=agreement.title,
        sponsor=agreement.our_party or settings.SPONSOR_NAME or "Sponsor",
        cmo=agreement.their_party or agreement.cmo.legal_name,
    )


class BringInPage(NounPage):
    """Bring in the next version of an agreement's text."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        agreement = self._open(pk)
        made = drafted(agreement) if "library" in request.GET else None
        form = self._form(agreement)
        if made is not None:
            form.initial["words"] = made.text
        return self._page(agreement, form, made=made)

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        agreement = self._open(pk)
        form = self._form(agreement, request.POST, request.FILES)
        version = version_read(request.POST.get("version"), agreement)
        if version is None:
            form.is_valid()
            form.add_error(None, unread(self.noun.noun))
            return self._page(agreement, form, 400)
        if not form.is_valid():
            return self._page(agreement, form)
        said = form.cleaned_data
        try:
            made = bring_in(
                agreement,
                actor=self.user,
                words=said["words"],
                file=said["file"],
                origin=said["origin"],
                note=said["note"],
                version=version,
                reason=said.get("reason", ""),
                source="page",
            )
        except InvalidInput as refusal:
            take_errors(form, refusal)
            return self._page(agreement, form)
        except NotPermitted as refusal:
            raise PermissionDenied(" ".join(refusal.sentences)) from refusal
        except Stale as refusal:
            form.add_error(None, [*refusal.sentences, "Look at what changed, then send it again."])
            return self._page(self._open(pk), form, 412)
        except Refusal as refusal:
            form.add_error(None, refusal.sentences)
            return self._page(agreement, form, refusal.status)
        messages.success(request, f"Brought in {made}.")
        return redirect(made.get_absolute_url())

    def _open(self, pk: Any) -> Agreement:
        agreement: Agreement = self.record(pk)
        if not edits.may_edit(agreement, self.user):
            if not agreement.is_editable and self.user.has_role(*Agreement.may_edit):
                raise PermissionDenied(not_edited(agreement, self.user))
            raise PermissionDenied("Your roles do not let you bring in a text.")
        return agreement

    def _form(self, agreement: Agreement, *data: Any) -> TextForm:
        form = TextForm(*data)
        if agreement.needs_reason:
            form.fields["reason"] = ReasonField()
        return form

    def _page(
        self, agreement: Agreement, form: TextForm, status: int = 200, made: Drafted | None = None
    ) -> HttpResponse:
        begins = made is None and not form.is_bound and agreement.current_document() is None
        offered = begins and agreement.kind in AGREEMENTS
        return self.shown(
            "contracts/agreements/bring_in.html",
            {
                "title": "Bring in the text",
                "sentence": str(agreement),
                "crumbs": [*self.noun.crumbs(agreement), (agreement.reference, self.noun.url(agreement.pk))],
                "form": form,
                "submit": "Bring it in",
                "cancel": f"{self.noun.url(agreement.pk)}?tab=texts",
                "hidden": {"version": agreement.version},
                "upload": True,
                "has_errors": form.is_bound,
                "library_url": "?library=1" if offered else "",
                "drafted": made is not None,
                "blanks": made.blanks if made is not None else (),
                "kinds_of_blank": list(dict.fromkeys(made.blanks)) if made is not None else [],
                "help": "It becomes the version that is approved and signed. What was approved before is asked for anew."
                if agreement.state in (Agreement.State.INTERNAL_REVIEW, Agreement.State.APPROVED)
                else "",
            },
            status,
        )


class RedLinePage(NounPage):
    """Two versions of a text laid over each other."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        agreement = self.record(pk)
        rows = ContractDocument.objects.visible_to(self.user).filter(agreement=agreement).order_by("number")
        numbers = list(rows.values_list("number", flat=True))
        context: dict[str, Any] = {
            "title": "Red line",
            "sentence": str(agreement),
            "agreement": agreement,
            "crumbs": [*self.noun.crumbs(agreement), (agreement.reference, self.noun.url(agreement.pk))],
            "numbers": numbers,
            "texts_url": f"{self.noun.url(agreement.pk)}?tab=texts",
        }
        if len(numbers) > 1:
            first = self._number("from", numbers, numbers[-2])
            last = self._number("to", numbers, numbers[-1])
            old, new = rows.get(number=first), rows.get(number=last)
            context["pieces"], context["counts"] = compared(old.words, new.words)
            context |= {"old": old, "new": new}
        return self.shown("contracts/agreements/red_line.html", context)

    def _number(self, name: str, known: list[int], usual: int) -> int:
        text = self.request.GET.get(name, "")
        if not text:
            return usual
        number = whole_number(text)
        if number not in known:
            raise Http404("There is no such version of the text.")
        return number


__all__ = ["BringInPage", "RedLinePage", "TextFile", "Texts", "text_file"]
