#!/bin/bash
# Run once by the postgres image, on an empty volume. The owner makes the tables; the application logs in as a role that is
# nothing but a member of meanwhile_app, owns nothing and bypasses nothing (the migrations give meanwhile_app its rights).
set -euo pipefail

psql --set=ON_ERROR_STOP=1 --set=password="$MEANWHILE_DB_PASSWORD" --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<'SQL'
create role meanwhile_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
create role meanwhile login noinherit nosuperuser nobypassrls nocreatedb nocreaterole password :'password' in role meanwhile_app;
SQL
