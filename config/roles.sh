#!/bin/sh
# Runs once in a new PostgreSQL container: roles, privileges, and the passwords from secrets.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -f /roles.sql
for role in owner app backup; do
    psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
        -v role="ittai_$role" -v password="$(cat "/run/secrets/db_password_$role")" <<'SQL'
ALTER ROLE :"role" PASSWORD :'password';
SQL
done
