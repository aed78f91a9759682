{{/*
`rollback`: makes a model's earlier champion the champion again. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.rollback.image" }}trainer{{ end -}}

{{- define "pipeline.rollback.arguments" -}}
[rollback, {{ .model }}, --request-id, $(REQUEST_ID)]
{{- end -}}

{{- define "pipeline.rollback.environment" -}}
{{ include "pipeline.training" . }}
# The Job's UID: a pod that is tried again does not go back one champion more.
- name: REQUEST_ID
  valueFrom:
    fieldRef: {fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']"}
{{- end -}}

{{- define "pipeline.rollback.annotations" }}{{ end -}}
