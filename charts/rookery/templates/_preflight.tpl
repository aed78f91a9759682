{{/*
What runs before an installation or an upgrade changes anything: a Job with a container of each image
that this release is to run programs of ours from. Each reads every spec that values give. So a spec
that is none, or an image that can't be pulled, ends the upgrade with the release as it was.
Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.preflight" -}}
{{- $images := list -}}
{{- if .Values.pipeline.enabled -}}{{- $images = list "ingest" "trainer" -}}{{- end -}}
{{- if .Values.api.enabled -}}{{- $images = append $images "api" -}}{{- end -}}
{{- if and .Values.preflight.enabled $images -}}
{{- $who := dict "context" . "name" "preflight" -}}
{{- $part := .Values.pipeline.enabled | ternary "pipeline" "api" -}}
{{- /* Its ServiceAccount is not there yet, and a Job is not probed. */ -}}
{{- $open := omit (get .Values $part) "serviceAccount" "startupProbe" "readinessProbe" "livenessProbe" -}}
{{- $_ := set $open "serviceAccount" (dict "create" false "name" "") -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: preflight
  labels: {{- include "partials.labels" $who | nindent 4 }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
    # Helm 4 prints the log of one that failed.
    helm.sh/hook-output-log-policy: hook-failed
spec:
  backoffLimit: 2
  # What a program finds is so; a pod that a node lost may be tried again.
  podFailurePolicy:
    rules:
      {{- range $images }}
      - action: FailJob
        onExitCodes: {containerName: {{ . }}, operator: In, values: [42]}
      {{- end }}
      - action: Ignore
        onPodConditions:
          - {type: DisruptionTarget, status: "True"}
  activeDeadlineSeconds: {{ .Values.preflight.seconds }}
  ttlSecondsAfterFinished: 86400
  template: {{- include "partials.podTemplate" (dict "context" . "open" $open "name" $part "early" true "template" (include "rookery.preflightPod" (dict "context" . "images" $images))) | nindent 4 }}
{{- end -}}
{{- end -}}

{{/*
The template of its pod. Parameters: context, images (keys of `global.images`).
*/}}
{{- define "rookery.preflightPod" -}}
{{- $who := dict "context" .context "name" "preflight" -}}
{{- $models := include "partials.specModels" .context | fromJsonArray -}}
{{- $resources := dict "requests" (dict "cpu" "10m" "memory" "64Mi") "limits" (dict "memory" "256Mi") -}}
metadata:
  labels: {{- include "partials.podLabels" $who | nindent 4 }}
spec:
  restartPolicy: Never
  containers:
    {{- range $image := .images }}
    - name: {{ $image }}
      {{- include "partials.imageFields" (dict "context" $.context "name" $image) | nindent 6 }}
      command: [python, -m, rookery_core.check_specs]
      workingDir: /tmp
      env:
        - name: HOME
          value: /tmp
        {{- with include "partials.specsEnv" (dict "models" $models) }}
        {{- . | nindent 8 }}
        {{- end }}
      terminationMessagePolicy: FallbackToLogsOnError
      resources: {{- toYaml $resources | nindent 8 }}
      volumeMounts:
        {{- with include "partials.specsMount" (dict "models" $models) }}
        {{- . | nindent 8 }}
        {{- end }}
        - {name: tmp, mountPath: /tmp}
    {{- end }}
  volumes:
    {{- if $models }}
    - name: specs
      configMap: {name: preflight}
    {{- end }}
    {{- include "partials.scratchVolume" (dict "name" "tmp" "size" "64Mi") | nindent 4 }}
{{- end -}}
