#!/bin/sh
# backup.sh FOLDER [DAYS]: one compressed dump of the database that PG* variables name, whole or not
# at all; dumps older than DAYS (14) go. Restored by `pg_restore`, see docs/runbook.md.
set -eu
umask 077
folder="$1" days="${2:-14}"
mkdir -p "$folder"
name="$folder/portside-$(date -u +%Y%m%dT%H%M%SZ).dump"
pg_dump --format=custom --no-owner --no-privileges --file="$name.part"
pg_restore --list "$name.part" >/dev/null
mv "$name.part" "$name"
find "$folder" -name 'portside-*.dump' -mtime "+$days" -exec rm -f {} +
echo "$name"
