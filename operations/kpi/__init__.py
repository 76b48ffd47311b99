"""KPIs of delivery lines: their formulas, their values over any span and group, the explorer."""

from operations.kpi.formulas import PARTS, Measurement, Sums, measure
from operations.kpi.groups import GROUPS
from operations.kpi.values import KpiValue, definition_in_force, kpi_values, part_condition, rows_behind

__all__ = [
    "GROUPS",
    "PARTS",
    "KpiValue",
    "Measurement",
    "Sums",
    "definition_in_force",
    "kpi_values",
    "measure",
    "part_condition",
    "rows_behind",
]
