from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from cmo_lifecycle.accounts.roles import label as role_label
from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.tables import items, link, table, words
from cmo_lifecycle.doors.pages.words import lower
from cmo_lifecycle.doors.panels import Due, Panel, due, dues_of
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.doors.templatetags.ui import clock
from cmo_lifecycle.partners.filters import RelationshipFilters, TierAssessmentFilters
from cmo_lifecycle.partners.forms import RelationshipForm, TierAssessmentForm
from cmo_lifecycle.partners.models import Certificate, Qualification, Relationship, TierAssessment
from cmo_lifecycle.partners.models.vocabulary import Service
from cmo_lifecycle.partners.tiering import FACTORS, tier_of
from cmo_lifecycle.partners.views.readings import orderable, standing, worst
from cmo_lifecycle.workflow import edits
from cmo_lifecycle.workflow.models import Approval, Event

S = Relationship.State
_SERVICES = dict(Service.choices)
_PATH = (*Relationship.BEFORE_ACTIVE, S.ACTIVE, S.CLOSED)


def services(record: Any) -> str:
    return ", ".join(str(_SERVICES.get(code, code)) for code in record.services)


def open_items(relationship: Any) -> list[Approval]:
    """Return whose word is awaited on the relationship or on anything that belongs to it, soonest due first."""
    belonging = Event.objects.filter(related_id=relationship.pk).order_by().values("record_id")
    return list(
        Approval.objects.filter(
            Q(record_id=relationship.pk) | Q(record_id__in=belonging), status=Approval.Status.WAITING
        ).order_by("due", "asked_at", "id")[:20]
    )


