from strategy.models.attribute import PartnershipAttribute
from strategy.models.consequence import Consequence, in_order
from strategy.models.direction import AttributeWeight, Judgement, Objective
from strategy.models.environment import Force, KnownCMO, Risk, Stakeholder
from strategy.models.figures import CapacityYear, CashFlow, DemandYear, ExchangeRate, Factor, RateRow, YearRow
from strategy.models.relationship import RelationshipStrategy
from strategy.models.strategy import Strategy

__all__ = [
    "AttributeWeight",
    "CapacityYear",
    "CashFlow",
    "Consequence",
    "DemandYear",
    "ExchangeRate",
    "Factor",
    "Force",
    "Judgement",
    "KnownCMO",
    "Objective",
    "PartnershipAttribute",
    "RateRow",
    "RelationshipStrategy",
    "Risk",
    "Stakeholder",
    "Strategy",
    "YearRow",
    "in_order",
]
