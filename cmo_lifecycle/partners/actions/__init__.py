"""What may happen to the shared nouns, and what follows."""

from cmo_lifecycle.partners.actions import programmes, qualifications, relationships, tiers

__all__ = ["programmes", "qualifications", "relationships", "tiers"]
