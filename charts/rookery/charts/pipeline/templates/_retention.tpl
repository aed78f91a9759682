{{/*
`retention`: removes old sweeps of all models, and old stored rows, with the password of MLflow's own database and a key to what it removes.
Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.retention.image" }}trainer{{ end -}}

{{- define "pipeline.retention.arguments" -}}
[retention]
{{- end -}}

{{- define "pipeline.retention.environment" -}}
{{- $values := .context.Values -}}
{{ include "pipeline.removing" . }}
- name: ROOKERY_RETENTION_KEEP_VERSIONS
  value: {{ toJson $values.retention.keepVersions | quote }}
- name: ROOKERY_RETENTION_MIN_AGE_DAYS
  value: {{ toJson $values.retention.minAgeDays | quote }}
{{- end -}}

{{- define "pipeline.retention.annotations" }}{{ end -}}

{{/*
What removes sweeps: the trainer's role, MLflow's own, and the key of the buckets. Parameters as
`pipeline.jobSpec`.
*/}}
{{- define "pipeline.removing" -}}
{{ include "pipeline.training" . }}
{{ include "partials.postgresqlEnv" (dict "context" .context "role" "mlflow" "prefix" "ROOKERY_MLFLOW_POSTGRES_") }}
{{ include "partials.s3Env" (dict "context" .context "user" "retention") }}
- name: ROOKERY_RETENTION_ARTIFACTS
  value: {{ printf "s3://%s" .context.Values.global.s3.bucket | quote }}
{{- with .context.Values.global.s3.snapshotBucket }}
- name: ROOKERY_SNAPSHOT_BUCKET
  value: {{ . | quote }}
{{- end }}
{{- end -}}
