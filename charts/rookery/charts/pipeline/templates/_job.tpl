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
activeDeadlineSeconds: {{ mul $values.activeDeadlineSeconds (include "pipeline.rounds" .) }}
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

{{/*
Whether the Job works in a slot (rookery_core.database.slots), as those of an installation do, which all
start at once; empty: no. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.hasSlot" -}}
{{- if and .bootstrap (has .kind (list "ingest" "trainer")) .context.Values.maxConcurrent }}true{{ end -}}
{{- end -}}

{{/*
How many Jobs may use the slot of this one until it is done, itself included. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.rounds" -}}
{{- $values := .context.Values -}}
{{- $rounds := 1 -}}
{{- if include "pipeline.hasSlot" . -}}
{{- $models := include "partials.modelNames" .context | fromJsonArray | len -}}
{{- $pods := mul $models (add 1 (eq $values.sweep.mode "indexed" | ternary $values.sweep.shards 1)) -}}
{{- $rounds = div (add $pods $values.maxConcurrent -1) $values.maxConcurrent -}}
{{- end -}}
{{- $rounds -}}
{{- end -}}
