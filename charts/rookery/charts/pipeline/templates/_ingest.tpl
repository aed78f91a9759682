{{/*
`ingest`: brings a model's table into the databases. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.ingest.image" }}ingest{{ end -}}

{{- define "pipeline.ingest.arguments" -}}
[run, {{ .model }}]
{{- end -}}

{{- define "pipeline.ingest.environment" -}}
{{ include "partials.postgresqlEnv" (dict "context" .context "role" "ingest") }}
{{ include "partials.s3Env" (dict "context" .context "user" "ingest") }}
- name: ROOKERY_INGEST_DATABASE_WAIT
  value: {{ toJson .context.Values.waitSeconds | quote }}
{{- with .context.Values.egress }}
- name: ROOKERY_SOURCE_ALLOWED
  value: {{ join "," . | quote }}
{{- end }}
{{- $spec := (get .context.Values.global.models .model | default dict).spec | default "" | fromYaml }}
{{- $source := get $spec "source" }}
{{- with (kindIs "map" $source | ternary $source dict).credentials }}
{{- $name := . | upper | replace "-" "_" }}
- name: ROOKERY_SOURCE_{{ $name }}_USER
  valueFrom: {secretKeyRef: {name: {{ . }}, key: user}}
- name: ROOKERY_SOURCE_{{ $name }}_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ . }}, key: password}}
{{- end }}
{{- end -}}

{{- define "pipeline.ingest.annotations" -}}
{{- with (get .context.Values.global.models .model | default dict).data -}}
checksum/data: {{ sha256sum . | trunc 16 | quote }}
{{- end -}}
{{- end -}}
