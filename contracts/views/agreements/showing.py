"""What an agreement's page shows of its terms, texts, amendments, signatories, approvals and neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors.pages.registry import url_of
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import state_badge_html
from cmo_lifecycle.workflow import edits, parts
from contracts.authorities import found_splits, needed, roles_needed, unanswered
from contracts.covering import set_of
from contracts.dates import position_of
from contracts.drafting import blanks_in
from contracts.effective import HEAD, executed_amendments, head_label, shapes_of
from contracts.forms.agreements import OnForm
from contracts.models import Agreement, AuthorityLimit, ContractDocument, Signatory
from contracts.stating import in_words, said_on
from contracts.views.agreements.writers import PROVISIONS_WRITER, SIGNATORIES_WRITER, TERMS_WRITER
from strategy.sums.errors import SumError

S = Agreement.State
K = Agreement.Kind
#: So many characters of a text stand on the step pages; the whole of it is one link away.
SHOWN = 20_000


def _rendered(name: str, given: dict[str, Any]) -> SafeString:
    return render_to_string(f"contracts/agreements/panels/{name}.html", given)


# ---- the overview


def overview(record: Agreement, request: HttpRequest) -> Iterator[Panel]:
    user: Any = request.user
    if record.registered_as_existing:
        yield Panel("Registered as existing", _rendered("registered", {"agreement": record}), key="registered")
    if record.kind != K.AMENDMENT:
        at = position_of(record)
        told = {"problem": at} if isinstance(at, str) else {"at": at}
        yield Panel("Term and notice", _rendered("notice", {"agreement": record, **told}), key="notice")
    if record.state in (*Agreement.OPEN, S.OUT_FOR_SIGNATURE):
        yield Panel("Approvals it needs", _rendered("approvals", approvals(record)), key="approvals")
    document = record.current_document()
    body = _rendered("text", {"agreement": record, "document": document})
    # Without a text there is nothing to negotiate, judge or approve.
    first = document is None and record.state in Agreement.WRITABLE
    actions = [{**one, "primary": first} for one in _bring_in(record, user, document)]
    yield Panel("Text", body, actions=actions, key="text", first=first)
    yield Panel("Beside it", _rendered("beside", beside(record, user)), side=True, key="beside")
    yield Panel("Signatories", _rendered("signatories", signatories(record)), side=True, key="signatories")
    if record.notes:
        yield Panel("Notes", _rendered("notes", {"agreement": record}), key="notes")


def approvals(record: Agreement) -> dict[str, Any]:
    """Return the approvals that an agreement needs with the sentence why, and questions of splitting."""
    problem, lines = "", []
    if record.is_commercial:
        try:
            lines = [
                {"line": dict(AuthorityLimit.Line.choices).get(one.line, one.line), "sentence": one.sentence, "open": bool(one.roles)}
                for one in needed(record)
            ]  # fmt: skip
        except SumError as error:
            problem = str(error)
    splits = [
        {"answer": one, "badge": state_badge_html(one), "url": url_of(one)} for one in record.split_answers.all()  # type: ignore[attr-defined]
    ]  # fmt: skip
    asked = {tuple(one["answer"].codes) for one in splits}
    return {
        "agreement": record,
        "roles": [role_label(role) for role in roles_needed(record)],
        "lines": lines,
        "problem": problem,
        "splits": splits,
        "found": [one for one in unanswered(found_splits(record)) if tuple(one.codes) not in asked],
    }


def authority(record: Agreement) -> SafeString:
    """Return the approvals that an agreement needs, with the arithmetic of authority, as the panel shows them."""
    return _rendered("approvals", approvals(record))


def beside(record: Agreement, user: Any) -> dict[str, Any]:
    """Return what governs an agreement, what it governs, and which quality agreement prevails."""
    seen = Agreement.objects.visible_to(user)
    under = seen.filter(parent=record).exclude(kind=K.AMENDMENT).order_by("kind", "reference")
    quality = []
    if record.nature != K.QAG:
        base = record.parent if record.kind == K.AMENDMENT and record.parent is not None else record
        quality = [one for one in set_of(base) if one.kind == K.QAG and one.prevails_on_quality]
    mine = {row.pk for row in seen.filter(pk__in=[one.pk for one in (*record.above(), *quality)])}
    return {
        "agreement": record,
        "above": [one for one in record.above() if one.pk in mine],
        "under": list(under),
        "quality": [one for one in quality if one.pk in mine],
        "prevails": record.kind == K.QAG and record.prevails_on_quality,
        "replaced_by": list(seen.filter(replaces=record)),
    }


def signatories(record: Agreement) -> dict[str, Any]:
    """Return who signs, who has, and what keeps somebody from it."""
    from contracts.actions.agreements import sign
    from contracts.standing import signed_by

    given = signed_by(record)
    rows = []
    for row in parts.rows_of(record, Signatory):
        user = row.user
        why = ""
        if row.contact_id and user is None:
            why = "Has no account: legal records the signature on paper."
        elif user is not None and not user.identity_verified:
            why = "An administrator has to verify who it is before the first signature."
        elif user is not None and not user.has_accepted_statement:
            why = "Reads and accepts the statement on signatures first."
        rows.append({"row": row, "at": given.get(user.pk) if user is not None else None, "why": why})
    if record.paper_signed_on is not None:
        for one in rows:
            if one["row"].contact_id:
                one["paper"], one["why"] = record.paper_signed_on, ""
    return {"agreement": record, "rows": rows, "waits": record.state == S.OUT_FOR_SIGNATURE, "meaning": sign.meaning}


# ---- tabs


def terms(record: Agreement, request: HttpRequest) -> Iterator[Panel]:
    """Yield what holds on a chosen day, as known on another."""
    user: Any = request.user
    on, known = timezone.localdate(), None
    form = OnForm(request.GET if {"on", "known"} & {*request.GET} else None, initial={"on": on})
    if form.is_bound and form.is_valid():
        on, known = form.cleaned_data["on"] or on, form.cleaned_data["known"]
    saying = said_on(record, on, known)
    at = position_of(record, on)
    given = {
        "agreement": record,
        "saying": saying,
        "form": form,
        "today": timezone.localdate(),
        "position": "" if isinstance(at, str) or known is not None else at.sentence,
        "url_known": f"&known={known.isoformat()}" if known else "",
    }
    may = TERMS_WRITER.may_write(record, user)
    actions = [{"label": "Write the terms", "url": TERMS_WRITER.url(record)}] if may else []
    yield Panel("What holds", _rendered("terms", given), actions=actions, flush=False, key="terms")


def provisions(record: Agreement, request: HttpRequest) -> Iterator[Panel]:
    """Yield what an amendment does, beside what stood before it."""
    base = record.parent
    assert base is not None
    rows = provided(record, base)
    may = PROVISIONS_WRITER.may_write(record, request.user)  # type: ignore[arg-type]
    actions = [{"label": "Write the provisions", "url": PROVISIONS_WRITER.url(record)}] if may else []
    body = _rendered("provisions", {"rows": rows, "agreement": record, "base": base, "may": may})
    yield Panel("What it changes", body, actions=actions, key="provisions")


def provided(record: Agreement, base: Agreement) -> list[dict[str, Any]]:
    """Return what an amendment provides, each line with the name of its term and its value in words."""
    found = parts.rows_of(record, _provision())
    shapes = shapes_of(base) | {row.path: (row.label or row.path, row.kind, row.unit) for row in found if row.kind}
    return [
        {
            "row": row,
            "label": head_label(row.path) if row.path in HEAD else shapes.get(row.path, (row.path,))[0],
            "words": in_words(row.path, row.value, shapes) if row.value else "",
        }
        for row in found
    ]


def _provision() -> Any:
    from contracts.models import Provision

    return Provision


def texts(record: Agreement, request: HttpRequest) -> Iterator[Panel]:
    """Yield the versions of the text."""
    user: Any = request.user
    found = list(
        ContractDocument.objects.visible_to(user)
        .filter(agreement=record)
        .select_related("file", "created_by")
        .defer("words", "pages")
        .order_by("-number")
    )
    body = _rendered("texts", {"agreement": record, "rows": found, "may": edits.may_edit(record, user)})
    yield Panel("Versions of the text", body, actions=_bring_in(record, user, found[0] if found else None), key="texts")


def _bring_in(record: Agreement, user: Any, document: Any) -> list[dict[str, Any]]:
    if not edits.may_edit(record, user):
        return []
    label = "Bring in the next version" if document is not None else "Bring in the text"
    return [{"label": label, "url": reverse("contracts:agreement_bring_in", args=[record.pk])}]


def amendments(record: Agreement, request: HttpRequest) -> Iterator[Panel]:
    """Yield what amends an agreement, in the order of the signatures, then what is still written."""
    user: Any = request.user
    seen = Agreement.objects.visible_to(user).filter(parent=record, kind=K.AMENDMENT)
    executed = [one.pk for one in executed_amendments(record)]
    rows = sorted(
        seen.prefetch_related("provisions"),
        key=lambda one: (executed.index(one.pk) if one.pk in executed else len(executed), one.created_at),
    )
    may = record.state in Agreement.SIGNED and edits.may_create(Agreement, user)
    url = reverse("contracts:agreement_amend", args=[record.pk])
    body = _rendered("amendments", {"agreement": record, "rows": rows, "executed": executed, "may": may, "url": url})
    yield Panel("Amendments", body, actions=[{"label": "Amend", "url": url}] if may and rows else [], key="amendments")


def signing(record: Agreement, request: HttpRequest) -> Iterator[Panel]:
    """Yield who signs."""
    may = SIGNATORIES_WRITER.may_write(record, request.user)  # type: ignore[arg-type]
    actions = [{"label": "Name the signatories", "url": SIGNATORIES_WRITER.url(record)}] if may else []
    body = _rendered("signatories", signatories(record) | {"may": may, "whole": True})
    yield Panel("Who signs", body, actions=actions, key="signing")


TABS = {
    "terms": terms,
    "provisions": provisions,
    "texts": texts,
    "amendments": amendments,
    "signatories": signing,
}


# ---- what is signed


def to_be_signed(record: Agreement) -> dict[str, Any]:
    """Return what an approval or a signature is bound to: head, terms, provisions, and the text with its hash."""
    document = record.current_document()
    shapes = {row.code: (row.label, row.kind, row.unit) for row in record.terms.all()}  # type: ignore[attr-defined]
    said = [(row.label, in_words(row.code, row.value, shapes)) for row in record.terms.all()]  # type: ignore[attr-defined]
    base = record.parent if record.kind == K.AMENDMENT else None
    return {
        "document": document,
        "blanks": blanks_of(document),
        "provisions": provided(record, base) if base is not None else [],
        "excerpt": document.words[:SHOWN] if document is not None else "",
        "is_cut": document is not None and len(document.words) > SHOWN,
        "terms": said,
        "head": [
            (head_label(path), in_words(path, str(getattr(record, path)), shapes))
            for path in HEAD
            if getattr(record, path) not in (None, "")
        ],
        "signatories": parts.rows_of(record, Signatory),
        "content": record.approved_sha256,
    }


def blanks_of(document: Any) -> tuple[str, ...]:
    """Return what a text leaves in [brackets] to be filled in."""
    return blanks_in(document.words) if document is not None else ()


def blanks_note(record: Agreement) -> SafeString | str:
    """Return the warning of blanks that are left in the text, "" where there are none."""
    blanks = blanks_of(record.current_document())
    return _rendered("blanks", {"blanks": blanks}) if blanks else ""
