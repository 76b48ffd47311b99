"""Writing a proposal: the two envelopes field by field, files, and the workbook."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from cmo_lifecycle.tabular.errors import TableError
from cmo_lifecycle.workflow.attachments import ALLOWED
from cmo_lifecycle.workflow.refusals import InvalidInput
from evaluation import workbook
from evaluation.actions import portal
from evaluation.asking import questions_of
from evaluation.bidding import TECHNICAL, standing
from evaluation.models import SealedFile
from evaluation.models.vocabulary import EnvelopeKind
from evaluation.portal import fields, words
from evaluation.portal.base import InvitationPage, wants_json
from evaluation.workbook.layout import MOST_BYTES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TAKEN = ",".join(sorted({ending for endings in ALLOWED.values() for ending in endings}))


class Envelope(InvitationPage):
    """One envelope: its questions by group, its files; prices in the commercial one. It saves itself."""

    def page(self, kind: str, posted: Any = None, errors: Any = None) -> HttpResponseBase:
        self.tab = kind
        here = standing(self.proposal)
        content = here.draft[kind]
        items, lines = self._items(kind, content)
        status = 200
        problems: list[tuple[str, str, str]] = []
        if posted is not None:
            fields.read(posted, items, lines)
            problems = _show_errors(errors, items, lines)
            status = 400
        missing = here.faults.get("answers", {})
        return self.invitation(
            "portal/envelope.html",
            {
                "title": f"{EnvelopeKind(kind).label}, {self.rfp.title}",
                "kind": kind,
                "label": EnvelopeKind(kind).label,
                "standing": here,
                "groups": fields.grouped(items),
                "lines": lines,
                "currencies": fields.currencies(self.rfp.currency) if lines else [],
                "usual_currency": self.rfp.currency,
                "files": fields.loose_files(content),
                "base": fields.base_of(items, lines),
                "given": sum(one.is_given for one in items) + sum(line.is_given for line in lines),
                "of": len(items) + len(lines),
                "missing": sum(one.question.code in missing for one in items)
                + (len(here.faults.get("prices", {})) if lines else 0),
                "taken": TAKEN,
                "problems": problems,
                "has_errors": bool(problems),
            },
            status,
        )

    def _items(self, kind: str, content: Any) -> tuple[list[fields.Asked], list[fields.Priced]]:
        if kind not in EnvelopeKind.values:
            raise Http404("There is no such envelope.")
        items = fields.asked(questions_of(self.rfp, kind), content)
        sheet = self.rfp.price_sheet.order_by("position") if kind != TECHNICAL else []  # type: ignore[attr-defined]
        return items, fields.priced(sheet, content)

    def act(self, kind: str) -> HttpResponseBase:
        here = standing(self.proposal)
        items, lines = self._items(kind, here.draft.get(kind))
        post = self.request.POST
        posted = fields.read(post, items, lines)
        saved = portal.save(
            self.proposal, self.bidder, answers=posted.answers, prices=posted.prices, what_fits=True
        )  # fmt: skip
        if wants_json(self.request):
            return self._told(kind, posted, saved)
        if saved.errors:
            return self.page(kind, post, saved.errors)
        onward = post.get("then", "")
        if onward not in ("commercial", "submit"):
            return redirect(self.address("envelope", kind) + ("?replaced=1" if posted.replaced else "?saved=1"))
        return redirect(self.address("submit") if onward == "submit" else self.address("envelope", onward))

    def _told(self, kind: str, posted: fields.Posted, saved: portal.Saved) -> JsonResponse:
        """Answer a form that saves itself: when, what did not fit, and the marks of what is kept now."""
        items, lines = self._items(kind, saved.draft[kind])
        errors: dict[str, dict[str, str]] = {}
        for name, sentences in saved.errors.items():
            table, code = name.split(".", 1)
            if table == "prices":
                code, _, part = code.rpartition(".")
                errors.setdefault(f"p-{code}", {})[part] = sentences[0]
            else:
                errors[f"a-{code}"] = {"": sentences[0]}
        sent = {f"a-{code}" for code in posted.answers} | {f"p-{code}" for code in posted.prices}
        marks = {one.name: one.digest for one in items} | {line.name: line.digest for line in lines}
        return JsonResponse(
            {
                "at": timezone.now().isoformat(),
                "base": {name: marks[name] for name in sent if name in marks and name not in errors},
                "errors": errors,
                "replaced": posted.replaced,
                "given": sum(one.is_given for one in items) + sum(line.is_given for line in lines),
            }
        )


def _show_errors(
    errors: dict[str, list[str]], items: list[fields.Asked], lines: list[fields.Priced]
) -> list[tuple[str, str, str]]:
    """Put the sentences where they belong; return them all as (address, label, sentence)."""
    found = []
    for one in items:
        if said := errors.get(f"answers.{one.question.code}"):
            one.error = said[0]
            found.append((one.id, one.question.text, said[0]))
    for line in lines:
        stem = f"prices.{line.line.code}."
        line.errors = {name.removeprefix(stem): said[0] for name, said in errors.items() if name.startswith(stem)}
        found += [(line.id, line.line.label, said) for said in line.errors.values()]
    return found


class AddFile(InvitationPage):
    """Seal a file under its question, or in an envelope as such."""

    def act(self) -> HttpResponseBase:
        question, envelope = self.request.POST.get("question", ""), self.request.POST.get("envelope", "")
        upload = self.request.FILES.get("file")
        try:
            if upload is None:
                raise InvalidInput({"file": ["Choose a file first."]})
            key = portal.add_file(self.proposal, self.bidder, upload, question=question, envelope=envelope)
        except InvalidInput as refusal:
            sentence = " ".join(one for given in refusal.errors.values() for one in given)
            if wants_json(self.request):
                return JsonResponse({"sentence": sentence}, status=400)
            return self.refused(refusal)
        if wants_json(self.request):
            return JsonResponse({"at": timezone.now().isoformat(), "file": str(key)})
        place = f"#q-{question}" if question else "#files"
        return redirect(self.address("envelope", envelope if envelope in EnvelopeKind.values else TECHNICAL) + place)


class File(InvitationPage):
    """One file of one's own draft or submission, back as it came."""

    def page(self, file: Any) -> HttpResponseBase:
        try:
            name, kind, data = portal.read_file(self.proposal, self.bidder, file)
        except SealedFile.DoesNotExist:
            raise Http404("There is no such file.") from None
        response = HttpResponse(data, content_type=kind)
        response.headers["Content-Disposition"] = _attachment(name)
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _attachment(name: str) -> str:
    from django.utils.http import content_disposition_header

    return content_disposition_header(True, name) or "attachment"


