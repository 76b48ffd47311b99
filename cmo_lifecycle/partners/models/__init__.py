"""The shared model: who makes things for us, where, what for, and how far we are with them."""

from cmo_lifecycle.partners.models.cmo import CMO, Contact, Identifier
from cmo_lifecycle.partners.models.programme import Programme
from cmo_lifecycle.partners.models.qualification import Qualification
from cmo_lifecycle.partners.models.relationship import OfRelationshipQuerySet, Relationship, TierAssessment
from cmo_lifecycle.partners.models.site import Capability, Certificate, Inspection, Site

__all__ = [
    "CMO",
    "Capability",
    "Certificate",
    "Contact",
    "Identifier",
    "Inspection",
    "OfRelationshipQuerySet",
    "Programme",
    "Qualification",
    "Relationship",
    "Site",
    "TierAssessment",
]
