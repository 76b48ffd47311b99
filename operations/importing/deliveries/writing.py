"""What is missing is made, and the good rows are written."""

# ruff: noqa: S608 - columns come from the models, tables are named here; what a person typed is always a parameter

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.actions.relationships import register_as_existing
from cmo_lifecycle.partners.models import CMO, Programme, Relationship, Site
from cmo_lifecycle.workflow.models import Event, Record
from operations.importing.deliveries.fields import FIELDS
from operations.importing.deliveries.one_pass import Pass
from operations.importing.making import make


class Raced(Exception):
    """Somebody else changed a line between our look and our write."""


def create_missing(a_pass: Pass, event: Event) -> None:
    create = a_pass.findings.create
    reason = f"{a_pass.record} needs it"
    evidence = f"{a_pass.record}, SHA-256 {a_pass.record.sha256}"

    by = {"actor": a_pass.actor, "cause": event, "reason": reason}

    def made(model: type, noun: str, values: Callable[[dict[str, Any]], dict[str, Any]], **more: Any) -> dict[str, Any]:
        entries = create.get(noun, [])
        records = make(model, (values(entry) for entry in entries), **by, **more)
        return {entry["key"]: record for entry, record in zip(entries, records, strict=True)}

    members = people_of(a_pass.actor)
    cmos = _kept(a_pass, CMO, "cmo") | made(CMO, "cmos", lambda entry: {"legal_name": entry["name"]})
    programmes = _kept(a_pass, Programme, "programme") | made(
        Programme, "programmes", lambda entry: {"name": entry["name"], "members": members}
    )
    sites = made(Site, "sites", lambda entry: {"cmo": cmos[_first(entry)], "name": entry["name"]})
    kept_sites = Site.objects.in_bulk({link.site_id for link in a_pass.links.values() if link.site_id})
    used: dict[str, dict[UUID, Site]] = {}
    for link in a_pass.links.values():
        if not link.site_key or not link.is_good:
            continue
        site = kept_sites.get(link.site_id) if link.site_id else sites.get(f"{link.cmo_key}\n{link.site_key}")
        if site is not None:
            link.site_id = site.pk
            used.setdefault(f"{link.cmo_key}\n{link.programme_key}", {})[site.pk] = site
    since = {}

    def relationship(entry: dict[str, Any]) -> dict[str, Any]:
        cmo, programme = cmos[_first(entry)], programmes[_second(entry)]
        since[cmo.pk, programme.pk] = entry["since"]
        sites = list(used.get(entry["key"], {}).values())
        return {"cmo": cmo, "programme": programme, "manager": a_pass.actor, "sites": sites}

    relationships = made(
        Relationship,
        "relationships",
        relationship,
        walk=register_as_existing,
        inputs=lambda row: {"evidence": evidence, "active_from": since[row.cmo_id, row.programme_id]},
    )
    for link in a_pass.links.values():
        pair = f"{link.cmo_key}\n{link.programme_key}"
        if link.relationship_id is None and pair in relationships:
            link.relationship_id = relationships[pair].pk


def _kept(a_pass: Pass, model: type[Record], name: str) -> dict[str, Any]:
    """The records that the file's names were matched with, by their keys."""
    found = {
        getattr(link, f"{name}_key"): getattr(link, f"{name}_id")
        for link in a_pass.links.values()
        if getattr(link, f"{name}_id")
    }
    rows = model._default_manager.in_bulk(set(found.values()))
    return {key: rows[pk] for key, pk in found.items()}


def insert(a_pass: Pass, cursor: Any, now: Any) -> None:
    columns = ["source_system", "external_id", *FIELDS, "notes"]
    cursor.execute(
        "INSERT INTO operations_delivery (id, version, created_at, updated_at, created_by_id, imported_by_id,"
        f" relationship_id, site_id, {', '.join(columns)})"
        f" SELECT uuidv7(), 1, %s, %s, %s, %s, m.relationship_id, m.site_id, {', '.join(f'r.{c}' for c in columns)}"
        " FROM import_ready r JOIN import_match m ON m.link = r.link"
        " WHERE r.delivery_id IS NULL AND NOT EXISTS (SELECT FROM import_bad b WHERE b.row = r.row) ORDER BY r.row",
        [now, now, a_pass.actor.pk, a_pass.record.pk],
    )
    if cursor.rowcount != a_pass.findings.rows_new:
        raise Raced("The number of new lines is not what it was.")


def update(a_pass: Pass, cursor: Any, now: Any) -> None:
    if not a_pass.findings.rows_changed:
        return
    own = [f"{name} = r.{name}" for name in (*a_pass.mapped, "notes")]
    if "site" in a_pass.profile.fields:
        own.append("site_id = m.site_id")
    cursor.execute(
        f"UPDATE operations_delivery d SET {', '.join(own)}, relationship_id = m.relationship_id,"
        " version = d.version + 1, updated_at = %s"
        " FROM import_ready r JOIN import_match m ON m.link = r.link"
        " WHERE d.id = r.delivery_id AND d.version = r.old_version AND r.changes <> '{}'"
        " AND NOT EXISTS (SELECT FROM import_bad b WHERE b.row = r.row)",
        [now],
    )
    if cursor.rowcount != a_pass.findings.rows_changed:
        raise Raced("A line changed while it was being imported.")


def _first(entry: dict[str, Any]) -> str:
    return str(entry["key"].partition("\n")[0])


def _second(entry: dict[str, Any]) -> str:
    return str(entry["key"].partition("\n")[2])


def people_of(actor: User) -> list[User]:
    """Who works on a programme that an import makes: whoever imports it; and project managers, where that is no person."""
    if not actor.is_service:
        return [actor]
    managers = User.objects.filter(groups__name="project_manager", is_active=True, is_service=False)
    return [actor, *managers.distinct()]
