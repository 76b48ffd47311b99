"""What may happen to strategies and to what follows from them."""

from strategy.actions import attributes, consequences, relationships, strategies

__all__ = ["attributes", "consequences", "relationships", "strategies"]
