"""The database's side of the trail, as run by the first migration.

Owned by `cmo_audit`, a role that cannot log in: the application's role may read, and nothing else.
"""

#: `OFFSET 0` keeps a row's JSON from being made anew at each place that reads it.
RECORD = r"""
-- Arguments of the trigger: key column, hidden columns, quiet columns.
CREATE OR REPLACE FUNCTION audit_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  key text := TG_ARGV[0];
  hidden text[] := TG_ARGV[1]::text[];
  quiet text[] := TG_ARGV[2]::text[];
  who text := coalesce(current_setting('app.actor', true), '');
  door text := coalesce(current_setting('app.source', true), '');
  because uuid := nullif(current_setting('app.event', true), '')::uuid;
  now_ timestamptz := clock_timestamp();
  written bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.audit_entry (at, xact, table_name, op, row_id, new, actor, event, source, db_user)
    SELECT now_, (SELECT pg_current_xact_id()::text::bigint), TG_TABLE_NAME, 'I', n.r ->> key, n.r - hidden - quiet,
           nullif(who, ''), because, door, session_user
    FROM (SELECT to_jsonb(new_rows) AS r FROM new_rows OFFSET 0) AS n
    WHERE who <> '';
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO public.audit_entry (at, xact, table_name, op, row_id, old, new, actor, event, source, db_user)
    SELECT now_, (SELECT pg_current_xact_id()::text::bigint), TG_TABLE_NAME, 'U', n.r ->> key,
           (SELECT jsonb_object_agg(e.key, CASE WHEN e.key = ANY (hidden) THEN '"(hidden)"'::jsonb ELSE e.value END)
              FROM jsonb_each(o.r) AS e WHERE (n.r -> e.key) IS DISTINCT FROM e.value),
           n.r - hidden, nullif(who, ''), because, door, session_user
    FROM (SELECT to_jsonb(new_rows) - quiet AS r FROM new_rows OFFSET 0) AS n
    JOIN (SELECT to_jsonb(old_rows) - quiet AS r FROM old_rows OFFSET 0) AS o ON o.r ->> key = n.r ->> key
    WHERE who <> '' AND o.r IS DISTINCT FROM n.r;
  ELSE
    INSERT INTO public.audit_entry (at, xact, table_name, op, row_id, old, actor, event, source, db_user)
    SELECT now_, (SELECT pg_current_xact_id()::text::bigint), TG_TABLE_NAME, 'D', o.r ->> key, o.r - hidden - quiet,
           nullif(who, ''), because, door, session_user
    FROM (SELECT to_jsonb(old_rows) AS r FROM old_rows OFFSET 0) AS o
    WHERE who <> '';
  END IF;
  IF who = '' THEN
    IF TG_OP = 'DELETE' THEN
      SELECT count(*) INTO written FROM old_rows;
    ELSE
      SELECT count(*) INTO written FROM new_rows;
    END IF;
    IF written > 0 THEN
      RAISE EXCEPTION 'A write to % names nobody: set app.actor first.', TG_TABLE_NAME USING ERRCODE = '42501';
    END IF;
  END IF;
  RETURN NULL;
END $$;
"""

