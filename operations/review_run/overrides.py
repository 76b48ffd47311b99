"""What caps a standing whatever the score: the findings of authorities at the sites of a relationship."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from operations.models import Review
from operations.scoring import Override

# What an authority last found holds until it has looked again and said what it thinks: an inspection that is not
# classified yet neither caps nor lifts.
_HOLDING = """
SELECT review_id, site, authority, started_on, letter_on
FROM (
    SELECT DISTINCT ON (d.review_id, i.site_id, lower(i.authority))
           d.review_id, s.name AS site, i.authority, i.started_on, i.classification,
           CASE WHEN i.warning_letter_on <= d.ends_on THEN i.warning_letter_on END AS letter_on
    FROM "due" d
    JOIN partners_relationship_sites rs ON rs.relationship_id = d.relationship_id
    JOIN partners_site s ON s.id = rs.site_id
    JOIN partners_inspection i ON i.site_id = s.id
    WHERE i.started_on <= d.ends_on AND (i.classification <> '' OR i.warning_letter_on <= d.ends_on)
    ORDER BY d.review_id, i.site_id, lower(i.authority), i.started_on DESC, i.id DESC
) AS latest
WHERE classification = 'oai' OR letter_on IS NOT NULL
ORDER BY review_id, site, started_on, authority
"""


def in_force(cursor: Any) -> dict[UUID, list[Override]]:
    """Return for each review in the temporary table `due` what caps it, none left out; a review without is not there.

    As of the last day of the review's period: a warning letter caps at Probation, an inspection classified OAI at
    Watch. It holds until the same authority's next classified inspection of the site.
    """
    cursor.execute(_HOLDING)
    found = defaultdict(list)
    for review_id, *finding in cursor.fetchall():
        found[review_id].append(_override(*finding))
    return dict(found)


def _override(site: str, authority: str, started_on: date, letter_on: date | None) -> Override:
    inspection = f"the inspection by {authority} of {started_on:%-d %b %Y}"
    if letter_on is not None:
        return Override(
            f"{site}: warning letter of {letter_on:%-d %b %Y} after {inspection}.", Review.Standing.PROBATION.value
        )
    return Override(f"{site}: OAI, official action indicated, after {inspection}.", Review.Standing.WATCH.value)
