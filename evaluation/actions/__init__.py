from evaluation.actions import (  # noqa: F401  each registers its verbs, gates and what follows
    appraisals,
    awards,
    candidates,
    clarifying,
    judging,
    library,
    proposals,
    rfps,
)
