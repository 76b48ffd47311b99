"""From names in a file to what is kept here: CMOs by legal name or alias, programmes, sites, relationships."""

# ruff: noqa: S608 - the pieces are written here or by the ORM; what a person typed is always a parameter

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from cmo_lifecycle.accounts.models import User
from cmo_lifecycle.partners.models import CMO, Programme, Relationship, Site
from operations.importing.staging import name_key

NEAR = 0.35
HINTS = 300
_SHOWN = 60


def quoted(name: str) -> str:
    return f"“{name if len(name) <= _SHOWN else name[: _SHOWN - 1] + '…'}”"


def keys_sql(rows: QuerySet) -> tuple[str, list[Any]]:
    """Return a subquery of the rows' keys for use in SQL of one's own."""
    try:
        sql, parameters = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::uuid WHERE false", []
    return sql, list(parameters)


def keys_of(names: Iterable[str]) -> dict[str, str]:
    """Return what spellings have in common: name to key, as the database sees it."""
    wanted = list(dict.fromkeys(names))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT n, {name_key('n')} FROM unnest(%s::text[]) AS n", [wanted])
        return dict(cursor.fetchall())


def cmos(keys: Iterable[str], user: User) -> dict[str, list[UUID]]:
    """Return the CMOs of these keys: one where it is clear, several where it is not. A legal name goes before aliases."""
    seen, parameters = keys_sql(CMO.objects.visible_to(user))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH wanted AS (SELECT unnest(%s::text[]) AS key),
            known AS (
              SELECT {name_key("legal_name")} AS key, id, 1 AS rank FROM partners_cmo WHERE id IN ({seen})
              UNION ALL
              SELECT {name_key("alias")}, id, 2 FROM partners_cmo, unnest(aliases) AS alias WHERE id IN ({seen})
            ),
            best AS (SELECT known.*, min(rank) OVER (PARTITION BY key) AS first FROM known JOIN wanted USING (key))
            SELECT key, array_agg(DISTINCT id) FROM best WHERE rank = first GROUP BY key
            """,
            [list(dict.fromkeys(keys)), *parameters, *parameters],
        )
        return dict(cursor.fetchall())


def programmes(keys: Iterable[str], user: User) -> dict[str, tuple[UUID, bool]]:
    """Return the programmes of these keys, and whether the person sees them."""
    seen, parameters = keys_sql(Programme.objects.visible_to(user))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT key, id, id IN ({seen}) FROM (SELECT {name_key("name")} AS key, id FROM partners_programme) AS p
            WHERE key = ANY(%s) ORDER BY id DESC
            """,
            [*parameters, list(dict.fromkeys(keys))],
        )
        return {key: (pk, visible) for key, pk, visible in cursor.fetchall()}


def sites(pairs: Iterable[tuple[UUID, str]], user: User) -> dict[tuple[UUID, str], list[UUID]]:
    """Return the sites of (CMO, key of the site's name)."""
    wanted = list(dict.fromkeys(pairs))
    seen, parameters = keys_sql(Site.objects.visible_to(user))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT w.cmo, w.key, array_agg(s.id)
            FROM (SELECT DISTINCT * FROM unnest(%s::uuid[], %s::text[]) AS w (cmo, key)) AS w
            JOIN partners_site s ON s.cmo_id = w.cmo AND {name_key("s.name")} = w.key
            WHERE s.id IN ({seen}) GROUP BY 1, 2
            """,
            [[cmo for cmo, _ in wanted], [key for _, key in wanted], *parameters],
        )
        return {(cmo, key): found for cmo, key, found in cursor.fetchall()}


def relationships(pairs: Iterable[tuple[UUID, UUID]], user: User) -> dict[tuple[UUID, UUID], tuple[UUID, bool]]:
    """Return the relationships of (CMO, programme), and whether the person sees them."""
    wanted = list(dict.fromkeys(pairs))
    seen, parameters = keys_sql(Relationship.objects.visible_to(user))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT r.cmo_id, r.programme_id, r.id, r.id IN ({seen})
            FROM partners_relationship r
            JOIN unnest(%s::uuid[], %s::uuid[]) AS w (cmo, programme) ON r.cmo_id = w.cmo AND r.programme_id = w.programme
            """,
            [*parameters, [cmo for cmo, _ in wanted], [programme for _, programme in wanted]],
        )
        return {(cmo, programme): (pk, visible) for cmo, programme, pk, visible in cursor.fetchall()}


def near_cmos(names: Sequence[str], user: User) -> dict[str, list[str]]:
    """Return for each name the legal names most like it. The index of trigrams finds them."""
    seen, parameters = keys_sql(CMO.objects.visible_to(user))
    return _near(
        f"""
        SELECT c.legal_name AS name, similarity(upper(c.legal_name), upper(w.name)) AS likeness
        FROM partners_cmo c WHERE upper(c.legal_name) %% upper(w.name) AND c.id IN ({seen})
        """,
        names,
        parameters,
    )


def near_programmes(names: Sequence[str], user: User) -> dict[str, list[str]]:
    seen, parameters = keys_sql(Programme.objects.visible_to(user))
    return _near(
        f"""
        SELECT p.name, similarity(upper(p.name), upper(w.name)) AS likeness
        FROM partners_programme p WHERE p.id IN ({seen})
        """,
        names,
        parameters,
    )


def near_sites(names: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], list[str]]:
    """Return for each (CMO, name) the names of that CMO's sites most like it."""
    wanted = list(dict.fromkeys(names))[:HINTS]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT w.cmo, w.name, s.name FROM unnest(%s::uuid[], %s::text[]) AS w (cmo, name)
            JOIN LATERAL (
              SELECT s.name, similarity(upper(s.name), upper(w.name)) AS likeness FROM partners_site s
              WHERE s.cmo_id = w.cmo ORDER BY likeness DESC, s.name LIMIT 2
            ) AS s ON s.likeness >= %s
            ORDER BY s.likeness DESC
            """,
            [[cmo for cmo, _ in wanted], [name for _, name in wanted], NEAR],
        )
        found: dict[tuple[UUID, str], list[str]] = {}
        for cmo, name, like in cursor.fetchall():
            found.setdefault((cmo, name), []).append(like)
        return found


def _near(inner: str, names: Sequence[str], parameters: list[Any]) -> dict[str, list[str]]:
    wanted = list(dict.fromkeys(names))[:HINTS]
    found: dict[str, list[str]] = {}
    if not wanted:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT w.name, n.name FROM unnest(%s::text[]) AS w (name)
            JOIN LATERAL (SELECT * FROM ({inner}) AS i ORDER BY likeness DESC, name LIMIT 2) AS n ON n.likeness >= %s
            ORDER BY n.likeness DESC
            """,
            [wanted, *parameters, NEAR],
        )
        for name, like in cursor.fetchall():
            found.setdefault(name, []).append(like)
    return found


@dataclass
class Hint:
    """A sentence's ending: what a name may have been meant to be."""

    near: Sequence[str] = ()

    def __str__(self) -> str:
        return f" Did you mean {' or '.join(quoted(name) for name in self.near)}?" if self.near else ""
