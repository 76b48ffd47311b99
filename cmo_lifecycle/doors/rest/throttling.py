"""How many requests one person may make in a minute, told in every answer's headers."""

from __future__ import annotations

import hashlib
import logging
import time
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

log = logging.getLogger(__name__)

#: So many refused tokens from one address within so many seconds; a good token is never held up by them.
FAILURES, FAILURE_WINDOW = 30, 60


class PerPerson(BaseThrottle):
    """A fixed window per account (per address where nobody is signed in), counted in one place for all processes.

    Leaves `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers) on the request for
    the outermost middleware. Without the cache nobody is held up.
    """

    def allow_request(self, request: Any, view: Any) -> bool:
        limit, window = _rate(api_settings.DEFAULT_THROTTLE_RATES["person"])
        now = time.time()
        number = int(now // window)
        self._wait = int((number + 1) * window - now) + 1
        try:
            used = _count(f"rate:{self._who(request)}:{number}", window)
        except (RedisError, OSError):
            log.exception("The rate limit cannot be counted; the request goes on.")
            return True
        headers = {
            "RateLimit-Policy": f'"person";q={limit};w={window}',
            "RateLimit": f'"person";r={max(limit - used, 0)};t={self._wait}',
        }
        request._request.rate_limit_headers = headers
        return used <= limit

    def wait(self) -> float:
        return self._wait

    def _who(self, request: Any) -> str:
        if request.user and request.user.is_authenticated:
            return str(request.user.pk)
        return hashlib.sha256((self.get_ident(request) or "").encode()).hexdigest()[:24]


def too_many_failures(request: Any) -> int:
    """Count a refused token against the address it came from; return the seconds to wait, 0 while it may go on."""
    number = int(time.time() // FAILURE_WINDOW)
    address = PerPerson().get_ident(request) or ""
    key = f"refused:{hashlib.sha256(address.encode()).hexdigest()[:24]}:{number}"
    try:
        used = _count(key, FAILURE_WINDOW)
    except (RedisError, OSError):
        log.exception("Refused tokens cannot be counted.")
        return 0
    return int((number + 1) * FAILURE_WINDOW - time.time()) + 1 if used > FAILURES else 0


@lru_cache
def _rate(text: str) -> tuple[int, int]:
    class Rate(SimpleRateThrottle):
        rate = text

    limit, window = Rate().num_requests, Rate().duration
    assert limit is not None and window is not None
    return limit, window


def _count(key: str, window: int) -> int:
    # One trip for both; the cache's own `incr` makes two, for it looks first whether the key is there.
    made = cache.make_and_validate_key(key)
    client: Any = cache._cache.get_client(made, write=True)  # type: ignore[attr-defined]
    with client.pipeline(transaction=False) as steps:
        steps.incr(made)
        steps.expire(made, window * 2, nx=True)
        return int(steps.execute()[0])
