"""KPIs, criteria, negotiation priorities and knock-outs: each once, for whichever rule asks for it.

Formulas, targets and red lines of KPIs are those of the domain reference; they are defaults, which a strategy
changes with a reason. Every KPI and every priority brings its question for the next re-evaluation.
"""

from strategy.rules.measures.criteria import CRITERIA, KNOCK_OUTS, criterion, knock_out
from strategy.rules.measures.kpis import KPIS, kpi
from strategy.rules.measures.priorities import PRIORITIES, priority
from strategy.rules.measures.questions import question

__all__ = [
    "CRITERIA",
    "KNOCK_OUTS",
    "KPIS",
    "PRIORITIES",
    "criterion",
    "knock_out",
    "kpi",
    "priority",
    "question",
]
