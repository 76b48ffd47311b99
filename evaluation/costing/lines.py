"""Price lines as a bidder quotes them, brought into one form: what for, a price of what, in which years.

Source: domain reference, section 3.2 (total cost of partnership) and 3.8 (proposal). No default here fills in a number
that a bidder did not give: whatever is missing is said by :func:`missing`, and the cost is not computable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from strategy.sums.errors import SumError
from strategy.sums.numbers import HUNDRED, Number, exact, not_negative

Timing = Literal["recurring", "one_off"]
Per = Literal["batch", "unit", "year"]
"""What a quantity is counted against: each batch started, each released unit, or each year."""

COMPONENTS: Mapping[str, tuple[str, str]] = {
    "technology_transfer": ("one_off", "Technology transfer"),
    "runs": ("one_off", "Engineering and PPQ runs"),
    "validation": ("one_off", "Validation"),
    "capital": ("one_off", "Capital contribution"),
    "exit": ("one_off", "Exit and second source"),
    "other_one_off": ("one_off", "Other one-off costs"),
    "price": ("run", "Batch and unit prices"),
    "raw_materials": ("run", "Raw materials with handling"),
    "quality": ("run", "Quality control, release and stability"),
    "fees": ("run", "Suite, storage and project management"),
    "logistics": ("run", "Logistics, insurance and duty"),
    "oversight": ("gov", "Own oversight"),
    "failed_batches": ("risk", "Failed batches"),
    "shortfall": ("risk", "Take-or-pay"),
    "cancellation": ("risk", "Cancellation"),
    "change_orders": ("risk", "Change orders"),
    "inventory": ("risk", "Inventory carrying"),
}
"""What a total is made of, in the order in which bars are stacked: code to (part of the formula, name).

