{{/*
`databases`: makes databases, roles, schemas and rights; in the object store buckets, users and rights. Parameters as `pipeline.jobSpec`.
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
{{ include "partials.s3Env" (dict "context" .context "user" "root") }}
- name: ROOKERY_STORE_ARTIFACT_BUCKET
  value: {{ .context.Values.global.s3.bucket | quote }}
- name: ROOKERY_STORE_DATA_BUCKET
  value: {{ .context.Values.global.s3.dataBucket | quote }}
- name: ROOKERY_STORE_SNAPSHOT_BUCKET
  value: {{ .context.Values.global.s3.snapshotBucket | quote }}
{{- if eq "each" (include "partials.s3Credentials" .context) }}
{{- range $user := include "partials.s3Users" .context | fromJsonArray }}
{{- $name := printf "ROOKERY_STORE_%s" (upper $user) }}
{{ include "partials.s3Keys" (dict "context" $.context "user" $user "access" (print $name "_ACCESS_KEY") "secret" (print $name "_SECRET_KEY")) }}
{{- end }}
{{- end }}
- name: ROOKERY_INGEST_DATABASE_WAIT
  value: {{ toJson .context.Values.waitSeconds | quote }}
{{- end -}}

{{/*
Passwords that values give: another one makes another bootstrap Job, which applies it to its role. So does
another key of the store.
*/}}
{{- define "pipeline.databases.annotations" -}}
{{- $passwords := .context.Values.global.postgresql.passwords -}}
{{- $store := .context.Values.global.s3 -}}
{{- $given := list $passwords.ingest $passwords.trainer $passwords.mlflow $passwords.notebook $store.accessKey $store.secretKey -}}
{{ include "partials.explicitChecksum" (dict "context" .context "values" $given) }}
{{- end -}}
