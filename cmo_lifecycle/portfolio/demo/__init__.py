"""The demonstration: a sponsor that does not exist, its CMOs, three years of their deliveries and reviews.

`world` says who and what, `history` lets it happen through the same doors that people use, `removal` takes it away.
"""
