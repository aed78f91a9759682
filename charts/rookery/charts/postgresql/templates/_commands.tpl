{{/*
A script that gives the administrator the password of the Secret, as the official image does so on an
empty volume alone. It comes by the socket, where no password is asked for, and its own stays in the
environment. Parameter: the chart's `.`.
*/}}
{{- define "postgresql.setPassword" -}}
set -euo pipefail
said=
set_password() {
  psql --no-psqlrc --quiet --host /var/run/postgresql --username "${POSTGRES_USER}" --dbname postgres \
    --set ON_ERROR_STOP=1 2>&1 <<'SQL'
\getenv role POSTGRES_USER
\getenv password POSTGRES_PASSWORD
ALTER ROLE :"role" PASSWORD :'password';
SQL
}
until said="$(set_password)"; do
  if ((SECONDS >= 240)); then
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
