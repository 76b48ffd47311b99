"""What a review keeps of its scorecard, read back from its `result`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from operations.models import Review
from operations.scoring import Movement


@dataclass(frozen=True, slots=True)
class KeptKpi:
    """What one KPI did to the score when it was scored; see `scoring.KpiScore`."""

    norm: Decimal | None
    share: Decimal
    points: Decimal
    lost: Decimal
    level: str
    reading: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What a review keeps of its scorecard, read from its `result`. Everything is empty before it was scored."""

    kpis: dict[str, KeptKpi]
    notes: dict[str, str]
    weights: dict[str, Decimal]
    categories: dict[str, tuple[Decimal | None, Decimal]]
    against: str
    change: Decimal | None
    movements: list[Movement]
    binding: list[str]

    @classmethod
    def of(cls, review: Review) -> Kept:
        result = review.result

        def number(text: str | None) -> Decimal | None:
            return None if text is None else Decimal(text)

        return cls(
            kpis={
                code: KeptKpi(
                    number(kpi["norm"]),
                    Decimal(kpi["share"]),
                    Decimal(kpi["points"]),
                    Decimal(kpi["lost"]),
                    kpi["level"],
                    kpi["reading"],
                )
                for code, kpi in result.get("kpis", {}).items()
            },
            notes=result.get("notes", {}),
            weights={category: Decimal(weight) for category, weight in result.get("weights", {}).items()},
            categories={
                category: (number(kept["score"]), Decimal(kept["coverage"]))
                for category, kept in result.get("categories", {}).items()
            },
            against=result.get("against") or "",
            change=number(result.get("change")),
            movements=[
                Movement(
                    move["code"], number(move["before"]), number(move["now"]), Decimal(move["change"]), move["cause"]
                )
                for move in result.get("movements", ())
            ],
            binding=[override["reason"] for override in result.get("binding", ())],
        )


#: A KPI that is reported and not scored leaves no mark on the score.
UNSCORED = KeptKpi(None, Decimal(0), Decimal(0), Decimal(0), "none", "reported only")
