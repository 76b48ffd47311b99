# ruff: noqa: S608 - table and column names come from the models, quoted; every value is a parameter
"""Seal the trail, keep a signed copy of each seal outside the database, and find out what was tampered with.

A hash chain inside the database finds an altered, missing or added entry. Cutting off its tail, or writing the
whole chain anew, is found by the checkpoint file, whose lines are signed with a key the database never sees.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from cmo_lifecycle.audit import triggers
from cmo_lifecycle.audit.coverage import Covered, covered
from cmo_lifecycle.audit.models import AuditEntry, AuditSeal

FILE_NAME = "audit-checkpoints.jsonl"


def checkpoint_file() -> Path:
    return Path(settings.AUDIT_CHECKPOINT_DIR) / FILE_NAME


def seal() -> int | None:
    """Seal what is settled; return the new seal's number, or None where nothing was ready.

    An entry is settled when every transaction that might still write before it has ended, so a busy
    database seals a little behind itself. Each new seal is written to the checkpoint file.
    """
    sealed = None
    for _ in range(2):
        # The first call notes how far the trail reaches, the second seals up to there.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT audit_seal_now()")
            sealed = cursor.fetchone()[0] or sealed
    export()
    return sealed


def _mac(line: dict[str, Any]) -> str:
    text = json.dumps({key: value for key, value in line.items() if key != "mac"}, sort_keys=True)
    return hmac.new(settings.SIGNING_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def export() -> int:
    """Append each seal that the checkpoint file lacks; return how many. Safe to call at any time, twice too."""
    path = checkpoint_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+", encoding="utf-8", opener=_private) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        last = 0
        for line in file:
            try:
                last = max(last, int(json.loads(line)["seal"]))
            except (ValueError, KeyError, TypeError):
                # A torn or altered line: `verify` reports it, and the seals after it are written again.
                continue
        written = 0
        for row in AuditSeal.objects.filter(id__gt=last).order_by("id"):
            line = {
                "seal": row.id,
                "at": row.at.isoformat(),
                "from": row.from_id,
                "to": row.to_id,
                "count": row.count,
                "chain": row.chain,
            }
            file.write(json.dumps({**line, "mac": _mac(line)}, sort_keys=True) + "\n")
            written += 1
        file.flush()
        os.fsync(file.fileno())
    return written


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@dataclass
class Verdict:
    """What `verify` found: `problems` are sentences, empty when the trail is whole."""

    problems: list[str] = field(default_factory=list)
    seals: int = 0
    entries: int = 0
    unsealed: int = 0
    checkpoints: int = 0
    rows: int = 0

    @property
    def is_whole(self) -> bool:
        return not self.problems


def verify() -> Verdict:
    """Check triggers, every seal, the checkpoint file, and every covered row against its last entry."""
    verdict = Verdict()
    verdict.problems.extend(triggers.missing())
    seals = _verify_seals(verdict)
    _verify_checkpoints(verdict, seals)
    for table in covered():
        _verify_rows(verdict, table)
    return verdict


def _verify_seals(verdict: Verdict) -> dict[int, AuditSeal]:
    previous, expected = "", 1
    seals = {}
    with connection.cursor() as cursor:
        for row in AuditSeal.objects.order_by("id"):
            seals[row.id] = row
            verdict.seals += 1
            if row.from_id != expected:
                verdict.problems.append(
                    f"Seal {row.id} begins at entry {row.from_id}, not at {expected}: a seal is missing."
                )
            cursor.execute(
                "SELECT d.entries, d.digest, audit_chain(%s, %s, %s, d.entries, d.digest) FROM audit_digest(%s, %s) AS d",
                [previous, row.from_id, row.to_id, row.from_id, row.to_id],
            )
            entries, digest, chain = cursor.fetchone()
            if entries != row.count:
                verdict.problems.append(
                    f"Seal {row.id} covers {row.count} entries; {entries} stand there now (entries {row.from_id} to {row.to_id})."
                )
            elif digest != row.sha256:
                verdict.problems.append(f"An entry between {row.from_id} and {row.to_id} was altered (seal {row.id}).")
            if chain != row.chain:
                verdict.problems.append(f"Seal {row.id} does not follow from the seal before it.")
            verdict.entries += entries
            previous, expected = row.chain, row.to_id + 1
        verdict.unsealed = AuditEntry.objects.filter(id__gte=expected).count()
    return seals


def _lines() -> Iterator[tuple[int, str]]:
    path = checkpoint_file()
    if path.exists():
        with path.open(encoding="utf-8") as file:
            yield from enumerate(file, start=1)


def _verify_checkpoints(verdict: Verdict, seals: dict[int, AuditSeal]) -> None:
    seen = set()
    for number, text in _lines():
        verdict.checkpoints += 1
        try:
            line = json.loads(text)
            genuine = hmac.compare_digest(str(line["mac"]), _mac(line))
        except (ValueError, KeyError, TypeError):
            genuine = False
        if not genuine:
            verdict.problems.append(f"Line {number} of the checkpoint file was altered, or signed with another key.")
            continue
        seen.add(line["seal"])
        row = seals.get(line["seal"])
        if row is None:
            verdict.problems.append(f"Seal {line['seal']} of {line['at']} is gone: the end of the trail was cut off.")
        elif (row.from_id, row.to_id, row.count, row.chain) != (line["from"], line["to"], line["count"], line["chain"]):
            verdict.problems.append(
                f"Seal {row.id} differs from its checkpoint of {line['at']}: the trail was written anew."
            )
    absent = sorted(set(seals) - seen)
    if absent:
        verdict.problems.append(
            f"{len(absent)} seals have no checkpoint, the first is {absent[0]}: a checkpoint was removed."
        )


def _verify_rows(verdict: Verdict, table: Covered) -> None:
    """Compare each row with what the trail last wrote of it; only columns that the entry knew are compared."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH last AS (
              SELECT DISTINCT ON (row_id) row_id, op, new FROM audit_entry
              WHERE table_name = %s ORDER BY row_id, id DESC
            ), now AS (
              SELECT t.{quote(table.key)}::text AS row_id, to_jsonb(t) AS r FROM {quote(table.table)} AS t
            )
            SELECT coalesce(last.row_id, now.row_id),
                   CASE WHEN now.row_id IS NULL THEN 'gone'
                        WHEN last.row_id IS NULL THEN 'unknown'
                        WHEN last.op = 'D' THEN 'back'
                        ELSE 'altered' END,
                   count(*) OVER ()
            FROM last FULL JOIN now ON now.row_id = last.row_id
            WHERE (now.row_id IS NULL AND last.op <> 'D')
               OR last.row_id IS NULL
               OR (now.row_id IS NOT NULL AND last.op = 'D')
               OR (now.row_id IS NOT NULL AND last.op <> 'D' AND EXISTS (
                     SELECT FROM jsonb_each(last.new) AS e
                     WHERE now.r ? e.key AND (now.r -> e.key) IS DISTINCT FROM e.value))
            ORDER BY 1 LIMIT 20
            """,
            [table.table],
        )
        found = cursor.fetchall()
        cursor.execute(f"SELECT count(*) FROM {quote(table.table)}")
        verdict.rows += cursor.fetchone()[0]
    says = {
        "gone": "was removed without an entry",
        "unknown": "has no entry in the trail",
        "back": "stands although the trail says it was removed",
        "altered": "differs from its last entry",
    }
    for key, what, _ in found:
        verdict.problems.append(f"Row {key} of {table.table} {says[what]}.")
    if found and found[0][2] > len(found):
        verdict.problems.append(f"{found[0][2] - len(found)} more rows of {table.table} differ from the trail.")
