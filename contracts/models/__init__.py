"""What contracting keeps."""

from contracts.models.agreement import Agreement
from contracts.models.calendar import Holiday, HolidayCalendar
from contracts.models.delegation import AuthorityLimit, Delegation, DelegationRate, SplitAnswer
from contracts.models.document import Clause, ContractDocument, Passage, Waiver
from contracts.models.negotiation import NegotiationPoint, Position
from contracts.models.obligation import AgreementEvent, Obligation
from contracts.models.quality import Exercise, Subcontractor
from contracts.models.tables import Duty, Provision, Responsibility, Side, Signatory, Term

__all__ = [
    "Agreement", "AgreementEvent", "AuthorityLimit", "Clause", "ContractDocument", "Delegation", "DelegationRate", "Duty",
    "Exercise", "Holiday", "HolidayCalendar", "NegotiationPoint", "Obligation", "Passage", "Position", "Provision",
    "Responsibility", "Side", "Signatory", "SplitAnswer", "Subcontractor", "Term", "Waiver",
]  # fmt: skip
