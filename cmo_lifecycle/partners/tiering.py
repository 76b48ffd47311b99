"""The risk-tier rubric: four factors of 1 to 3, added up."""

FACTORS = ("product_impact", "detectability", "data_integrity", "supply_continuity")

#: Lowest total of each tier, strictest first (domain reference, section 2).
TIERS = ((10, 1), (7, 2), (4, 3))


def tier_of(total: int) -> int:
    """Return the tier (1 the strictest) for a total of 4 to 12; raise ValueError outside."""
    if not 4 <= total <= 12:
        raise ValueError("The total of four factors of 1 to 3 is 4 to 12.")
    return next(tier for lowest, tier in TIERS if total >= lowest)