The parts are those of the formula: one_off + run + gov + risk.
"""

TYPES: Mapping[str, tuple[str, str]] = {
    "batch_price": ("price", "batch price"),
    "unit_price": ("price", "unit price"),
    "raw_materials": ("raw_materials", "raw materials"),
    "qc_release": ("quality", "quality control and release"),
    "stability": ("quality", "stability studies"),
    "suite": ("fees", "suite fees"),
    "storage": ("fees", "storage"),
    "project_management": ("fees", "project management"),
    "logistics": ("logistics", "logistics and cold chain"),
    "insurance": ("logistics", "insurance"),
    "duty": ("logistics", "duty"),
    "technology_transfer": ("technology_transfer", "technology transfer"),
    "engineering_runs": ("runs", "engineering runs"),
    "ppq_runs": ("runs", "PPQ runs"),
    "validation": ("validation", "validation"),
    "capital": ("capital", "capital contribution"),
    "exit": ("exit", "exit"),
    "second_source": ("exit", "second source"),
    "minimum_commitment": ("shortfall", "minimum commitment"),
    "cancellation": ("cancellation", "cancellation"),
    "change_order": ("change_orders", "change orders"),
}
"""What a line is for: type to (component, name in a sentence)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What an amount is a price of.

    ``noun`` and ``nouns`` name one and several of it. ``per`` is what it is counted against unless the line says
    otherwise, None where the line has to say; ``periods`` is how many there are of it then (12 months a year).
    """

    noun: str
    nouns: str
    per: Per | None = None
    periods: int = 1


UNITS: Mapping[str, Unit] = {
    "once": Unit("payment", "payments"),
    "per_batch": Unit("batch", "batches", "batch"),
    "per_unit": Unit("unit", "units", "unit"),
    "per_year": Unit("year", "years", "year", 1),
    "per_quarter": Unit("quarter", "quarters", "year", 4),
    "per_month": Unit("month", "months", "year", 12),
    "percent_of_price": Unit("percent of the price", "percent of the price", "year"),
    "per_kg": Unit("kg", "kg"),
    "per_g": Unit("g", "g"),
    "per_litre": Unit("litre", "litres"),
    "per_test": Unit("test", "tests"),
    "per_hour": Unit("hour", "hours"),
    "per_day": Unit("day", "days"),
    "per_shipment": Unit("shipment", "shipments"),
    "per_pallet": Unit("pallet", "pallets"),
}

_PLAIN_PRICE = {"batch_price": "per_batch", "unit_price": "per_unit"}
_TAKE_PERCENT = ("raw_materials", "minimum_commitment", "cancellation", "change_order")
_MOST_PERCENT = {"minimum_commitment": HUNDRED, "cancellation": HUNDRED}
_PERCENT_SAYS = {
    "minimum_commitment": "which percent of a shortfall is to be paid",
    "cancellation": "how likely a cancellation is, in percent",
}


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a quote.

    ``type`` is a key of :data:`TYPES`, ``unit`` of :data:`UNITS`; ``amount`` is in ``currency`` for one unit, 0 or
    more, None where the bidder left it open. Its cost in a year is made by this rule:

    - recurring, ``quantity_per`` told: amount * quantity * batches started, units released, or 1 (a year);
    - recurring otherwise: amount * quantity (1 if not told) * batches, units, or periods of a year (12 for a month);
    - one-off: amount * quantity, paid in ``year``, or in the base year if not told. A one-off per batch, unit, kg and so on needs
      its quantity (three PPQ batches); one per year or once has 1.
    - percent of price: amount percent of the batch and unit prices of that year; ``currency`` means nothing then.

    ``from_year`` and ``to_year`` bound a recurring line, both included; without them it runs through all years that have a demand.

    ``percent`` belongs to four types. raw_materials: handling on top (0 if not told). minimum_commitment: the share of
    a shortfall that is to be paid; there ``quantity`` is the least a year, ``unit`` per_batch or per_unit says of
    what, and ``amount`` is what one missing costs before that share, None for the going price. cancellation: how
    likely it is (None for the sponsor's own judgement, ``Risks.cancellation_percent``). change_order without an
    ``amount``: reserve in percent of the running cost, instead of ``Risks.change_order_percent``.

    ``included`` says that another price holds this already: it costs nothing more, and counts as priced. ``assumption`` is the bidder's.
    """

    code: str
    type: str
    label: str
    unit: str
    amount: Number | None
    currency: str = ""
    quantity: Number | None = None
    quantity_per: Per | None = None
    timing: Timing = "recurring"
    year: int | None = None
    from_year: int | None = None
    to_year: int | None = None
    percent: Number | None = None
    included: bool = False
    assumption: str = ""

    @property
    def component(self) -> str:
        """The key of :data:`COMPONENTS` that this line adds to."""
        component = TYPES[self.type][0]
        one_off = self.timing == "one_off" and COMPONENTS[component][0] == "run"
        return "other_one_off" if one_off else component

    @property
    def is_reserve(self) -> bool:
        """Whether this is a reserve for change orders in percent of the running cost."""
        return self.type == "change_order" and self.amount is None

    @property
    def is_price(self) -> bool:
        """Whether this is a price of a batch or of a unit that has to be paid."""
        return self.type in _PLAIN_PRICE and not self.included

    def runs_in(self, year: int, first: int) -> bool:
        """Return whether a recurring line is paid in ``year``; ``first`` is the first year that has a demand."""
        begins = first if self.from_year is None else self.from_year
        return begins <= year and (self.to_year is None or year <= self.to_year)


