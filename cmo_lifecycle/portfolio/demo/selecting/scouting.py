"""The market scan of the demonstration, its confidentiality agreements and its short list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.core.files.base import ContentFile

from cmo_lifecycle.partners.models import CMO, Site
from cmo_lifecycle.portfolio.demo.selecting.company import Company
from cmo_lifecycle.portfolio.demo.selecting.papers import pdf
from cmo_lifecycle.portfolio.demo.selections.shapes import CandidateOf
from cmo_lifecycle.portfolio.demo.world import SOURCE, SPONSOR
from cmo_lifecycle.workflow import attachments, edits, parts
from evaluation.actions import candidates as verbs
from evaluation.models import Candidate, Cda, MustHave

SEEN = "Questionnaire of the scan and the register entry of the site"


def scout(company: Company, rows: Sequence[CandidateOf]) -> None:
    """Scan from the first day on, have agreements signed within two weeks, and draw the short list."""
    for place, row in enumerate(rows):
        with company.on(0):
            candidate = _found(company, row)
        if row.reached == "knocked_out":
            with company.on(4):
                verbs.knock_out(_judged(company, candidate, row), reason=row.why, **company.by("alice"))
            continue
        with company.on(3):
            candidate = verbs.long_list(candidate, **company.by("alice"))
        if row.reached == "dropped":
            with company.on(5):
                verbs.drop(candidate, reason=row.why, **company.by("priya"))
            continue
        confide(company, row.cmo, f"VT-CDA-{company.begun:%y%m}-{place + 1}")
        with company.on(16):
            candidate = _judged(company, candidate, row)
            verbs.short_list(candidate, reason=row.why, **company.by("alice"))


def confide(company: Company, cmo: str, number: str) -> None:
    """Have a confidentiality agreement signed by both, with its paper."""
    with company.on(5):
        values = {
            "cmo": CMO.objects.get(legal_name=cmo), "programme": company.programme, "number": number,
            "purpose": f"Talks about the supply of {company.programme}",
            "secret_until": company.day(10) + timedelta(days=3650),
        }  # fmt: skip
        cda = edits.create(Cda, values, **company.by("alice"))
        cda = verbs.send(cda, **company.by("lena"))
    with company.on(12):
        lines = (
            f"Mutual confidential disclosure agreement {number}", f"between {SPONSOR} and {cmo}",
            f"on talks about the supply of {company.programme}", "", f"Signed by both on {company.day(10):%-d %B %Y}",
        )  # fmt: skip
        paper = ContentFile(pdf(lines), name=f"{number}.pdf")
        attachments.attach(cda, paper, actor=company.people["lena"], source=SOURCE)
        verbs.put_in_force(
            cda, signed_on=company.day(10), expires_on=company.day(10) + timedelta(days=1095), **company.by("lena")
        )


def _found(company: Company, row: CandidateOf) -> Candidate:
    values = {
        "programme": company.programme, "cmo": CMO.objects.get(legal_name=row.cmo),
        "site": Site.objects.get(name=row.site), "channel": row.channel, "found_by": row.found_by, "notes": row.notes,
    }  # fmt: skip
    return edits.create(Candidate, values, **company.by("alice"))  # type: ignore[no-any-return]


def _judged(company: Company, candidate: Candidate, row: CandidateOf) -> Candidate:
    fails, shown = row.failed or (None, "")
    rows = []
    for place, must in enumerate(candidate.must_haves.order_by("position")):  # type: ignore[attr-defined]
        values = {"id": must.pk, "requirement": must.requirement, "consequence": must.consequence}
        if place == fails:
            values |= {"verdict": "failed", "evidence": shown}
        elif fails is None:
            values |= {"verdict": "met", "evidence": SEEN}
        rows.append(values)
    return parts.write(candidate, MustHave, rows, **company.by("tom"))  # type: ignore[no-any-return]
