from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.tables import ends, items, link, table, words
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.partners.filters import CMOFilters, ContactFilters, IdentifierFilters
from cmo_lifecycle.partners.forms import CMOForm, ContactForm, IdentifierForm
from cmo_lifecycle.partners.models import CMO, Contact, Identifier, Qualification, Relationship, Site
from cmo_lifecycle.partners.models.vocabulary import Modality
from cmo_lifecycle.partners.views.readings import standing, worst
from cmo_lifecycle.workflow import edits

_MODALITIES = dict(Modality.choices)


def modalities(record: Any) -> str:
    return ", ".join(str(_MODALITIES.get(code, code)) for code in record.modalities)


class CMOs(pages.Noun):
    model = CMO
    name = "cmo"
    pick_by = ("legal_name",)
    columns = (
        Column("legal_name", "Name", kind="link"),
        Column("country", "Country", value=lambda row: row.country.name),
        Column("kind", "Type", value="get_kind_display"),
        Column("modalities", "Modalities", value=modalities),
        Column("site_count", "Sites", kind="number"),
        Column("relationship_count", "Relationships", kind="number"),
        Column("qualification", "Qualification", kind="badge", value="standing.0", tone="standing.1"),
        Column("insurance_expires_on", "Insurance ends", kind="date", default=False),
        Column("financial_rating", "Rating", default=False),
        Column("external_id", "External id", default=False),
    )
    sorts = {"legal_name": "legal_name", "country": "country", "insurance_expires_on": "insurance_expires_on"}
    sort = "legal_name"
    filters = CMOFilters
    form = CMOForm
    list_sentence = "The companies that make things for us, or could."
    empty_sentence = "Add the first CMO, then its sites."
    find_in = ("legal_name", "aliases")
    find_similar = ("legal_name",)
    find_exact = ("external_id",)
    about = {
        "title": "About CMOs",
        "purpose": "What we know of each contract manufacturer: who owns it, where it works, how it stands.",
        "checklist": (
            "The legal name is that of the register, other spellings are aliases.",
            "Each site has its DUNS number and its certificates.",
            "Rating and insurance have their dates.",
        ),
        "done": ("Everybody who looks for this CMO under any of its names finds this one record.",),
        "source": "ICH Q10, section 2.7: management of outsourced activities.",
    }

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.only(
            "id",
            "legal_name",
            "country",
            "kind",
            "modalities",
            "insurance_expires_on",
            "financial_rating",
            "external_id",
        )

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("parent")

    def enrich(self, rows: list[Any], request: HttpRequest) -> None:
        keys = [row.pk for row in rows]
        sites = _counted(Site.objects.filter(cmo__in=keys))
        relationships = _counted(Relationship.objects.visible_to(request.user).filter(cmo__in=keys))
        entries: dict[Any, list[tuple[str, date | None]]] = defaultdict(list)
        for cmo, state, due in (
            Qualification.objects.filter(site__cmo__in=keys)
            .order_by()
            .values_list("site__cmo", "state", Coalesce("extended_to", "next_review_on"))
        ):
            entries[cmo].append((state, due))
        today = timezone.localdate()
        for row in rows:
            row.site_count = sites.get(row.pk, 0)
            row.relationship_count = relationships.get(row.pk, 0)
            label, tone = standing(worst(entries.get(row.pk, ()), today))
            row.standing = {"0": label, "1": tone}

    def for_finding(self, rows: QuerySet) -> QuerySet:
        return rows.only("id", "legal_name", "country")

    def found_note(self, record: Any) -> str:
        return str(record.country.name or "")

    def sentence(self, record: Any, request: HttpRequest) -> str:
        where = f" in {record.country.name}" if record.country else ""
        made = f": {modalities(record).lower()}" if record.modalities else ""
        return f"{record.get_kind_display()}{where}{made}."

    def facts(self, record: Any, request: HttpRequest) -> list[Any]:
        rated = record.financial_rating
        if rated and record.financial_rating_on:
            rated = f"{rated}, {fmt.day(record.financial_rating_on)}"
        parent = record.parent
        return [
            ("Parent company", parent, pages.url_of(parent) if parent else ""),
            (
                "Last change of control",
                fmt.time_tag(record.change_of_control_on) if record.change_of_control_on else "",
                "",
            ),
            ("Financial rating", rated, ""),
            ("Insurance ends", ends(record.insurance_expires_on) if record.insurance_expires_on else "", ""),
            ("Also called", ", ".join(record.aliases), ""),
            ("Website", record.website, record.website),
            ("External id", record.external_id, ""),
        ]

    def links(self, record: Any, request: HttpRequest) -> list[dict[str, str]]:
        user = request.user
        found = []
        if edits.may_create(Relationship, user):
            found.append({"label": "Add a relationship", "url": f"/relationships/add/?cmo={record.pk}"})
        return found

    def panels(self, record: Any, request: HttpRequest) -> Iterable[Panel]:
        user: Any = request.user
        today = timezone.localdate()
        sites = list(record.sites.prefetch_related("qualifications"))
        for site in sites:
            label, tone = standing(worst(((q.state, q.review_due_on) for q in site.qualifications.all()), today))
            site.standing = {"0": label, "1": tone}
        yield Panel(
            "Sites",
            table(
                (
                    Column("name", "Site", kind="link"),
                    Column("city", "City"),
                    Column("country", "Country", value=lambda row: row.country.name),
                    Column("duns", "DUNS"),
                    Column("qualification", "Qualification", kind="badge", value="standing.0", tone="standing.1"),
                ),
                sites,
                "Sites",
                "No site is known yet. Qualification, certificates and deliveries belong to a site.",
            ),
            actions=_add("Add a site", "sites", f"cmo={record.pk}", edits.may_create(Site, user)),
            key="sites",
        )
        relationships = list(
            Relationship.objects.visible_to(user).filter(cmo=record).select_related("programme", "manager", "cmo")
        )
        yield Panel(
            "Relationships",
            table(
                (
                    Column("programme", "Programme", kind="link"),
                    Column("state", "Stage", kind="state"),
                    Column("tier", "Tier", value="get_tier_display"),
                    Column("manager", "Manager", value="manager.name"),
                ),
                relationships,
                "Relationships",
                "No relationship that you may see.",
            ),
            actions=_add(
                "Add a relationship", "relationships", f"cmo={record.pk}", edits.may_create(Relationship, user)
            ),
            key="relationships",
        )
        may_edit = edits.may_create(Contact, user)
        yield Panel(
            "Contacts",
            items(
                (
                    (
                        link(f"/contacts/{contact.pk}/", contact.name),
                        " · ".join(part for part in (contact.position, contact.email, contact.phone) if part),
                        f"left {fmt.day(contact.left_on)}" if contact.left_on else "",
                    )
                    for contact in record.contacts.all()
                ),
                "Nobody is named yet.",
            ),
            side=True,
            actions=_add("Add", "contacts", f"cmo={record.pk}", may_edit),
            key="contacts",
        )
        yield Panel(
            "Identifiers",
            items(
                (
                    (link(f"/identifiers/{found.pk}/", found.value), "", found.get_scheme_display())
                    for found in record.identifiers.all()
                ),
                "No number is known yet.",
            ),
            side=True,
            actions=_add("Add", "identifiers", f"cmo={record.pk}", edits.may_create(Identifier, user)),
            key="identifiers",
        )
        if record.notes:
            yield Panel("Notes", words(record.notes), side=True)