class Relationships(pages.Noun):
    model = Relationship
    columns = (
        Column("cmo", "CMO", kind="link", value="cmo.legal_name"),
        Column("programme", "Programme", value="programme.name", url=lambda row: f"/programmes/{row.programme_id}/"),
        Column("state", "Stage", kind="state"),
        Column("tier", "Tier", value="get_tier_display"),
        Column("manager", "Manager", value="manager.name"),
        Column("stage_since", "Since", kind="datetime", default=False),
        Column("services", "Services", value=services, default=False),
        Column("active_from", "Active from", kind="date", default=False),
        Column(
            "registered_as_existing",
            "Registered as existing",
            value=lambda row: "yes" if row.registered_as_existing else "",
            default=False,
        ),
        Column("external_id", "External id", default=False),
    )
    sorts = {
        "cmo": "cmo__legal_name",
        "programme": "programme__name",
        "state": "state",
        "tier": "tier",
        "active_from": "active_from",
    }
    sort = "cmo"
    filters = RelationshipFilters
    form = RelationshipForm
    list_sentence = "Which CMO works for which programme, and how far the two have come."
    empty_sentence = "Add the first relationship: a CMO and the programme it works for, or may work for."
    find_in = ("cmo__legal_name", "programme__name")
    find_exact = ("external_id",)
    about = {
        "title": "About this relationship",
        "purpose": "The whole life of one partnership in one place: from the strategy it serves to its end.",
        "checklist": (
            "A manager is named.",
            "The sites that work for the programme are on the approved vendor list.",
            "The risk tier is assessed and approved; it sets how often we review.",
        ),
        "done": ("Reviews are signed in time, and every open item has somebody and a day.",),
        "source": "ICH Q10, section 2.7; ICH Q9(R1) for the tier.",
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("cmo", "programme", "manager").only(
            "id",
            "state",
            "stage_since",
            "tier",
            "services",
            "active_from",
            "registered_as_existing",
            "external_id",
            "cmo__id",
            "cmo__legal_name",
            "programme__id",
            "programme__name",
            "manager__id",
            "manager__name",
        )

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("cmo", "programme", "manager")

    def found_note(self, record: Any) -> str:
        return str(record.get_state_display())

    def sentence(self, record: Any, request: HttpRequest) -> str:
        what = f" with {services(record).lower()}" if record.services else ""
        return (
            f"{record.cmo} works for {record.programme}{what}."
            if record.is_operating
            else (f"{record.cmo} for {record.programme}{what}.")
        )

    def stepper(self, record: Any) -> list[dict[str, Any]]:
        """Return the life cycle with where it stands; one registered as existing says that it skipped the way there."""
        state = S(record.state)
        path: list[Any] = list(_PATH)
        steps: list[dict[str, Any]] = []
        if record.registered_as_existing:
            path = [S.ACTIVE, S.CLOSED]
            steps.append({"label": "Registered as existing", "status": "done", "note": "earlier stages skipped"})
        if state == S.CANCELLED:
            return [*steps, {"label": "Cancelled", "status": "now"}]
        at = S.ACTIVE if state in Relationship.OPERATING else state
        reached = path.index(at)
        for place, stage in enumerate(path):
            status = "done" if place < reached else "now" if place == reached else "next"
            step: dict[str, Any] = {"label": stage.label, "status": status}
            if status == "now" and state != at:
                step["note"] = state.label
            elif status == "now" and record.stage_since:
                step["note"] = f"since {fmt.day(timezone.localtime(record.stage_since).date())}"
            steps.append(step)
        return steps

    def facts(self, record: Any, request: HttpRequest) -> list[Any]:
        waiting = record._open_items = open_items(record)
        dues = record._dues = dues_of(record, request)
        first = dues[0] if dues else None
        next_due: Any = "Nothing is due"
        if first is not None:
            next_due = format_html("{} {}", link(first.url, first.label), clock(first.on))
        tier: Any = record.get_tier_display() or fmt.badge_html("not assessed", "watch")
        return [
            ("Manager", record.manager.name if record.manager else fmt.badge_html("nobody named", "watch"), ""),
            ("Risk tier", tier, ""),
            ("Next due", next_due, ""),
            ("Open items", str(len(waiting)) if waiting else "None", "#open-items" if waiting else ""),
            ("CMO", record.cmo, pages.url_of(record.cmo)),
            ("Programme", record.programme, pages.url_of(record.programme)),
            ("Services", services(record), ""),
            ("Reviews", _cadence(record), ""),
        ]

    def panels(self, record: Any, request: HttpRequest) -> Iterable[Panel]:
        user: Any = request.user
        today = timezone.localdate()
        sites = list(record.sites.select_related("cmo").prefetch_related("qualifications"))
        for site in sites:
            entries = list(site.qualifications.all())
            label, tone = standing(worst(((q.state, q.review_due_on) for q in entries), today))
            site.standing = {"0": label, "1": tone}
            site.scopes = format_html(
                "{}", "; ".join(f"{q.scope}: {lower(orderable(q, today)[0])}" for q in entries) or "no scope entered"
            )
        may_edit = self.may_edit(record, user)
        yield Panel(
            "Open items",
            items(
                (
                    (
                        link(pages.url_for(item.record_type_id, item.record_id), item.record_label),
                        f"{role_label(item.role)} to {item.verb.replace('_', ' ')}",
                        clock(item.due) if item.due else "",
                    )
                    for item in record._open_items
                ),
                "Nobody's word is awaited.",
            ),
            key="open-items",
        )
        yield Panel(
            "Sites",
            table(
                (
                    Column("name", "Site", kind="link", note="scopes"),
                    Column("country", "Country", value=lambda row: row.country.name),
                    Column("qualification", "Qualification", kind="badge", value="standing.0", tone="standing.1"),
                ),
                sites,
                "Sites",
                "No site is named yet.",
            ),
            actions=[{"label": "Choose sites", "url": self.edit_url(record.pk)}] if may_edit else [],
            key="sites",
        )
        yield Panel(
            "What is due",
            items(
                ((link(one.url, one.label), fmt.day(one.on), clock(one.on)) for one in record._dues[:8]),
                "No review, certificate or insurance has a day.",
            ),
            side=True,
            key="due",
        )
        assessments = list(record.tier_assessments.all()[:3])
        may_assess = edits.may_create(TierAssessment, user) and record.is_editable
        yield Panel(
            "Risk tier",
            items(
                (
                    (
                        link(f"/tier-assessments/{one.pk}/", f"Tier {one.tier}"),
                        f"assessed {fmt.day(one.assessed_on)}",
                        fmt.badge_html(one.get_state_display(), TierAssessment.State(one.state).tone),
                    )
                    for one in assessments
                ),
                "The risk tier has not been assessed.",
            ),
            side=True,
            actions=[{"label": "Assess", "url": f"/tier-assessments/add/?relationship={record.pk}"}]
            if may_assess
            else [],
            key="tier",
        )
        if record.registered_as_existing:
            yield Panel("Registered as existing", words(record.registration_evidence), side=True, key="evidence")
        if record.notes:
            yield Panel("Notes", words(record.notes), side=True)

    def consequences(self, record: Any, verb: str) -> list[str]:
        if verb == "register_as_existing":
            return ["It shows for ever that the earlier stages were skipped, with the evidence that you give."]
        return []


def _cadence(record: Any) -> str:
    if record.review_cadence:
        return str(record.get_review_cadence_display())
    return "As often as the risk tier asks for"


@due(Relationship)
def _partner_dates(relationship: Any, request: HttpRequest) -> Iterable[Due]:
    through = Relationship.sites.through.objects.filter(relationship=relationship).values("site")
    for entry in Qualification.objects.filter(site__in=through, state__in=Qualification.ORDERABLE).select_related(
        "site"
    ):
        if entry.review_due_on:
            yield Due(entry.review_due_on, f"Qualification review, {entry.site}", f"/qualifications/{entry.pk}/")
    for found in Certificate.objects.filter(site__in=through, expires_on__isnull=False).select_related("site"):
        yield Due(found.expires_on, f"{found.get_kind_display()} of {found.site} ends", f"/certificates/{found.pk}/")
    if relationship.cmo.insurance_expires_on:
        yield Due(relationship.cmo.insurance_expires_on, "The CMO's insurance ends", pages.url_of(relationship.cmo))


class TierAssessments(pages.Noun):
    model = TierAssessment
    columns = (
        Column("assessed_on", "Assessed", kind="date", url=lambda row: f"/tier-assessments/{row.pk}/"),
        Column("relationship", "Relationship", url=lambda row: f"/relationships/{row.relationship_id}/"),
        Column("tier", "Tier", kind="number"),
        Column("total", "Total", kind="number"),
        Column("state", "State", kind="state"),
    )
    sorts = {"assessed_on": "assessed_on", "state": "state"}
    sort = "-assessed_on"
    filters = TierAssessmentFilters
    form = TierAssessmentForm
    list_sentence = "How strictly each relationship is watched, and who judged it."

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("relationship__cmo", "relationship__programme")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("relationship__cmo", "relationship__programme")

    def parent(self, record: Any) -> Any:
        return record.relationship

    def found_note(self, record: Any) -> str:
        return str(record.get_state_display())

    def sentence(self, record: Any, request: HttpRequest) -> str:
        computed = tier_of(record.total)
        text = f"The factors add up to {record.total} of 12, which is tier {computed}"
        if record.override_tier and record.override_tier != computed:
            return f"{text}; tier {record.override_tier} was chosen instead."
        return f"{text}."

    def facts(self, record: Any, request: HttpRequest) -> list[Any]:
        found: list[Any] = [("Relationship", record.relationship, pages.url_of(record.relationship))]
        for name in FACTORS:
            label = str(record._meta.get_field(name).verbose_name)
            found.append((label[:1].upper() + label[1:], f"{getattr(record, name)} of 3", ""))
        found.append(("Assessed on", fmt.time_tag(record.assessed_on), ""))
        return found

    def panels(self, record: Any, request: HttpRequest) -> Iterable[Panel]:
        yield Panel("Rationale", words(record.rationale), key="rationale")
        if record.override_reason:
            yield Panel("Why another tier", words(record.override_reason), key="override")

    def consequences(self, record: Any, verb: str) -> list[str]:
        if verb == "approve":
            return [f"The relationship takes tier {record.tier}; an earlier assessment is superseded."]
        return []
