-- The roles and the empty database. Run by psql as superuser, again and again if need be: by `manage.py`
-- for the embedded server, and by the PostgreSQL container on its first start.
-- Passwords come from the environment; without them only the socket's own protection lets anybody in.
\set ON_ERROR_STOP on
\set QUIET on
\getenv owner_password CMO_OWNER_PASSWORD
\getenv app_password CMO_APP_PASSWORD
\getenv reader_password CMO_READER_PASSWORD
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I %s', role, attributes)
  FROM (VALUES ('cmo_owner', 'LOGIN'), ('cmo_app', 'LOGIN'), ('cmo_audit', 'NOLOGIN'), ('cmo_reader', 'LOGIN'))
    AS wanted (role, attributes)
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec

\if :{?owner_password}
ALTER ROLE cmo_owner PASSWORD :'owner_password';
\endif
\if :{?app_password}
ALTER ROLE cmo_app PASSWORD :'app_password';
\endif
\if :{?reader_password}
ALTER ROLE cmo_reader PASSWORD :'reader_password';
\endif

-- The trail belongs to a role that cannot log in; migrations reach it through membership, the application never.
GRANT cmo_audit TO cmo_owner;
ALTER ROLE cmo_reader SET default_transaction_read_only = on;
ALTER ROLE cmo_app SET idle_in_transaction_session_timeout = '15min';
ALTER ROLE cmo_owner SET lock_timeout = '30s';

SELECT 'CREATE DATABASE cmo OWNER cmo_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'cmo')
\gexec
REVOKE CONNECT ON DATABASE cmo FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE cmo TO cmo_owner, cmo_app;
GRANT CONNECT ON DATABASE cmo TO cmo_reader;

\connect cmo
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO cmo_app, cmo_reader;
-- A table can only be handed to an owner that may create in its schema.
GRANT USAGE, CREATE ON SCHEMA public TO cmo_audit;
ALTER DEFAULT PRIVILEGES FOR ROLE cmo_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cmo_app;
ALTER DEFAULT PRIVILEGES FOR ROLE cmo_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO cmo_app;
ALTER DEFAULT PRIVILEGES FOR ROLE cmo_owner IN SCHEMA public
  GRANT SELECT ON TABLES TO cmo_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE cmo_owner IN SCHEMA public
  GRANT SELECT ON SEQUENCES TO cmo_reader;
