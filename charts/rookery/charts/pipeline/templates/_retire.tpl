{{/*
`retire`: removes every sweep of a model that has read a forgotten row, and the stored rows of its
batches. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.retire.image" }}trainer{{ end -}}

{{- define "pipeline.retire.arguments" -}}
[retire, {{ .model }}]
{{- end -}}

{{- define "pipeline.retire.environment" -}}
{{ include "pipeline.removing" . }}
{{- end -}}

{{- define "pipeline.retire.annotations" }}{{ end -}}