class RemoveFile(InvitationPage):
    """Take a file out of the draft."""

    def act(self, file: Any) -> HttpResponseBase:
        envelope = self.request.POST.get("envelope", TECHNICAL)
        portal.remove_file(self.proposal, self.bidder, file)
        return redirect(self.address("envelope", envelope if envelope in EnvelopeKind.values else TECHNICAL))


class Workbook(InvitationPage):
    """The proposal as a workbook: out with the draft in it, back with what was filled in; whole or not at all."""

    def page(self) -> HttpResponseBase:
        rfp, here = self.rfp, standing(self.proposal)
        data = workbook.write(
            rfp.title, rfp.reference, words.utc(rfp.closes_at) if rfp.closes_at else "",
            questions_of(rfp), list(rfp.price_sheet.order_by("position")), str(self.proposal.cmo),  # type: ignore[attr-defined]
            answers={code: one for content in here.draft.values() for code, one in content.answers.items()},
            prices=here.draft["commercial"].prices,
        )  # fmt: skip
        response = HttpResponse(data, content_type=XLSX)
        response.headers["Content-Disposition"] = _attachment(f"{rfp.reference} proposal.xlsx")
        return response

    def act(self) -> HttpResponseBase:
        upload = self.request.FILES.get("file")
        if upload is None:
            return self._faulty([("", "", "Choose the workbook that you filled in.")])
        if (upload.size or 0) > MOST_BYTES:
            return self._faulty([("", "", f"The workbook is larger than {MOST_BYTES >> 20} MB.")])
        rfp = self.rfp
        lines = list(rfp.price_sheet.order_by("position"))  # type: ignore[attr-defined]
        try:
            found = workbook.read(upload.read(), questions_of(rfp), lines, rfp.reference)
        except TableError as error:
            return self._faulty([("", "", str(error))])
        if found.faults:
            return self._faulty([tuple(one) for one in found.faults])
        prices = {one["code"]: one for one in found.prices}
        try:
            portal.save(self.proposal, self.bidder, answers=found.answers, prices=prices)
        except InvalidInput as refusal:
            return self._faulty([("", name, said) for name, sentences in refusal.errors.items() for said in sentences])
        return redirect(self.address("submit") + f"?workbook={len(found.answers)}-{len(prices)}")

    def _faulty(self, faults: list[Any]) -> HttpResponseBase:
        return self.invitation(
            "portal/workbook.html",
            {"title": "The workbook was not taken", "faults": faults, "has_errors": True},
            400,
        )
