{{/*
The MLflow server's address: the subchart's Service, or what values name. Parameter: the chart's `.`.
*/}}
{{- define "partials.trackingUrl" -}}
{{ .Values.global.mlflow.url | default "http://mlflow:5000" | trimSuffix "/" }}
{{- end -}}

{{/*
How a program of Rookery connects to MLflow (`ROOKERY_MLFLOW_*`). Parameters: context, user
(`trainer`, `api` or `notebook`; named only where MLflow asks).
*/}}
{{- define "partials.trackingEnv" -}}
- name: ROOKERY_MLFLOW_URL
  value: {{ include "partials.trackingUrl" .context | quote }}
{{- if .context.Values.global.mlflow.auth.enabled }}
- name: ROOKERY_MLFLOW_USERNAME
  value: {{ .user }}
{{ include "partials.secretVariable" (dict "name" "ROOKERY_MLFLOW_PASSWORD" "secret" (include "partials.secretName.mlflowAuth" .context) "key" (print .user "-password")) }}
{{- end }}
{{- end -}}
