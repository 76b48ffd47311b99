"""The market scan: CMOs that could do a piece of work, and why each of them is found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from cmo_lifecycle.doors import format as fmt
from cmo_lifecycle.doors.finding import holds_all
from cmo_lifecycle.partners.models import (
    CMO,
    Capability,
    Certificate,
    Inspection,
    Qualification,
    Relationship,
    Site,
)

PAGE = 25
FIND_IN = ("legal_name", "aliases", "sites__name", "sites__city")


@dataclass
class Match:
    """A CMO that the scan found: the sites that fit with why they do, and what we know of the company itself."""

    cmo: CMO
    sites: list[tuple[Site, list[str]]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    #: The candidacy for the programme at hand, where there is one.
    candidate: Any = None


@dataclass
class Found:
    """One page of a scan: the matches, how many CMOs fit in all, and the number of this page, from 1."""

    matches: list[Match]
    count: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // PAGE))


def scan(asked: Mapping[str, Any], user: Any, *, page: int = 1) -> Found:
    """Return the CMOs that fit what is `asked` for, by name.

    Known keys, each optional: q, service, modality, scale, country, clean_years (no OAI and no warning letter for so
    many years), last (classification of the latest inspection that has one), qualification ("orderable", or a
    state), certificate (a type that is valid today), relationship ("yes", "no": one that this person sees).
    """
    sites = _sites(asked)
    cmos = CMO.objects.visible_to(user)
    if words := str(asked.get("q") or "").strip():
        cmos = cmos.filter(
            Q(holds_all(CMO, ("legal_name", "aliases"), words))
            | Exists(Site.objects.filter(holds_all(Site, ("name", "city"), words), cmo=OuterRef("pk")))
        )
    if sites is not None:
        cmos = cmos.filter(Exists(sites.filter(cmo=OuterRef("pk"))))
    if asked.get("relationship") in ("yes", "no"):
        known = Exists(Relationship.objects.visible_to(user).filter(cmo=OuterRef("pk")))
        cmos = cmos.filter(known if asked["relationship"] == "yes" else ~known)
    count = cmos.count()
    last = max(1, -(-count // PAGE))
    page = min(max(1, page), last)
    rows = list(cmos.order_by("legal_name", "id")[(page - 1) * PAGE : page * PAGE])
    return Found(_explained(rows, sites, asked, user), count, page)


def _capabilities(asked: Mapping[str, Any]) -> QuerySet | None:
    """The capabilities that fit, of any site; one without a modality does what its CMO says it does."""
    named = {name: asked[name] for name in ("service", "scale") if asked.get(name)}
    modality = asked.get("modality")
    if not named and not modality:
        return None
    rows = Capability.objects.filter(**named)
    if modality:
        rows = rows.filter(Q(modality=modality) | Q(modality="", site__cmo__modalities__contains=[modality]))
    return rows


def _sites(asked: Mapping[str, Any]) -> QuerySet | None:
    """The sites that fit; None where nothing is asked of a site."""
    today = timezone.localdate()
    rows = Site.objects.all()
    narrowed = False

    def narrow(condition: Any) -> None:
        nonlocal rows, narrowed
        rows, narrowed = rows.filter(condition), True

    able = _capabilities(asked)
    if able is not None:
        narrow(Exists(able.filter(site=OuterRef("pk"))))
    if asked.get("country"):
        narrow(Q(country=asked["country"]))
    inspections = Inspection.objects.filter(site=OuterRef("pk"))
    if asked.get("clean_years"):
        since = today - timedelta(days=round(365.25 * int(asked["clean_years"])))
        official = Q(classification=Inspection.Classification.OAI, started_on__gte=since)
        narrow(~Exists(inspections.filter(official | Q(warning_letter_on__gte=since))))
    if asked.get("last"):
        judged = inspections.exclude(classification="").order_by("-started_on", "-id")
        rows = rows.annotate(last_class=Subquery(judged.values("classification")[:1]))
        narrow(Q(last_class=asked["last"]))
    if wanted := asked.get("qualification"):
        states = Qualification.ORDERABLE if wanted == "orderable" else (wanted,)
        held = Qualification.objects.filter(site=OuterRef("pk"), state__in=states)
        if asked.get("service"):
            held = held.filter(service=asked["service"])
        narrow(Exists(held))
    if asked.get("certificate"):
        valid = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
        narrow(Exists(Certificate.objects.filter(valid, site=OuterRef("pk"), kind=asked["certificate"])))
    return rows if narrowed else None


def _explained(cmos: Sequence[CMO], sites: QuerySet | None, asked: Mapping[str, Any], user: Any) -> list[Match]:
    found = {one.pk: Match(one) for one in cmos}
    rows = list((Site.objects.all() if sites is None else sites).filter(cmo__in=found).order_by("name", "id"))
    why = _why(rows, asked)
    for site in rows:
        found[site.cmo_id].sites.append((site, why[site.pk]))
    known = Relationship.objects.visible_to(user).filter(cmo__in=found).select_related("programme")
    for one in known.order_by("programme__name"):
        found[one.cmo_id].reasons.append(f"Works for {one.programme.name}: {one.get_state_display().lower()}")
    return [*found.values()]


def _why(sites: Sequence[Site], asked: Mapping[str, Any]) -> dict[Any, list[str]]:
    """Say of each site why it is found, and what its record tells of it, by its key."""
    keys = [site.pk for site in sites]
    said: dict[Any, list[str]] = defaultdict(list)
    for site in sites:
        if site.country:
            said[site.pk].append(", ".join(part for part in (site.city, site.country.name) if part))
    able = _capabilities(asked)
    capabilities = (Capability.objects.all() if able is None else able).filter(site__in=keys)
    for one in capabilities.order_by("service", "scale", "id"):
        parts = [
            one.get_service_display(),
            one.get_modality_display().lower(),
            f"{one.get_scale_display().lower()} scale",
        ]
        if one.capacity is not None:
            parts.append(fmt.with_unit(fmt.number(one.capacity.normalize()), one.capacity_unit))
        said[one.site_id].append(", ".join(part for part in parts if part))
    today = timezone.localdate()
    for entry in Qualification.objects.filter(site__in=keys).order_by("scope"):
        if entry.is_orderable(today):
            said[entry.site_id].append(f"Approved vendor for {entry.scope}")
        elif asked.get("qualification") == entry.state:
            said[entry.site_id].append(f"{entry.get_state_display()} for {entry.scope}")
    if kind := asked.get("certificate"):
        for paper in Certificate.objects.filter(site__in=keys, kind=kind).order_by("expires_on"):
            if paper.expires_on is None or paper.expires_on >= today:
                until = f" until {fmt.day(paper.expires_on)}" if paper.expires_on else ""
                said[paper.site_id].append(f"{paper.get_kind_display()}{until}")
    _inspected(keys, said, asked)
    return said


def _inspected(keys: Sequence[Any], said: dict[Any, list[str]], asked: Mapping[str, Any]) -> None:
    latest: dict[Any, Inspection] = {}
    worst: dict[Any, Inspection] = {}
    for one in Inspection.objects.filter(site__in=keys).order_by("-started_on", "-id"):
        latest.setdefault(one.site_id, one)
        if one.warning_letter_on or one.classification == Inspection.Classification.OAI:
            worst.setdefault(one.site_id, one)
    for key in keys:
        one = latest.get(key)
        if one is None:
            said[key].append("No inspection on record")
            continue
        result = one.get_classification_display() or "not classified"
        said[key].append(f"Last inspected by {one.authority} on {fmt.day(one.started_on)}: {result}")
        bad = worst.get(key)
        if bad is not None:
            what = "Warning letter" if bad.warning_letter_on else "OAI"
            said[key].append(f"{what} of {fmt.day(bad.warning_letter_on or bad.started_on)} on record")
        elif asked.get("clean_years"):
            said[key].append("No OAI and no warning letter on record")
