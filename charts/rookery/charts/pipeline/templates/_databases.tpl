{{/*
`databases`: makes databases, roles, schemas and rights. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.databases.image" }}ingest{{ end -}}

{{- define "pipeline.databases.arguments" -}}
[bootstrap]
{{- end -}}

{{- define "pipeline.databases.environment" -}}
{{ include "partials.postgresqlEnv" (dict "context" .context "role" "postgres") }}
{{- range $role := list "ingest" "trainer" "mlflow" "notebook" }}
{{ include "partials.postgresqlPassword" (dict "context" $.context "role" $role "name" (printf "ROOKERY_ROLE_%s_PASSWORD" (upper $role))) }}
{{- end }}
- name: ROOKERY_INGEST_DATABASE_WAIT
  value: {{ toJson .context.Values.waitSeconds | quote }}
{{- end -}}

{{/*
Passwords that values give: another one makes another bootstrap Job, which applies it to its role.
*/}}
{{- define "pipeline.databases.annotations" -}}
{{- $passwords := .context.Values.global.postgresql.passwords -}}
{{- $given := list $passwords.ingest $passwords.trainer $passwords.mlflow $passwords.notebook -}}
{{ include "partials.explicitChecksum" (dict "context" .context "values" $given) }}
{{- end -}}