_TABLES = r"""
CREATE TABLE audit_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  xact bigint NOT NULL,
  table_name text NOT NULL,
  op char(1) NOT NULL CHECK (op IN ('I', 'U', 'D')),
  row_id text NOT NULL,
  old jsonb,
  new jsonb,
  actor text NOT NULL CHECK (actor <> ''),
  event uuid,
  source text NOT NULL,
  db_user text NOT NULL
);
CREATE INDEX audit_entry_of_a_row ON audit_entry (row_id, id);
CREATE INDEX audit_entry_of_an_actor ON audit_entry (actor, id);
CREATE INDEX audit_entry_at ON audit_entry USING brin (at);

CREATE TABLE audit_seal (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  from_id bigint NOT NULL,
  to_id bigint NOT NULL,
  count bigint NOT NULL,
  sha256 text NOT NULL,
  chain text NOT NULL,
  CONSTRAINT audit_seal_has_a_range CHECK (to_id >= from_id)
);

CREATE TABLE audit_horizon (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  to_id bigint NOT NULL,
  xact bigint NOT NULL
);

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: its history is kept.', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_entry_is_never_emptied BEFORE TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seal_is_append_only BEFORE UPDATE OR DELETE ON audit_seal
  FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seal_is_never_emptied BEFORE TRUNCATE ON audit_seal
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""

_SEALS = r"""
-- Rows that migrations wrote before their table had its triggers: the trail begins with them as they stand.
CREATE FUNCTION audit_baseline(of_table text, key text, begun jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  written bigint;
BEGIN
  INSERT INTO public.audit_entry (at, xact, table_name, op, row_id, new, actor, source, db_user)
  SELECT clock_timestamp(), pg_current_xact_id()::text::bigint, of_table, 'I', r ->> key, r,
         'system:migration', 'migration', session_user
  FROM jsonb_array_elements(begun) AS r
  WHERE NOT EXISTS (SELECT FROM public.audit_entry AS e WHERE e.table_name = of_table AND e.row_id = r ->> key);
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written;
END $$;

CREATE FUNCTION audit_digest(first_id bigint, last_id bigint, OUT entries bigint, OUT digest text)
LANGUAGE sql STABLE SET search_path = pg_catalog, public SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
  SELECT count(*),
         encode(sha256(convert_to(coalesce(string_agg(
           encode(sha256(convert_to(jsonb_build_array(
             id, at, xact, table_name, op, row_id, old, new, actor, event, source, db_user)::text, 'UTF8')), 'hex'),
           '' ORDER BY id), ''), 'UTF8')), 'hex')
  FROM audit_entry WHERE id BETWEEN first_id AND last_id;
$$;

CREATE FUNCTION audit_chain(previous text, first_id bigint, last_id bigint, entries bigint, digest text)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
  SELECT encode(sha256(convert_to(jsonb_build_array(previous, first_id, last_id, entries, digest)::text, 'UTF8')), 'hex');
$$;

-- Ids are given out before their transaction commits, so a range may be sealed only when every
-- transaction that could still add to it has ended: one call notes the horizon, a later one seals up to it.
CREATE FUNCTION audit_seal_now() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  allotted bigint;
  me bigint;
  oldest bigint;
  horizon public.audit_horizon;
  last_seal public.audit_seal;
  first_id bigint;
  entries bigint;
  digest text;
  sealed bigint;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('audit_seal')) THEN
    RETURN NULL;
  END IF;
  SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO allotted FROM public.audit_entry_id_seq;
  me := pg_current_xact_id()::text::bigint;
  oldest := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  SELECT * INTO horizon FROM public.audit_horizon;
  SELECT * INTO last_seal FROM public.audit_seal ORDER BY id DESC LIMIT 1;
  first_id := coalesce(last_seal.to_id, 0) + 1;
  IF horizon.to_id >= first_id AND horizon.xact < oldest THEN
    SELECT d.entries, d.digest INTO entries, digest FROM audit_digest(first_id, horizon.to_id) AS d;
    IF entries > 0 THEN
      INSERT INTO public.audit_seal (from_id, to_id, count, sha256, chain)
      VALUES (first_id, horizon.to_id, entries, digest,
              audit_chain(coalesce(last_seal.chain, ''), first_id, horizon.to_id, entries, digest))
      RETURNING id INTO sealed;
    END IF;
  END IF;
  -- A restored database counts its transactions anew: a horizon from its future can never be reached.
  IF horizon.xact IS NULL OR horizon.xact < oldest OR horizon.xact > me THEN
    INSERT INTO public.audit_horizon (to_id, xact) VALUES (allotted, me)
    ON CONFLICT (one) DO UPDATE SET to_id = excluded.to_id, xact = excluded.xact;
  END IF;
  RETURN sealed;
END $$;

ALTER TABLE audit_entry OWNER TO cmo_audit;
ALTER TABLE audit_seal OWNER TO cmo_audit;
ALTER TABLE audit_horizon OWNER TO cmo_audit;
ALTER FUNCTION audit_refuse() OWNER TO cmo_audit;
ALTER FUNCTION audit_record() OWNER TO cmo_audit;
ALTER FUNCTION audit_baseline(text, text, jsonb) OWNER TO cmo_audit;
ALTER FUNCTION audit_digest(bigint, bigint) OWNER TO cmo_audit;
ALTER FUNCTION audit_chain(text, bigint, bigint, bigint, text) OWNER TO cmo_audit;
ALTER FUNCTION audit_seal_now() OWNER TO cmo_audit;
REVOKE ALL ON audit_entry, audit_seal, audit_horizon FROM PUBLIC, cmo_app, cmo_reader, cmo_owner;
REVOKE ALL ON SEQUENCE audit_entry_id_seq, audit_seal_id_seq FROM PUBLIC, cmo_app, cmo_reader, cmo_owner;
GRANT SELECT ON audit_entry, audit_seal TO cmo_app, cmo_reader, cmo_owner;
REVOKE ALL ON FUNCTION audit_seal_now() FROM PUBLIC;
REVOKE ALL ON FUNCTION audit_record(), audit_baseline(text, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_record(), audit_baseline(text, text, jsonb) TO cmo_owner;
GRANT EXECUTE ON FUNCTION audit_seal_now() TO cmo_app, cmo_owner;
"""

CREATE = "".join([_TABLES, RECORD, _SEALS])

DROP = """
DROP TABLE audit_horizon, audit_seal, audit_entry CASCADE;
DROP FUNCTION audit_baseline(text, text, jsonb);
DROP FUNCTION audit_seal_now(), audit_chain(text, bigint, bigint, bigint, text), audit_digest(bigint, bigint);
DROP FUNCTION audit_record() CASCADE;
DROP FUNCTION audit_refuse() CASCADE;
"""
