{{/*
The S3 server's address: the subchart's Service, or what values name. Parameter: the chart's `.`.
*/}}
{{- define "partials.s3Endpoint" -}}
{{ .Values.global.s3.endpoint | default "http://minio:9000" }}
{{- end -}}

{{/*
How a program of Rookery connects to S3 (`ROOKERY_S3_*`). Parameters: context.
*/}}
{{- define "partials.s3Env" -}}
{{- $secret := include "partials.secretName.s3" .context -}}
- name: ROOKERY_S3_ENDPOINT_URL
  value: {{ include "partials.s3Endpoint" .context | quote }}
- name: ROOKERY_S3_REGION
  value: {{ .context.Values.global.s3.region | quote }}
{{- if eq .context.Values.global.s3.credentials "keys" }}
{{ include "partials.secretVariable" (dict "name" "ROOKERY_S3_ACCESS_KEY" "secret" $secret "key" "access-key") }}
{{ include "partials.secretVariable" (dict "name" "ROOKERY_S3_SECRET_KEY" "secret" $secret "key" "secret-key") }}
{{- end }}
{{- end -}}
