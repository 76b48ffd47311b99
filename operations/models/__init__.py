"""The working life of a relationship: what arrives, how it is measured, and the scheduled reviews."""

from operations.models.delivery import Delivery
from operations.models.framework import Framework
from operations.models.framework_tables import AgreedKpi, BudgetLine, ContactRow, EscalationLevel, Meeting
from operations.models.imports import DeliveryImport, ImportProblem, ImportProfile
from operations.models.kpi import Category, KpiDefinition, ScoringPolicy
from operations.models.review import DuePeriod, KpiObservation, Review, ReviewInputs, ReviewRun
from operations.models.transfer import Transfer, TransferGate

__all__ = [
    "AgreedKpi",
    "BudgetLine",
    "Category",
    "ContactRow",
    "Delivery",
    "DeliveryImport",
    "DuePeriod",
    "EscalationLevel",
    "Framework",
    "ImportProblem",
    "ImportProfile",
    "KpiDefinition",
    "KpiObservation",
    "Meeting",
    "Review",
    "ReviewInputs",
    "ReviewRun",
    "ScoringPolicy",
    "Transfer",
    "TransferGate",
]
