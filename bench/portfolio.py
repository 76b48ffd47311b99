"""A made-up portfolio of any size, written by the database itself in a few statements."""

from __future__ import annotations

from bench.database import superuser

START = "DATE '2024-01-01'"
MONTHS = 24

PEOPLE = """
INSERT INTO accounts_user (id, password, is_superuser, email, name, job_title, is_active, is_staff, is_service,
  identity_verified, statement_version, time_zone, single_key_shortcuts, created_at)
SELECT uuidv7(), '!', false, 'person' || n || '@bench.example', 'Person ' || n, '', true, false, false,
       true, '1', 'UTC', true, now()
FROM generate_series(%(from)s, %(to)s) AS n
"""

CMOS = """
INSERT INTO partners_cmo (id, version, created_at, updated_at, legal_name, aliases, country, kind, modalities,
  financial_rating, website, notes, external_id)
SELECT uuidv7(), 1, now(), now(), 'Manufacturer ' || lpad(n::text, 7, '0') || ' ' || (ARRAY['Biologics', 'Pharma',
       'Laboratories', 'Sterile', 'Packaging'])[n %% 5 + 1], '{}', (ARRAY['IE', 'NO', 'DE', 'IN', 'US'])[n %% 5 + 1],
       'pure', '{biologic}', '', '', '', ''
FROM generate_series(%(from)s, %(to)s) AS n
"""

SITES = """
INSERT INTO partners_site (id, version, created_at, updated_at, cmo_id, name, address, city, postal_code, country,
  time_zone, fei, duns, gln, operations, watch, notes, external_id)
SELECT uuidv7(), 1, now(), now(), c.id, 'Site of ' || c.legal_name, '', '', '', c.country, '', '', '', '', '',
       false, '', ''
FROM partners_cmo AS c LEFT JOIN partners_site AS s ON s.cmo_id = c.id WHERE s.id IS NULL
"""

PROGRAMMES = """
INSERT INTO partners_programme (id, version, created_at, updated_at, name, kind, modality, phase, description, state,
  external_id)
SELECT uuidv7(), 1, now(), now(), 'Programme ' || lpad(n::text, 6, '0'), 'product', 'biologic', 'commercial', '',
       'active', ''
FROM generate_series(%(from)s, %(to)s) AS n
"""

MEMBERS = """
INSERT INTO partners_programme_members (programme_id, user_id)
SELECT p.id, u.id FROM partners_programme AS p CROSS JOIN accounts_user AS u
WHERE u.email IN ('person1@bench.example', 'person2@bench.example')
ON CONFLICT DO NOTHING
"""

#: Each CMO works for four programmes.
RELATIONSHIPS = """
WITH c AS (SELECT id, row_number() OVER (ORDER BY legal_name) - 1 AS n FROM partners_cmo),
     p AS (SELECT id, row_number() OVER (ORDER BY name) - 1 AS n FROM partners_programme),
     pairs AS (
       SELECT c.id, (c.n * 7 + k * 13) %% (SELECT count(*) FROM partners_programme) AS n FROM c, generate_series(0, 3) AS k
     )
INSERT INTO partners_relationship (id, version, created_at, updated_at, cmo_id, programme_id, services, tier, state,
  review_cadence, active_from, registered_as_existing, registration_evidence, notes, external_id, manager_id)
SELECT uuidv7(), 1, now(), now(), pairs.id, p.id, '{drug_substance}', 2, 'active', 'month', DATE '2024-01-01', true,
       'made for measuring', '', '', (SELECT id FROM accounts_user WHERE email = 'person1@bench.example')
FROM pairs JOIN p USING (n)
ON CONFLICT DO NOTHING
"""

DELIVERIES = """
WITH r AS (
  SELECT r.id, s.id AS site_id, row_number() OVER (ORDER BY r.id) AS n
  FROM partners_relationship AS r JOIN partners_site AS s ON s.cmo_id = r.cmo_id
  WHERE NOT EXISTS (SELECT FROM operations_delivery AS d WHERE d.relationship_id = r.id)
)
INSERT INTO operations_delivery (id, version, created_at, updated_at, relationship_id, site_id, external_id,
  source_system, order_ref, item, country, transport_mode, incoterm, ordered_on, scheduled_on, delivered_on,
  recorded_on, quantity_ordered, quantity_delivered, quantity_accepted, unit, value, currency, notes)
SELECT uuidv7(), 1, now(), now(), r.id, r.site_id, r.n || '-' || k || '-' || left(r.id::text, 13), 'bench',
       'PO-' || (r.n * 31 + k), 'Item ' || k %% 9, (ARRAY['IE', 'NO', 'DE', 'US'])[k %% 4 + 1],
       (ARRAY['Air', 'Sea', 'Road'])[k %% 3 + 1], 'DAP', due - 80, due,
       due + CASE WHEN (r.n * 7919 + k * 104729) %% 100 < 8 THEN 1 + ((r.n + k) %% 30)::int ELSE 0 END, due + 1,
       100 + k %% 50, 100 + k %% 50, 100 + k %% 50, 'vials', (1000 + (k * 37) %% 9000)::numeric, 'EUR', '{}'
FROM r CROSS JOIN generate_series(1, %(each)s) AS k
CROSS JOIN LATERAL (SELECT DATE '2024-01-01' + ((r.n * 17 + k * 731) %% %(days)s)::int AS due) AS d
"""


def grow(relationships: int, deliveries_each: int) -> None:
    """Bring the portfolio to about so many relationships, each with so many deliveries over two years."""
    with superuser() as cursor:
        cursor.execute("SELECT count(*) FROM partners_cmo")
        cmos = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM partners_programme")
        programmes = cursor.fetchone()[0]
        if not cmos:
            cursor.execute(PEOPLE, {"from": 1, "to": 50})
            cursor.execute(
                "INSERT INTO accounts_user_groups (user_id, group_id) SELECT u.id, g.id FROM accounts_user AS u,"
                " auth_group AS g WHERE u.email = 'person1@bench.example' AND g.name IN"
                " ('project_manager', 'sourcing', 'supply_planning', 'quality')"
            )
        cursor.execute(CMOS, {"from": cmos + 1, "to": max(1, relationships // 4)})
        cursor.execute(SITES)
        cursor.execute(PROGRAMMES, {"from": programmes + 1, "to": max(20, relationships // 20)})
        cursor.execute(MEMBERS)
        cursor.execute(RELATIONSHIPS, {})
        cursor.execute(DELIVERIES, {"each": deliveries_each, "days": MONTHS * 30})
        cursor.execute("VACUUM ANALYZE")


def counts() -> tuple[int, int]:
    """Return how many relationships and deliveries there are."""
    with superuser() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM partners_relationship), (SELECT count(*) FROM operations_delivery)"
        )
        return cursor.fetchone()
