"""Agreements in the portal: what a CMO's contact reads and signs. Nothing of how they came about here."""
