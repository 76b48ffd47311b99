"""Pages of contracting: one module, or one room, per kind of work."""
