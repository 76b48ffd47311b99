from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest

from cmo_lifecycle.doors import pages
from cmo_lifecycle.doors.pages.tables import items, link, table, words
from cmo_lifecycle.doors.panels import Panel
from cmo_lifecycle.doors.rows import Column
from cmo_lifecycle.partners.filters import ProgrammeFilters
from cmo_lifecycle.partners.forms import ProgrammeForm
from cmo_lifecycle.partners.models import Programme, Relationship
from cmo_lifecycle.workflow import edits


class Programmes(pages.Noun):
    model = Programme
    pick_by = ("name",)
    columns = (
        Column("name", "Name", kind="link"),
        Column("state", "State", kind="state"),
        Column("kind", "Type", value="get_kind_display"),
        Column("modality", "Modality", value="get_modality_display"),
        Column("phase", "Phase", value="get_phase_display"),
        Column("relationship_count", "Relationships", kind="number"),
        Column("external_id", "External id", default=False),
    )
    sorts = {"name": "name", "state": "state", "phase": "phase"}
    sort = "name"
    filters = ProgrammeFilters
    form = ProgrammeForm
    list_sentence = "What is to be made outside. You see the programmes that you are a member of."
    empty_sentence = "Add a programme: a product, a material or a capability to be made outside."
    find_in = ("name",)
    find_similar = ("name",)
    find_exact = ("external_id",)
    about = {
        "title": "About programmes",
        "purpose": "A programme is what we want made, and the people who may see how.",
        "checklist": ("Its members are those who work on it, and nobody else.",),
        "done": ("Each CMO that works for it has a relationship below it.",),
        "source": "",
    }

    def enrich(self, rows: list[Any], request: HttpRequest) -> None:
        counted = dict(
            Relationship.objects.visible_to(request.user)
            .filter(programme__in=[row.pk for row in rows])
            .order_by()
            .values("programme")
            .annotate(n=Count("pk"))
            .values_list("programme", "n")
        )
        for row in rows:
            row.relationship_count = counted.get(row.pk, 0)

    def for_list(self, rows: QuerySet) -> QuerySet:
        return rows.only("id", "name", "state", "kind", "modality", "phase", "external_id")

    def found_note(self, record: Any) -> str:
        return str(record.get_phase_display())

    def sentence(self, record: Any, request: HttpRequest) -> str:
        parts = (record.get_kind_display(), record.get_modality_display().lower(), record.get_phase_display().lower())
        return f"{', '.join(part for part in parts if part)}."

    def facts(self, record: Any, request: HttpRequest) -> list[Any]:
        return [("External id", record.external_id, "")] if record.external_id else []

    def panels(self, record: Any, request: HttpRequest) -> Iterable[Panel]:
        user: Any = request.user
        if record.description:
            yield Panel("What it is", words(record.description))
        relationships = list(record.relationships.select_related("cmo", "manager", "programme"))
        may_add = edits.may_create(Relationship, user) and record.state == Programme.State.ACTIVE
        yield Panel(
            "Relationships",
            table(
                (
                    Column("cmo", "CMO", kind="link"),
                    Column("state", "Stage", kind="state"),
                    Column("tier", "Tier", value="get_tier_display"),
                    Column("manager", "Manager", value="manager.name"),
                ),
                relationships,
                "Relationships",
                "No CMO works for this programme yet.",
            ),
            actions=[{"label": "Add a relationship", "url": f"/relationships/add/?programme={record.pk}"}]
            if may_add
            else [],
            key="relationships",
        )
        members = record.members.prefetch_related("groups").order_by("name", "pk")
        yield Panel(
            "Members",
            items(
                (
                    (
                        link(f"/people/{person.pk}/" if user.has_role("administrator", "auditor") else "", person.name),
                        _roles(person),
                        "" if person.is_active else "not active",
                    )
                    for person in members
                ),
                "Nobody: only those who read everything see it.",
            ),
            side=True,
            actions=[{"label": "Change", "url": f"/programmes/{record.pk}/edit/"}]
            if self.may_edit(record, user)
            else [],
            key="members",
        )


def _roles(person: Any) -> str:
    from cmo_lifecycle.accounts.roles import BY_CODE

    return ", ".join(BY_CODE[group.name].label for group in person.groups.all() if group.name in BY_CODE)
