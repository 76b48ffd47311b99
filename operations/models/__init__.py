"""The working life of a relationship: what arrives, how it is measured, and the scheduled reviews."""

from operations.models.delivery import Delivery
from operations.models.imports import DeliveryImport, ImportProblem, ImportProfile
from operations.models.kpi import Category, KpiDefinition, ScoringPolicy
from operations.models.review import DuePeriod, KpiObservation, Review, ReviewInputs, ReviewRun

__all__ = [
    "Category",
    "Delivery",
    "DeliveryImport",
    "DuePeriod",
    "ImportProblem",
    "ImportProfile",
    "KpiDefinition",
    "KpiObservation",
    "Review",
    "ReviewInputs",
    "ReviewRun",
    "ScoringPolicy",
]
