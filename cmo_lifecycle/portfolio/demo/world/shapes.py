"""What the demonstration says of a site, a CMO and a relationship."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class SiteOf:
    """A site: where it is, what it can do, and how it stands with inspectors and with quality.

    An empty `qualification`: quality has not begun one.
    """

    name: str
    city: str
    country: str
    time_zone: str
    duns: str
    fei: str
    service: str
    modality: str
    scale: str
    capacity: tuple[str, str]
    scope: str
    qualification: str = "approved"
    review_in_days: int = 240
    inspection: tuple[str, int, str] | None = None
    certificate_in_days: int = 400


@dataclass(frozen=True)
class CmoOf:
    """A CMO with its sites and the people one calls there."""

    name: str
    country: str
    kind: str
    modalities: tuple[str, ...]
    rating: str
    insurance_in_days: int
    sites: tuple[SiteOf, ...]
    contacts: tuple[tuple[str, str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    lei: str = ""


@dataclass(frozen=True)
class WorkOf:
    """A relationship: its tier and stage, and how its deliveries run.

    `late` is the share of late lines at the start and at the end of the three years, `delay` the longest usual delay
    in days, `monthly` how many lines a month, `months` for how long; `short` is the share accepted short.
    """

    cmo: str
    programme: str
    sites: tuple[str, ...]
    services: tuple[str, ...]
    factors: tuple[int, int, int, int]
    rationale: str
    stage: str = "active"
    cadence: str = ""
    months: int = 36
    monthly: int = 0
    late: tuple[float, float] = (0.05, 0.05)
    delay: int = 12
    short: float = 0.005
    items: tuple[tuple[str, str, Decimal], ...] = ()
    country: str = "IE"
    mode: str = "Road"
    evidence: str = ""
    comments: dict[int, str] = field(default_factory=dict)
