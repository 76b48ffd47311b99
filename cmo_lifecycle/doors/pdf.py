"""Records as PDF files: tagged, with title and language, the same words as on the page.

Templates are Typst files of ours. They get their data as one JSON text and can read nothing else, so nothing
that anybody typed is ever run as markup.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.http import HttpResponse

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.signatures import judged
from cmo_lifecycle.workflow import signing
from cmo_lifecycle.workflow.models import Approval
from cmo_lifecycle.workflow.transitions import transitions_of

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "typst"


def render(template: str, data: dict[str, Any], now: datetime) -> bytes:
    """Return `templates/typst/<template>` with `data` (plain JSON values) as PDF/UA-1; `now` is its date."""
    made = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=int(now.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def signatures_of(record: Any) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the signatures of a record and those that are still asked for, as words for a template."""
    given = [
        {
            "name": one.signature.printed_name,
            "role": role_label(one.signature.role) if one.signature.role else "",
            "meaning": one.signature.meaning,
            "at": fmt.moment(one.signature.at),
            "says": judged(record, one).sentence,
            "tone": judged(record, one).tone,
            "sha256": one.signature.sha256,
        }
        for one in signing.standing(record)
    ]
    verbs = transitions_of(type(record))
    waiting = [
        {"role": role_label(approval.role), "meaning": verbs[approval.verb].meaning}
        for approval in Approval.objects.of(record).filter(status=Approval.Status.WAITING).order_by("asked_at", "id")
    ]
    return given, waiting


def as_file(made: bytes, name: str) -> HttpResponse:
    """Return a PDF to look at in the browser, kept by nobody on the way."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
