{{/*
The S3 server's address: the subchart's Service, or what values name. Parameter: the chart's `.`.
*/}}
{{- define "partials.s3Endpoint" -}}
{{ .Values.global.s3.endpoint | default "http://minio:9000" }}
{{- end -}}

{{/*
How parts log in: `each` with a key of its own, all with the same `keys`, or by `identity`. Where values
don't say, the release's own store has users, and a Secret or store of one's own has the one key that it
always had. Parameter: the chart's `.`.
*/}}
{{- define "partials.s3Credentials" -}}
{{- $s3 := .Values.global.s3 -}}
{{ $s3.credentials | default (or $s3.endpoint $s3.existingSecret | empty | ternary "each" "keys") }}
{{- end -}}

{{/*
Who has a key of its own, as a JSON list. rookery_ingest.bootstrap.store_rights says what each may do.
*/}}
{{- define "partials.s3Users" -}}
["mlflow", "ingest", "trainer", "retention", "upload", "test"]
{{- end -}}

{{/*
A user's keys as environment variables; none by identity. Parameters: context, user (of
`partials.s3Users`, or `root`), access and secret (names of the variables).
*/}}
{{- define "partials.s3Keys" -}}
{{- $credentials := include "partials.s3Credentials" .context -}}
{{- if ne $credentials "identity" -}}
{{- $secret := include "partials.secretName.s3" .context -}}
{{- $prefix := and (eq $credentials "each") (ne .user "root") | ternary (printf "%s-" .user) "" -}}
{{ include "partials.secretVariable" (dict "name" .access "secret" $secret "key" (print $prefix "access-key")) }}
{{ include "partials.secretVariable" (dict "name" .secret "secret" $secret "key" (print $prefix "secret-key")) }}
{{- end -}}
{{- end -}}

{{/*
How a program of Rookery connects to S3 (`ROOKERY_S3_*`). Parameters: context, user (as `partials.s3Keys`).
*/}}
{{- define "partials.s3Env" -}}
- name: ROOKERY_S3_ENDPOINT_URL
  value: {{ include "partials.s3Endpoint" .context | quote }}
- name: ROOKERY_S3_REGION
  value: {{ .context.Values.global.s3.region | quote }}
{{- with include "partials.s3Keys" (merge (dict "access" "ROOKERY_S3_ACCESS_KEY" "secret" "ROOKERY_S3_SECRET_KEY") .) }}
{{ . }}
{{- end }}
{{- end -}}
