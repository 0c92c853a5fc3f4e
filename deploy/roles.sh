#!/bin/sh
# When the database is made: the two roles with their passwords. `portside db grants --apply` gives
# them their rights.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=receiver="$RECEIVER_PASSWORD" --set=dashboard="$DASHBOARD_PASSWORD" <<'SQL'
CREATE ROLE portside_receiver LOGIN PASSWORD :'receiver';
CREATE ROLE portside_dashboard LOGIN PASSWORD :'dashboard';
SQL