def _counted(rows: QuerySet) -> dict[Any, int]:
    return dict(rows.order_by().values("cmo").annotate(n=Count("pk")).values_list("cmo", "n"))


def _add(label: str, route: str, query: str, allowed: bool) -> list[dict[str, Any]]:
    return [{"label": label, "url": f"/{route}/add/?{query}"}] if allowed else []


class OfCMO(pages.Noun):
    """What belongs to a CMO and is shown below it."""

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("cmo")

    def for_page(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("cmo")

    def parent(self, record: Any) -> Any:
        return record.cmo

    def after_create(self, record: Any) -> str:
        return pages.url_of(record.cmo)


class Contacts(OfCMO):
    model = Contact
    columns = (
        Column("name", "Name", kind="link", url=lambda row: f"/contacts/{row.pk}/"),
        Column("cmo", "CMO", value="cmo.legal_name", url=lambda row: f"/cmos/{row.cmo_id}/"),
        Column("position", "Position"),
        Column("email", "E-mail"),
        Column("phone", "Phone"),
        Column("left_on", "Left on", kind="date", default=False),
    )
    sorts = {"name": "name", "cmo": "cmo__legal_name"}
    sort = "name"
    filters = ContactFilters
    form = ContactForm
    find_in = ("name", "email")
    find_similar = ("name",)
    has_attachments = False

    def title(self, record: Any) -> str:
        return str(record.name)

    def found_note(self, record: Any) -> str:
        return str(record.cmo)

    def facts(self, record: Any, request: HttpRequest) -> list[Any]:
        return [
            ("CMO", record.cmo, pages.url_of(record.cmo)),
            ("Position", record.position, ""),
            ("E-mail", record.email, f"mailto:{record.email}" if record.email else ""),
            ("Phone", record.phone, ""),
            ("Left on", fmt.time_tag(record.left_on) if record.left_on else "", ""),
        ]


class Identifiers(OfCMO):
    model = Identifier
    columns = (
        Column("value", "Id", kind="link", url=lambda row: f"/identifiers/{row.pk}/"),
        Column("scheme", "Scheme", value="get_scheme_display"),
        Column("cmo", "CMO", value="cmo.legal_name", url=lambda row: f"/cmos/{row.cmo_id}/"),
    )
    sorts = {"value": "value", "cmo": "cmo__legal_name"}
    sort = "value"
    filters = IdentifierFilters
    form = IdentifierForm
    find_exact = ("value",)
    has_attachments = False

    def found_note(self, record: Any) -> str:
        return str(record.cmo)

    def facts(self, record: Any, request: HttpRequest) -> list[Any]:
        return [
            ("CMO", record.cmo, pages.url_of(record.cmo)),
            ("Scheme", record.get_scheme_display(), ""),
            ("Id", record.value, ""),
        ]
