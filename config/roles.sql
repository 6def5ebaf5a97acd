-- Roles and privileges, run by a superuser inside the application's database before the first
-- migration; may be run again.
--   ittai_owner   owns the database and its tables, runs migrations
--   ittai_app     web and worker: no superuser, no BYPASSRLS, owns nothing, creates nothing
--   ittai_backup  reads everything, for pg_dump only
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'ittai_owner') THEN
        CREATE ROLE ittai_owner LOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'ittai_app') THEN
        CREATE ROLE ittai_app LOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'ittai_backup') THEN
        CREATE ROLE ittai_backup LOGIN NOSUPERUSER BYPASSRLS;
        GRANT pg_read_all_data TO ittai_backup;
    END IF;
    EXECUTE format('ALTER DATABASE %I OWNER TO ittai_owner', current_database());
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END
$$;
ALTER SCHEMA public OWNER TO ittai_owner;
-- A database that began before PostgreSQL 15 lets everybody create here.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ittai_app, ittai_backup;
ALTER DEFAULT PRIVILEGES FOR ROLE ittai_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ittai_app;
ALTER DEFAULT PRIVILEGES FOR ROLE ittai_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO ittai_app;
-- PostgreSQL would write failing statements and rows, with the values in them, into the server's own log.
-- What the application's role does wrong is logged by the application, without the values.
ALTER ROLE ittai_app SET log_min_messages = 'fatal';
ALTER ROLE ittai_app SET log_min_error_statement = 'panic';
ALTER ROLE ittai_app SET log_error_verbosity = 'terse';
ALTER ROLE ittai_app SET log_min_duration_statement = -1;
