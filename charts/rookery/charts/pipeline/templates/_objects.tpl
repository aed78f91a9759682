{{/*
A Job that an installation runs. Its name ends with a hash of all that it is, for a Job can't be
changed: another template is another Job. Its deadline can, and one more model makes it later. No TTL: Helm would wait for a Job that is gone, and make
it anew at the next upgrade. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.bootstrapJob" -}}
{{- $which := merge (dict "bootstrap" true) . -}}
{{- $spec := include "pipeline.jobSpec" $which -}}
{{- $hash := omit (fromYaml $spec) "activeDeadlineSeconds" | toJson | sha256sum | trunc 10 -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ join "-" (compact (list "bootstrap" .kind .model $hash)) }}
  {{- include "partials.ownMetadata" (dict "own" (include "pipeline.labels" $which) "open" .context.Values) | nindent 2 }}
spec: {{- $spec | nindent 2 }}
{{- end -}}

{{/*
The template of a kind of Job: suspended, for `kubectl create job NAME --from=cronjob/...`, unless
it has a schedule. Parameters: those of `pipeline.jobSpec`, and schedule (as cron has it; empty: none).
*/}}
{{- define "pipeline.cronJob" -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ join "-" (compact (list .kind .model)) }}
  {{- include "partials.ownMetadata" (dict "own" (include "pipeline.labels" .) "open" .context.Values) | nindent 2 }}
spec:
  # A CronJob has to have a schedule, also one that never runs by itself.
  schedule: {{ .schedule | default "0 0 1 1 *" | quote }}
  timeZone: Etc/UTC
  suspend: {{ empty .schedule }}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 3600
  successfulJobsHistoryLimit: {{ .context.Values.successfulJobsHistoryLimit }}
  failedJobsHistoryLimit: {{ .context.Values.failedJobsHistoryLimit }}
  jobTemplate:
    metadata:
      {{- include "partials.ownMetadata" (dict "own" (include "pipeline.podLabels" .) "open" .context.Values) | nindent 6 }}
    spec: {{- include "pipeline.jobSpec" . | nindent 6 }}
{{- end -}}
