"""The verbs of contracting. Importing this registers them, the gates of the relationship and what follows from them."""

from contracts.actions import agreements, delegations, gates, obligations, points, quality, waivers

__all__ = ["agreements", "delegations", "gates", "obligations", "points", "quality", "waivers"]
