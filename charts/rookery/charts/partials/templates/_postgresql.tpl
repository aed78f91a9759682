{{/*
The PostgreSQL server: the subchart's Service, or what values name. Parameter: the chart's `.`.
*/}}
{{- define "partials.postgresqlHost" -}}
{{ .Values.global.postgresql.host | default "postgresql" }}
{{- end -}}

{{- define "partials.postgresqlPort" -}}
{{ empty .Values.global.postgresql.host | ternary 5432 (int .Values.global.postgresql.port) }}
{{- end -}}

{{/*
How a program of Rookery connects as a role. Parameters: context, role (`postgres` for the
administrator, `ingest`, `trainer`, `mlflow`, `notebook`), prefix (optional: of the variables,
ROOKERY_POSTGRES_).
*/}}
{{- define "partials.postgresqlEnv" -}}
{{- $prefix := .prefix | default "ROOKERY_POSTGRES_" -}}
{{- $server := .context.Values.global.postgresql -}}
- name: {{ $prefix }}HOST
  value: {{ include "partials.postgresqlHost" .context | quote }}
- name: {{ $prefix }}PORT
  value: {{ include "partials.postgresqlPort" .context | quote }}
- name: {{ $prefix }}SSLMODE
  value: {{ $server.sslmode | quote }}
- name: {{ $prefix }}USER
  value: {{ eq .role "postgres" | ternary $server.adminUser .role | quote }}
{{ include "partials.postgresqlPassword" (dict "context" .context "role" .role "name" (print $prefix "PASSWORD")) }}
{{- end -}}

{{/*
A role's password as an environment variable. Parameters: context, role, name (of the variable).
*/}}
{{- define "partials.postgresqlPassword" -}}
{{ include "partials.secretVariable" (dict "name" .name "secret" (include "partials.secretName.postgresql" .context) "key" .role) }}
{{- end -}}
