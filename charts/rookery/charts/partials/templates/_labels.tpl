{{/*
Labels of an object. Parameters: context (the chart's `.`), name (a noun, such as `api`),
component (optional: what it is of the part).
*/}}
{{- define "partials.labels" -}}
{{ include "partials.podLabels" . }}
app.kubernetes.io/managed-by: {{ .context.Release.Service }}
app.kubernetes.io/version: {{ .context.Chart.AppVersion | default .context.Chart.Version | quote }}
helm.sh/chart: {{ .context.Chart.Name }}-{{ .context.Chart.Version }}
{{- end -}}

{{/*
Labels of a pod: none that changes with a version of the chart, which would restart the pod.
Parameters as `partials.labels`.
*/}}
{{- define "partials.podLabels" -}}
{{ include "partials.selectorLabels" . }}
app.kubernetes.io/part-of: rookery
{{- end -}}

{{/*
What a selector names. Parameters as `partials.labels`.
*/}}
{{- define "partials.selectorLabels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}
