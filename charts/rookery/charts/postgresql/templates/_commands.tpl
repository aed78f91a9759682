{{/*
A script that gives the administrator the password of the Secret, as the official image does so on an
empty volume alone. It comes by the socket, where no password is asked for; its own stays in the
environment and out of the server's log. It waits for as long as the server starts up, as after a
crash, and else for 240 s. Parameter: the chart's `.`.
*/}}
{{- define "postgresql.setPassword" -}}
set -euo pipefail
said=
set_password() {
  psql --no-psqlrc --quiet --host /var/run/postgresql --username "${POSTGRES_USER}" --dbname postgres \
    --set ON_ERROR_STOP=1 --set VERBOSITY=terse 2>&1 <<'SQL'
\getenv role POSTGRES_USER
\getenv password POSTGRES_PASSWORD
SET log_min_error_statement = panic;
SET log_statement = none;
SET log_min_duration_statement = -1;
ALTER ROLE :"role" PASSWORD :'password';
SQL
}
until said="$(set_password)"; do
  state=0
  pg_isready --quiet --host /var/run/postgresql --username "${POSTGRES_USER}" --dbname postgres || state=$?
  # 1: it is there and rejects connections; it starts up.
  if ((state == 1)); then
    SECONDS=0
  elif ((SECONDS >= 240)); then
    echo "the administrator's password was not set: ${said}" >&2
    exit 1
  fi
  sleep 0.5
done
{{- end -}}

{{/*
Asks over TCP: while the data folder is made, the server listens on a socket alone.
Parameter: the chart's `.`.
*/}}
{{- define "postgresql.ready" -}}
command: [pg_isready, -h, 127.0.0.1, -U, {{ .Values.global.postgresql.adminUser | quote }}, -d, postgres]
{{- end -}}

{{/*
The same, content with a server that rejects connections: it is recovering from a crash, and ending
it would only begin that anew. Parameter: the chart's `.`.
*/}}
{{- define "postgresql.alive" -}}
command: [bash, -c, 'pg_isready -h 127.0.0.1 -U "${POSTGRES_USER}" -d postgres; (($? < 2))']
{{- end -}}
