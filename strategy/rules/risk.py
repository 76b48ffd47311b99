"""What follows from the risk register: each line beyond its threshold brings terms that meet its kind of risk."""

from __future__ import annotations

from collections.abc import Mapping

from strategy.rules.causes import Because, When, rule
from strategy.rules.measures import criterion, kpi, priority, question
from strategy.rules.mechanisms import mechanisms
from strategy.rules.shapes import Ask, Rule
from strategy.snapshot import Risk, Snapshot

FMEA = "ICH Q9(R1)"

#: The categories of the register, and the beginnings by which a category of one's own is known to belong to one.
CATEGORIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "technical": ("Technical and scale-up", ("technical", "scale")),
    "quality": ("Quality and compliance", ("quality", "compliance")),
    "supply": ("Supply and capacity", ("supply", "capacity")),
    "financial": ("Financial and ownership", ("financ", "ownership")),
    "ip": ("Intellectual property", ("ip", "intellectual")),
    "ehs": ("Environment, health and safety", ("ehs", "environment")),
    "geopolitical": ("Geopolitical and logistics", ("geo", "logistic")),
    "data_integrity": ("Data integrity", ("data",)),
    "sub_tier": ("Sub-tier suppliers", ("sub",)),
}


def family(category: str) -> str:
    """Return the category of the reference to which a register's category belongs, empty for none."""
    folded = category.casefold()
    return next((code for code, (_, begins) in CATEGORIES.items() if folded.startswith(begins)), "")


def acts(risk: Risk, snapshot: Snapshot) -> bool:
    """Whether a line needs action: at the severity gate, or with its number above the threshold."""
    number = risk.severity * risk.occurrence * risk.detection
    return risk.severity >= snapshot.severity_gate or number > snapshot.action_threshold


def risk_cause(risk: Risk, snapshot: Snapshot) -> Because:
    label = CATEGORIES[family(risk.category)][0] if family(risk.category) else risk.category
    number = risk.severity * risk.occurrence * risk.detection
    why = "at the severity gate" if risk.severity >= snapshot.severity_gate else "over the action threshold"
    return Because(
        f"risk:{risk.category}",
        f"Risk: {label}",
        f"Severity {risk.severity}, occurrence {risk.occurrence}, detection {risk.detection} (RPN {number}), {why}",
    )


def _worst(snapshot: Snapshot, code: str) -> tuple[Because, ...]:
    """One cause per category, its worst line: ten lines of one kind do not say more than one."""
    lines: dict[str, Risk] = {}
    for risk in snapshot.risks:
        if family(risk.category) != code or not acts(risk, snapshot):
            continue
        so_far = lines.get(risk.category)
        if so_far is None or _size(risk) > _size(so_far):
            lines[risk.category] = risk
    return tuple(risk_cause(lines[category], snapshot) for category in sorted(lines))


def _size(risk: Risk) -> tuple[int, int, int, int]:
    return (
        risk.severity,
        risk.severity * risk.occurrence * risk.detection,
        risk.occurrence,
        risk.detection,
    )


def _serious(code: str) -> When:
    return lambda snapshot: _worst(snapshot, code)


def _other(snapshot: Snapshot) -> tuple[Ask, ...]:
    return tuple(
        Ask(
            ask.kind,
            ask.code,
            ask.title,
            ask.content,
            because=tuple(c for c in _worst(snapshot, "") if c.source == f"risk:{name}"),
        )
        for name in sorted({cause.source.removeprefix("risk:") for cause in _worst(snapshot, "")})
        for ask in (
            question(
                f"risk_{name}",
                f"Has the risk “{name}” been reduced as planned, and what is left of it?",
                "Risk register with residual severity, occurrence and detection.",
            ),
        )
    )


RULES = (
    rule(
        "risk.technical",
        "A technical risk is met before scale-up",
        "Scale-up fails on what was not tried: capability is judged on batches, and success is defined.",
        FMEA,
        _serious("technical"),
        mechanisms("batch_definition", "scope_change"),
        criterion("growth_path", 4),
        kpi("batch-success"),
    ),
    rule(
        "risk.quality",
        "A quality risk brings clocks and access",
        "A quality risk grows in the time between its event and our knowing.",
        FMEA,
        _serious("quality"),
        mechanisms("notification_clocks", "audit_rights", "change_consent"),
        kpi("deviation-rate"),
        kpi("investigation-on-time"),
        kpi("capa-on-time"),
    ),
    rule(
        "risk.supply",
        "A supply risk brings stock and reserved capacity",
        "Supply is secured by what is there already when it fails.",
        FMEA,
        _serious("supply"),
        mechanisms("safety_stock", "capacity_reservation", "failure_to_supply"),
        criterion("business_continuity", 5),
        priority("supply_security", 10),
        kpi("on-time-in-full"),
    ),
    rule(
        "risk.financial",
        "A financial risk is watched and survives insolvency",
        "A partner in trouble sells, closes or saves on quality, and our materials stand in its warehouse.",
        FMEA,
        _serious("financial"),
        mechanisms("financial_reporting", "change_of_control", "last_time_buy"),
        criterion("financial_stability", 6),
        question(
            "financial_health",
            "Is the CMO's financial health and ownership what it was when we chose it?",
            "Latest accounts and rating, news of ownership, payment behaviour.",
        ),
    ),
    rule(
        "risk.ip",
        "A risk to know-how restricts its spread",
        "Know-how that has leaked cannot be called back.",
        FMEA,
        _serious("ip"),
        mechanisms("know_how_separation", "restricted_subcontracting", "ip_ownership"),
        criterion("know_how_protection", 5),
        kpi("ip-duties-met"),
    ),
    rule(
        "risk.ehs",
        "An EHS risk is reported and judged",
        "An accident or an order of an authority stops our product with the others.",
        FMEA,
        _serious("ehs"),
        mechanisms("ehs_duties"),
        criterion("ehs", 4),
        question(
            "ehs_record",
            "Is the site's EHS record good enough to rely on it?",
            "Incidents, permits, EHS audit findings and their state.",
        ),
    ),
    rule(
        "risk.geopolitical",
        "A risk of region or route has a way round it",
        "Borders close faster than second sources open.",
        FMEA,
        _serious("geopolitical"),
        mechanisms("route_continuity", "safety_stock"),
        criterion("geography", 5),
        question(
            "region_and_route",
            "Has the region or the route become safer or riskier, and does the way round still work?",
            "Country outlook, customs and transport record, stock outside the region.",
        ),
    ),
    rule(
        "risk.data_integrity",
        "A data-integrity risk opens the raw data",
        "Where data cannot be trusted, nothing that rests on them can.",
        FMEA,
        _serious("data_integrity"),
        mechanisms("raw_data_access", "audit_rights"),
        kpi("data-integrity-findings"),
    ),
    rule(
        "risk.sub_tier",
        "A sub-tier risk is made visible",
        "The weakest supplier of the CMO is ours too.",
        FMEA,
        _serious("sub_tier"),
        mechanisms("sub_tier_control", "restricted_subcontracting"),
        criterion("sub_tier", 4),
        question(
            "sub_tier_single",
            "Which critical suppliers of the CMO are single sources, and what has changed among them?",
            "List of critical suppliers, single sources, their audits and lead times.",
        ),
    ),
    Rule(
        "risk.other",
        "Any other serious risk is asked after",
        "The register knows it and the rules do not: people decide what it needs, and the re-evaluation asks.",
        FMEA,
        _serious(""),
        _other,
    ),
)
