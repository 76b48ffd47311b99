"""Whether the process lives, and whether the installation can work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cmo_lifecycle.workflow.models import Heartbeat

#: How long a part may be silent before it counts as gone. They beat once a minute.
SILENCE = {"worker": timedelta(minutes=5), "beat": timedelta(minutes=5)}


@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, broker and workers are there; else 503 with what is wrong, part by part."""
    parts = {"database": _database(), "broker": _broker()}
    if parts["database"]["ok"]:
        parts |= _heartbeats()
    ready = all(part["ok"] for part in parts.values())
    return JsonResponse({"status": "ok" if ready else "unavailable", "parts": parts}, status=200 if ready else 503)


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"ok": False, "problem": "The database does not answer."}
    return {"ok": True}


def _broker() -> dict[str, Any]:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        return {"ok": False, "problem": "The broker does not answer."}
    finally:
        client.close()
    return {"ok": True}


def _heartbeats() -> dict[str, dict[str, Any]]:
    seen = dict(Heartbeat.objects.filter(name__in=SILENCE).values_list("name", "at"))
    now = timezone.now()
    parts: dict[str, dict[str, Any]] = {}
    for name, longest in SILENCE.items():
        at = seen.get(name)
        age = None if at is None else max(0, int((now - at).total_seconds()))
        part: dict[str, Any] = {"ok": at is not None and now - at <= longest, "seconds_since_heartbeat": age}
        if at is None:
            part["problem"] = f"The {name} has not run yet."
        elif not part["ok"]:
            part["problem"] = f"The {name} has been silent for {age} seconds."
        parts[name] = part
    return parts
