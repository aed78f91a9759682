{{/*
The `spec` of a Job: the same for a bootstrap Job and for the CronJob of its kind.
Parameters: context, kind (databases, ingest, trainer, rollback, retention, forget, retire), model (where the kind
has one), bootstrap (optional: whether it is the one that an installation runs).
*/}}
{{- define "pipeline.jobSpec" -}}
{{- $values := .context.Values -}}
{{- if and (eq .kind "trainer") (eq $values.sweep.mode "indexed") -}}
completionMode: Indexed
completions: {{ $values.sweep.shards }}
parallelism: {{ $values.sweep.shards }}
backoffLimitPerIndex: {{ $values.backoffLimit }}
{{- else -}}
backoffLimit: {{ $values.backoffLimit }}
{{- end }}
activeDeadlineSeconds: {{ $values.activeDeadlineSeconds }}
{{- if not .bootstrap }}
ttlSecondsAfterFinished: {{ $values.ttlSecondsAfterFinished }}
{{- end }}
podFailurePolicy:
  rules:
    # The same input will never work.
    - action: FailJob
      onExitCodes: {containerName: {{ .kind }}, operator: In, values: [42]}
    # The node was drained or lost: no fault of the program's.
    - action: Ignore
      onPodConditions:
        - {type: DisruptionTarget, status: "True"}
template: {{- include "partials.podTemplate" (dict "context" .context "open" $values "name" "pipeline" "template" (include "pipeline.pod" .)) | nindent 2 }}
{{- end -}}

{{/*
The labels of a Job. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.labels" -}}
{{ include "partials.labels" (dict "context" .context "name" .kind) }}
{{- with .model }}
rookery.internal/model: {{ . }}
{{- end }}
{{- end -}}

{{/*
The labels of a Job's pods. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.podLabels" -}}
{{ include "partials.podLabels" (dict "context" .context "name" .kind) }}
{{- with .model }}
rookery.internal/model: {{ . }}
{{- end }}
{{- end -}}
