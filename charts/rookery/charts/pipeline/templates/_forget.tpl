{{/*
`forget`: erases a row of a model by its key, which a Secret named forget-MODEL has.
Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.forget.image" }}ingest{{ end -}}

{{- define "pipeline.forget.arguments" -}}
[forget, {{ .model }}]
{{- end -}}

{{- define "pipeline.forget.environment" -}}
{{ include "partials.postgresqlEnv" (dict "context" .context "role" "ingest") }}
- name: ROOKERY_INGEST_DATABASE_WAIT
  value: {{ toJson .context.Values.waitSeconds | quote }}
# No argument: those are kept with the Job. The Secret is made for one Job, and deleted after it.
{{ include "partials.secretVariable" (dict "name" "ROOKERY_FORGET_KEY" "secret" (print "forget-" .model) "key" "key" "optional" true) }}
{{- end -}}

{{- define "pipeline.forget.annotations" }}{{ end -}}

{{/*
The models whose rows can be forgotten: those whose spec has a key. As a JSON list. Parameter: the
umbrella's `.`, or that of a subchart.
*/}}
{{- define "pipeline.keyedModels" -}}
{{- $keyed := list -}}
{{- range $model := include "partials.modelNames" . | fromJsonArray -}}
{{- $spec := (get $.Values.global.models $model | default dict).spec | default "" | fromYaml -}}
{{- if get $spec "key" }}{{ $keyed = append $keyed $model }}{{ end -}}
{{- end -}}
{{- $keyed | toJson -}}
{{- end -}}
