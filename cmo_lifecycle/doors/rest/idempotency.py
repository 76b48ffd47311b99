"""The same POST sent twice does its work once (`Idempotency-Key`, after the IETF draft of that name).

Effect and remembered answer are one transaction: a crash between them leaves neither, and the key is
free again. Only answers that did something are remembered; a refusal can be tried again.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from cmo_lifecycle.doors.rest.problems import Problem
from cmo_lifecycle.doors.rest.renderers import OPTIONS, dumps, spelled
from cmo_lifecycle.workflow.models import IdempotencyKey
from cmo_lifecycle.workflow.refusals import Refusal

KEPT = timedelta(hours=24)
HEADERS = ("Location", "ETag")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def once(request: Any, handler: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Answer by `handler`, or with what it answered to the same key before.

    422 where the key came with another body, 409 while the first is still being worked on.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return handler()
    if not _KEY.fullmatch(key):
        raise Problem(
            "invalid",
            errors=[
                {
                    "pointer": "header:Idempotency-Key",
                    "detail": "Give 1 to 255 visible ASCII characters without blanks, such as a random UUID.",
                    "code": "invalid",
                }
            ],
        )
    route = request.path[:200]
    digest = _digest(request)
    refusal: Refusal | APIException | None = None
    with transaction.atomic():
        if not _take(f"{request.user.pk}\n{request.path}\n{key}"):
            raise Problem(
                "in_flight",
                "The request with this Idempotency-Key is still being worked on. Try again in a moment.",
                headers={"Retry-After": "1"},
            )
        now = timezone.now()
        IdempotencyKey.objects.filter(user=request.user, at__lt=now - KEPT).delete()
        known = IdempotencyKey.objects.filter(user=request.user, route=route, key=key).first()
        if known is not None:
            if not hmac.compare_digest(known.body_sha256, digest):
                raise Problem(
                    "key_reused",
                    "This Idempotency-Key was used for another body. Take a new key for another request.",
                    errors=[{"pointer": "header:Idempotency-Key", "detail": "Used already.", "code": "key_reused"}],
                )
            return _replay(known)
        try:
            answer = handler()
        except (Refusal, APIException) as refused:
            # What was refused wrote nothing but, at most, that it was refused: that stays.
            refusal = refused
        if refusal is None and isinstance(answer, Response) and answer.status_code < 300:
            IdempotencyKey.objects.create(
                user=request.user,
                route=route,
                key=key,
                body_sha256=digest,
                status=answer.status_code,
                body=orjson.loads(dumps(answer.data)),
                headers={name: answer[name] for name in HEADERS if answer.has_header(name)},
            )
    if refusal is not None:
        raise refusal
    return answer


def _take(name: str) -> bool:
    """Take the key for this transaction; False while another transaction has it."""
    number = int.from_bytes(hashlib.blake2s(name.encode(), digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _digest(request: Any) -> str:
    """A keyed hash of what was asked: the body may hold a password, which a plain hash would let one guess."""
    asked = [request.method, request.get_full_path(), request.headers.get("If-Match", ""), _asked(request)]
    content = orjson.dumps(asked, default=spelled, option=OPTIONS | orjson.OPT_SORT_KEYS)
    return hmac.new(settings.SECRET_KEY.encode(), content, hashlib.sha256).hexdigest()


def _asked(request: Any) -> Any:
    if request.FILES:
        files = {}
        for name, file in request.FILES.items():
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
            files[name] = digest.hexdigest()
        return [dict(request.POST.lists()), files]
    return request.data


def _replay(known: IdempotencyKey) -> Response:
    return Response(known.body, status=known.status, headers={**known.headers, "Idempotency-Replayed": "true"})
