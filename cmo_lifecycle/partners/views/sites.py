from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.tables import ends, items, link, table, words
from cmo_lifecycle.doors.panels import Due, Panel, due
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.doors.templatetags.ui import clock
from cmo_lifecycle.partners.filters import CapabilityFilters, CertificateFilters, InspectionFilters, SiteFilters
from cmo_lifecycle.partners.forms import CapabilityForm, CertificateForm, InspectionForm, SiteForm
from cmo_lifecycle.partners.models import Capability, Certificate, Inspection, Qualification, Relationship, Site
from cmo_lifecycle.partners.views.readings import orderable, standing, worst
from cmo_lifecycle.workflow import edits


def _own_url(route: str) -> Any:
    return lambda row: f"/{route}/{row.pk}/"


class Sites(pages.Noun):
    model = Site
    pick_by = ("name", "cmo__legal_name")
    columns = (
        Column("name", "Name", kind="link"),
        Column("cmo", "CMO", value="cmo.legal_name", url=lambda row: f"/cmos/{row.cmo_id}/"),
        Column("city", "City"),
        Column("country", "Country", value=lambda row: row.country.name),
        Column("duns", "DUNS"),
        Column("fei", "FEI"),
        Column("qualification", "Qualification", kind="badge", value="standing.0", tone="standing.1"),
        Column("next_expiry", "Next certificate ends", kind="date", default=False),
        Column("watch", "Watch list", value=lambda row: "yes" if row.watch else "", default=False),
        Column("external_id", "External id", default=False),
    )
    sorts = {"name": "name", "cmo": "cmo__legal_name", "country": "country", "city": "city", "duns": "duns"}
    sort = "name"
    filters = SiteFilters
    form = SiteForm
    list_sentence = "Where our CMOs work. Qualification, inspections and certificates are a site's."
    empty_sentence = "Add a site, or import a register of sites."
    find_in = ("name", "city")
    find_similar = ("name",)
    find_exact = ("duns", "fei", "external_id")
    about = {
        "title": "About sites",
        "purpose": "An approval, an inspection or a certificate is always that of one address, for one scope.",
        "checklist": (
            "The DUNS number names the site; the FEI may be shared.",
            "Each scope we order has an entry on the approved vendor list.",
            "Certificates carry the day they end.",
        ),
        "done": ("Anybody can see whether this site may receive orders, for what, and until when.",),
        "source": "21 CFR 211.22 and 211.84; EU GMP chapter 7.",
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("cmo").only(
            "id", "name", "city", "country", "duns", "fei", "watch", "external_id", "cmo__id", "cmo__legal_name"
        )

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("cmo")

    def enrich(self, rows: list[Any], request: HttpRequest) -> None:
        keys = [row.pk for row in rows]
        entries = defaultdict(list)
        for entry in (
            Qualification.objects.filter(site__in=keys)
            .order_by()
            .only("id", "site_id", "state", "next_review_on", "extended_to")
        ):
            entries[entry.site_id].append((entry.state, entry.review_due_on))
        expiries: dict[Any, Any] = {}
        for site, day in (
            Certificate.objects.filter(site__in=keys, expires_on__isnull=False)
            .order_by("-expires_on")
            .values_list("site", "expires_on")
        ):
            expiries[site] = day
        today = timezone.localdate()
        for row in rows:
            label, tone = standing(worst(entries.get(row.pk, ()), today))
            row.standing = {"0": label, "1": tone}
            row.next_expiry = expiries.get(row.pk)

    def found_note(self, record: Any) -> str:
        return str(record.cmo)

    def parent(self, record: Any) -> Any:
        return record.cmo

    def sentence(self, record: Any, request: HttpRequest) -> str:
        where = ", ".join(part for part in (record.city, record.country.name) if part)
        watch = " On the watch list." if record.watch else ""
        return f"A site of {record.cmo}{f' in {where}' if where else ''}.{watch}"

    def facts(self, record: Any, request: HttpRequest) -> list[Any]:
        address = ", ".join(
            part for part in (record.address.replace("\n", ", "), f"{record.postal_code} {record.city}".strip()) if part
        )
        return [
            ("CMO", record.cmo, pages.url_of(record.cmo)),
            ("Address", address, ""),
            ("DUNS", record.duns, ""),
            ("FEI", record.fei, ""),
            ("GLN", record.gln, ""),
            ("Time zone", record.time_zone, ""),
            ("Registered operations", record.operations, ""),
            ("External id", record.external_id, ""),
        ]

    def panels(self, record: Any, request: HttpRequest) -> Iterable[Panel]:
        user: Any = request.user
        today = timezone.localdate()

        def add(model: Any, route: str, label: str) -> list[dict[str, Any]]:
            if not edits.may_create(model, user):
                return []
            return [{"label": label, "url": f"/{route}/add/?site={record.pk}"}]

        entries = list(record.qualifications.all())
        for entry in entries:
            entry.reading = dict(zip("01", orderable(entry, today), strict=True))
        yield Panel(
            "Approved vendor list",
            table(
                (
                    Column("scope", "Scope", kind="link", note="get_service_display"),
                    Column("state", "State", kind="state"),
                    Column("reading", "Orders", kind="badge", value="reading.0", tone="reading.1"),
                ),
                entries,
                "Approved vendor list",
                "No scope has been entered, so nothing may be ordered here.",
            ),
            actions=add(Qualification, "qualifications", "Add a scope"),
            key="qualifications",
        )
        yield Panel(
            "Inspections",
            table(
                (
                    Column("started_on", "Started", kind="date", url=_own_url("inspections")),
                    Column("authority", "Authority", note="get_kind_display"),
                    Column(
                        "classification",
                        "Outcome",
                        kind="badge",
                        value=lambda row: row.classification.upper() or ("483" if row.form_483 else "not classified"),
                        tone="tone",
                    ),
                    Column("observations", "Observations", kind="number"),
                    Column("response", "Response", kind="html", value=response_reading),
                ),
                list(record.inspections.all()),
                "Inspections",
                "No inspection is recorded.",
            ),
            actions=add(Inspection, "inspections", "Add an inspection"),
            key="inspections",
        )
        yield Panel(
            "Capabilities",
            table(
                (
                    Column("service", "Service", value="get_service_display", url=_own_url("capabilities")),
                    Column("modality", "Modality", value="get_modality_display"),
                    Column("scale", "Scale", value="get_scale_display"),
                    Column("capacity", "Capacity", value=capacity),
                ),
                list(record.capabilities.all()),
                "Capabilities",
                "Nothing is entered about what this site can do.",
            ),
            actions=add(Capability, "capabilities", "Add a capability"),
            key="capabilities",
        )
        yield Panel(
            "Certificates and licences",
            items(
                (
                    (
                        link(f"/certificates/{found.pk}/", f"{found.get_kind_display()} {found.number}"),
                        found.issuer,
                        clock(found.expires_on) if found.expires_on else "no end",
                    )
                    for found in record.certificates.all()
                ),
                "No certificate is recorded.",
            ),
            side=True,
            actions=add(Certificate, "certificates", "Add"),
            key="certificates",
        )
        relationships = Relationship.objects.visible_to(user).filter(sites=record).select_related("cmo", "programme")
        yield Panel(
            "Works for",
            items(
                (
                    (link(pages.url_of(found), found.programme), "", found.get_state_display())
                    for found in relationships
                ),
                "No programme that you may see.",
            ),
            side=True,
            key="relationships",
        )
        if record.notes:
            yield Panel("Notes", words(record.notes), side=True)


def capacity(row: Any) -> str:
    return f"{fmt.number(row.capacity.normalize())} {row.capacity_unit}".strip() if row.capacity is not None else ""


def response_reading(row: Any) -> Any:
    """Return how the answer to an inspection stands."""
    if row.responded_on:
        return fmt.badge_html(f"answered {fmt.day(row.responded_on)}", "good")
    return clock(row.response_due_on) if row.response_due_on else "–"


class OfSite(pages.Noun):
    """What belongs to a site and is shown below it."""

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("site__cmo")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("site__cmo")

    def parent(self, record: Any) -> Any:
        return record.site

    def found_note(self, record: Any) -> str:
        return str(record.site)

    def after_create(self, record: Any) -> str:
        return pages.url_of(record.site)


SITE_COLUMNS = (
    Column("site", "Site", value="site.name", url=lambda row: f"/sites/{row.site_id}/"),
    Column("cmo", "CMO", value="site.cmo.legal_name", url=lambda row: f"/cmos/{row.site.cmo_id}/"),
)


class Capabilities(OfSite):
    model = Capability
    columns = (
        Column("service", "Service", kind="link", value="get_service_display", url=_own_url("capabilities")),
        *SITE_COLUMNS,
        Column("modality", "Modality", value="get_modality_display"),
        Column("scale", "Scale", value="get_scale_display"),
        Column("capacity", "Capacity", value=capacity),
    )
    sorts = {"service": "service", "site": "site__name", "scale": "scale"}
    sort = "service"
    filters = CapabilityFilters
    form = CapabilityForm
    list_sentence = "Who can do what, at which scale."
    has_attachments = False

    def facts(self, record: Any, request: HttpRequest) -> list[Any]:
        return [
            ("Site", record.site, pages.url_of(record.site)),
            ("Service", record.get_service_display(), ""),
            ("Modality", record.get_modality_display(), ""),
            ("Scale", record.get_scale_display(), ""),
            ("Capacity", capacity(record), ""),
            ("Notes", record.notes, ""),
        ]


class Certificates(OfSite):
    model = Certificate
    columns = (
        Column("number", "Number", kind="link", url=_own_url("certificates")),
        Column("kind", "Type", value="get_kind_display"),
        *SITE_COLUMNS,
        Column("issuer", "Issuer"),
        Column("issued_on", "Issued", kind="date", default=False),
        Column("expires_on", "Ends", kind="date"),
        Column("left", "Reading", kind="html", value=lambda row: clock(row.expires_on) if row.expires_on else "–"),
    )
    sorts = {"number": "number", "expires_on": "expires_on", "site": "site__name"}
    sort = "expires_on"
    filters = CertificateFilters
    form = CertificateForm
    list_sentence = "Licences and certificates of sites, those that end first on top."
    find_in = ("number",)
    find_exact = ("number",)

    def facts(self, record: Any, request: HttpRequest) -> list[Any]:
        return [
            ("Site", record.site, pages.url_of(record.site)),
            ("Type", record.get_kind_display(), ""),
            ("Issuer", record.issuer, ""),
            ("Scope", record.scope, ""),
            ("Issued", fmt.time_tag(record.issued_on) if record.issued_on else "", ""),
            ("Ends", ends(record.expires_on) if record.expires_on else "", ""),
        ]


class Inspections(OfSite):
    model = Inspection
    columns = (
        Column("started_on", "Started", kind="date", url=_own_url("inspections")),
        Column("authority", "Authority"),
        *SITE_COLUMNS,
        Column("kind", "Type", value="get_kind_display"),
        Column(
            "classification",
            "Outcome",
            kind="badge",
            value=lambda row: row.classification.upper() or ("483" if row.form_483 else "not classified"),
            tone="tone",
        ),
        Column("observations", "Observations", kind="number"),
        Column("response", "Response", kind="html", value=response_reading),
    )
    sorts = {"started_on": "started_on", "authority": "authority", "site": "site__name", "response": "response_due_on"}
    sort = "-started_on"
    filters = InspectionFilters
    form = InspectionForm
    list_sentence = "What authorities found at our CMOs' sites."

    def facts(self, record: Any, request: HttpRequest) -> list[Any]:
        def day(value: Any) -> Any:
            return fmt.time_tag(value) if value else ""

        return [
            ("Site", record.site, pages.url_of(record.site)),
            ("Authority", record.authority, ""),
            ("Type", record.get_kind_display(), ""),
            ("Started", day(record.started_on), ""),
            ("Ended", day(record.ended_on), ""),
            ("Form 483", "Issued" if record.form_483 else "Not issued", ""),
            ("Observations", str(record.observations), ""),
            ("Classification", record.get_classification_display(), ""),
            ("Warning letter", day(record.warning_letter_on), ""),
            ("Response due", response_reading(record), ""),
        ]

    def panels(self, record: Any, request: HttpRequest) -> Iterable[Panel]:
        if record.summary:
            yield Panel("Summary", words(record.summary))
        if record.product_impact:
            yield Panel("Impact on our products", words(record.product_impact))


@due(Site)
def _site_dates(site: Any, request: HttpRequest) -> Iterable[Due]:
    for entry in site.qualifications.all():
        if entry.state in Qualification.ORDERABLE and entry.review_due_on:
            yield Due(entry.review_due_on, f"Qualification review: {entry.scope}", f"/qualifications/{entry.pk}/")
    for found in site.certificates.all():
        if found.expires_on:
            yield Due(found.expires_on, f"{found} ends", f"/certificates/{found.pk}/")
