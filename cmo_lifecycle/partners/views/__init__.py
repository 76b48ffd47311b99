"""The pages of the shared nouns, by noun."""

from cmo_lifecycle.partners.views.companies import CMOs, Contacts, Identifiers
from cmo_lifecycle.partners.views.programmes import Programmes
from cmo_lifecycle.partners.views.qualifications import Qualifications
from cmo_lifecycle.partners.views.relationships import Relationships, TierAssessments
from cmo_lifecycle.partners.views.sites import Capabilities, Certificates, Inspections, Sites

NOUNS = (
    CMOs,
    Sites,
    Programmes,
    Relationships,
    Qualifications,
    TierAssessments,
    Certificates,
    Inspections,
    Capabilities,
    Contacts,
    Identifiers,
)

__all__ = ["NOUNS"]
