"""One-time codes: whoever follows a link shows by one that they read the mail of its contact.

A code is made by the task that mails it, for one link in one browser. The cache keeps a keyed hash of it, and nothing
else does; without the cache nobody comes in by a link.
"""

from __future__ import annotations

import logging
import secrets
from enum import Enum
from typing import Any

from django.core.cache import cache
from django.utils.crypto import constant_time_compare, salted_hmac
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from evaluation import wording
from evaluation.actions import links
from evaluation.models import AccessLink

log = logging.getLogger(__name__)

DIGITS = 8
MINUTES = 10
TRIES = 5
#: So many codes are mailed for one link within so many seconds.
SENT, WINDOW = 5, 15 * 60


class Answer(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    #: There is none any more: it has expired, was used, or too many were tried.
    OVER = "over"
    #: The cache is away.
    AWAY = "away"


def new_entry() -> str:
    """Return a key for one browser that waits at the door; it opens nothing by itself."""
    return secrets.token_hex(16)


def _name(link: Any, entry: str, what: str) -> str:
    return f"portal:code:{link}:{entry}:{what}"


def _hash(link: Any, entry: str, code: str) -> str:
    return salted_hmac("evaluation.portal.codes", f"{link}:{entry}:{code}", algorithm="sha256").hexdigest()


def ask(link: AccessLink, entry: str) -> Answer:
    """Have a code mailed to where the link was sent; OVER where too many were asked for, AWAY where it cannot be."""
    from evaluation import tasks

    counted = f"portal:codes:{link.pk}"
    try:
        cache.add(counted, 0, WINDOW)
        if int(cache.incr(counted)) > SENT:
            return Answer.OVER
        tasks.send_code.apply_async([str(link.pk), entry], retry=False, expires=MINUTES * 60)
    except (RedisError, OSError, ValueError, OperationalError):
        log.exception("A one-time code could not be asked for.")
        return Answer.AWAY
    return Answer.RIGHT


def send(link_pk: Any, entry: str) -> bool:
    """Make a code for one browser and mail it; the one before is worth nothing any more."""
    link = links.live(pk=link_pk)
    if link is None or not link.address:
        return False
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    cache.set_many(
        {_name(link.pk, entry, "hash"): _hash(link.pk, entry, code), _name(link.pk, entry, "tried"): 0}, MINUTES * 60
    )
    wording.write_code(link, code, MINUTES).send()
    return True


def check(link: AccessLink, entry: str, typed: str) -> Answer:
    """Say whether this is the code; a right one is used up by it, and so is one that was missed too often."""
    kept_as, tried = _name(link.pk, entry, "hash"), _name(link.pk, entry, "tried")
    try:
        kept = cache.get(kept_as)
        if kept is None or int(cache.incr(tried)) > TRIES:
            return Answer.OVER
        if constant_time_compare(kept, _hash(link.pk, entry, typed)):
            # Whoever deletes it is the one who used it, should two come at once.
            return Answer.RIGHT if cache.delete(kept_as) else Answer.OVER
        return Answer.WRONG
    except ValueError:
        return Answer.OVER
    except (RedisError, OSError):
        log.exception("A one-time code could not be looked at.")
        return Answer.AWAY
