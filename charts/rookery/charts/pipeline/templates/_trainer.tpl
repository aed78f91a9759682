{{/*
`trainer`: a sweep of a model, its gate and its promotion. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.trainer.image" }}trainer{{ end -}}

{{- define "pipeline.trainer.arguments" -}}
[sweep, {{ .model }}{{ if .bootstrap }}, --unless-champion{{ end }}]
{{- end -}}

{{- define "pipeline.trainer.environment" -}}
{{- $values := .context.Values -}}
{{ include "pipeline.training" . }}
{{- with $values.global.s3.snapshotBucket }}
{{ include "partials.s3Env" (dict "context" $.context "user" "trainer") }}
- name: ROOKERY_SNAPSHOT_BUCKET
  value: {{ . | quote }}
{{- end }}
# The Job's UID: whichever pod of the Job comes, it goes on with the same sweep.
- name: ROOKERY_TRAINER_SWEEP_ID
  valueFrom:
    fieldRef: {fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']"}
{{- with $values.sweep.processes }}
- name: ROOKERY_TRAINER_PROCESSES
  value: {{ . | quote }}
{{- end }}
- name: ROOKERY_TRAINER_DATA_WAIT
  value: {{ toJson $values.waitSeconds | quote }}
{{- if eq $values.sweep.mode "indexed" }}
- name: ROOKERY_TRAINER_SHARD
  valueFrom:
    fieldRef: {fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']"}
- name: ROOKERY_TRAINER_SHARDS
  value: {{ $values.sweep.shards | quote }}
{{- end }}
{{- end -}}

{{/*
None of the data: a sweep that starts beside the ingest of new data might still train from the old.
*/}}
{{- define "pipeline.trainer.annotations" }}{{ end -}}

{{/*
What all commands of the trainer read. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.training" -}}
{{ include "partials.postgresqlEnv" (dict "context" .context "role" "trainer") }}
{{ include "partials.trackingEnv" (dict "context" .context "user" "trainer") }}
- name: ROOKERY_TRAINER_OUTAGE_WAIT
  value: {{ toJson .context.Values.waitSeconds | quote }}
{{- end -}}