def check(line: PriceLine, row: int) -> None:
    """Raise :class:`SumError` with field "lines" and ``row`` for what no bidder can mean.

    That is an unknown type, unit, timing or ``quantity_per``; a negative or impossible number; years that end before they begin; a batch price
    that is not per batch, or a unit price that is not per unit; "once" that recurs; a percent of price that is paid once.
    """

    def refuse(sentence: str) -> SumError:
        return SumError(f"“{line.label}” {sentence}", field="lines", row=row)

    for value, known, what in (
        (line.type, tuple(TYPES), "type"),
        (line.unit, tuple(UNITS), "unit"),
        (line.timing, get_args(Timing), "timing"),
        (line.quantity_per, (None, *get_args(Per)), "quantity_per"),
    ):
        if value not in known:
            raise refuse(f"has the unknown {what} {value!r}.")
    for number, what in ((line.amount, "amount"), (line.quantity, "quantity"), (line.percent, "percent")):
        if number is not None:
            not_negative(number, f"The {what} of “{line.label}”", field="lines", row=row)
    most = _MOST_PERCENT.get(line.type)
    if most is not None and line.percent is not None and exact(line.percent, "", field="lines") > most:
        raise refuse("has a share above 100 percent; enter 0 to 100.")
    if line.percent is not None and (
        line.type not in _TAKE_PERCENT or (line.type == "change_order" and line.amount is not None)
    ):
        raise refuse("has a percent that means nothing here; leave it empty.")
    if line.from_year is not None and line.to_year is not None and line.to_year < line.from_year:
        raise refuse(f"ends in {line.to_year}, before it begins in {line.from_year}; swap them.")
    if line.type in _PLAIN_PRICE and (line.unit, line.timing) != (_PLAIN_PRICE[line.type], "recurring"):
        raise refuse(f"is a {TYPES[line.type][1]}; its unit is {_PLAIN_PRICE[line.type]}, and it recurs.")
    if line.type in _PLAIN_PRICE and line.quantity_per is not None:
        raise refuse("is a price, and is paid for each; leave open what its quantity counts against.")
    if line.type == "minimum_commitment" and (line.unit not in _PLAIN_PRICE.values() or line.timing != "recurring"):
        raise refuse("is a minimum; its unit is per_batch or per_unit, and it recurs.")
    if line.unit == "once" and line.timing != "one_off" and not line.is_reserve:
        raise refuse("is paid once, so it cannot recur; make it one-off or choose another unit.")
    if line.is_reserve and line.timing == "one_off":
        raise refuse("is a reserve on the running cost, so it recurs; enter a one-off as an amount.")
    if line.unit == "percent_of_price" and (line.quantity, line.quantity_per) != (None, None):
        raise refuse("is a percent of the year's price; leave its quantity empty.")
    if line.unit == "percent_of_price" and line.timing == "one_off":
        raise refuse("is a percent of the year's price, so it recurs; enter a one-off as an amount.")


def missing(line: PriceLine, years: range, first: int, likely: Number | None) -> Iterator[str]:
    """Yield, as predicates in a sentence, what keeps ``line`` from being a cost; nothing where it is included.

    ``years`` are those that are counted, from the base year on; ``first`` is the first that has a demand; ``likely``
    is how likely the sponsor holds a cancellation, in percent, or None where it did not say.
    """
    if line.included:
        return
    commitment = line.type == "minimum_commitment"
    if line.amount is None and not commitment and not (line.is_reserve and line.percent is not None):
        yield "has no amount; ask for it, or mark it as included in another price"
    unknown = line.percent is None and (commitment or (line.type == "cancellation" and likely is None))
    if unknown:
        yield f"does not say {_PERCENT_SAYS[line.type]}"
    if line.quantity is None:
        if commitment:
            yield "does not say how much is to be taken at least in a year"
        elif not line.is_reserve and _needs_quantity(line):
            yield f"does not say how many {UNITS[line.unit].nouns} it takes"
    if line.quantity is not None and not commitment and _needs_per(line):
        yield f"does not say whether its {UNITS[line.unit].nouns} are for a batch, a unit or a year"
    if line.timing == "one_off":
        if line.year is not None and line.year not in years:
            yield f"is paid in {line.year}, outside the years {years[0]} to {years[-1]}"
    elif not any(line.runs_in(year, first) for year in years):
        yield f"is paid in no year from {years[0]} to {years[-1]}"


def _needs_per(line: PriceLine) -> bool:
    return line.timing == "recurring" and line.quantity_per is None and UNITS[line.unit].per is None


def _needs_quantity(line: PriceLine) -> bool:
    if line.unit in ("once", "percent_of_price"):
        return False
    if line.timing == "one_off":
        return UNITS[line.unit].per != "year"
    return line.quantity_per is not None or UNITS[line.unit].per is None
