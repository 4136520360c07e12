#!/bin/sh
# Compiled from the catalogue by `steward build`; edit the catalogue, not this file.
# Usage: sh start.sh PROGRAM COPY ARGUMENTS...
# Fills SMTP_* into COPY of alertmanager.yml, leaves out channels whose secret is empty, and runs PROGRAM on it.
set -eu
umask 077
program=$1 copy=$2
shift 2
folder=$(cd "$(dirname "$0")" && pwd)

refuse() {
    echo "alertmanager: $1" >&2
    exit 1
}

if [ -z "${SMTP_HOST:-}" ] && [ -n "${SMTP_FROM:-}${SMTP_USERNAME:-}" ]; then
    refuse "SMTP_FROM or SMTP_USERNAME is set, but SMTP_HOST is not; set it, or unset them"
fi
SMTP_PORT=${SMTP_PORT:-587}
case $SMTP_PORT in
    *[!0-9]* | ??????*) refuse "SMTP_PORT=$SMTP_PORT: not a port; set it to a number from 1 to 65535" ;;
esac
if [ "$SMTP_PORT" -lt 1 ] || [ "$SMTP_PORT" -gt 65535 ]; then
    refuse "SMTP_PORT=$SMTP_PORT: not a port; set it to a number from 1 to 65535"
fi
export SMTP_PORT

FOLDER=$folder awk '
function quoted(text) { gsub(/\047/, "\047\047", text); return "\047" text "\047" }
function empty(file, line) { return (getline line < file) <= 0 || line == "" }
function refuse(text) { print "alertmanager: " text > "/dev/stderr"; exit 1 }
BEGIN {
    host = ENVIRON["SMTP_HOST"]; user = ENVIRON["SMTP_USERNAME"]; from = ENVIRON["SMTP_FROM"]
}
{ match($0, /[^ ]/); depth = RSTART }
leaving && depth > left { next }
{ leaving = 0 }
/^ +- [a-z_]+_file: / && empty($3) || /^ +- to: / && host == "" { leaving = 1; left = depth; next }
/^  smtp_/ && host == "" { if ($1 == "smtp_smarthost:") print; else if ($1 == "smtp_from:") print; next }
/^  smtp_smarthost: / { print "  smtp_smarthost: " quoted(host ":" ENVIRON["SMTP_PORT"]); next }
/^  smtp_from: / && from != "" { print "  smtp_from: " quoted(from); next }
/^  smtp_auth_username: / { if (user != "") print "  smtp_auth_username: " quoted(user); next }
/^  smtp_auth_password_file: / {
    if (user != "" && empty($2)) refuse("SMTP_USERNAME is set, but " $2 " is empty; set SMTP_PASSWORD")
    if (user == "") next
}
/^  - templates\// { print "  - " quoted(ENVIRON["FOLDER"] "/" $2); next }
{ print }
' "$folder/alertmanager.yml" >"$copy"

exec "$program" --config.file="$copy" "$@"
