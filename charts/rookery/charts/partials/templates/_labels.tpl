{{/*
Labels of an object. Parameters: context (the chart's `.`), name (a noun, such as `api`),
component (optional: what it is of the part).
*/}}
{{- define "partials.labels" -}}
{{- $labels := include "partials.podLabels" . | fromYaml -}}
{{- $_ := set $labels "app.kubernetes.io/managed-by" .context.Release.Service -}}
{{- $_ = set $labels "app.kubernetes.io/version" (include "partials.version" .) -}}
{{- $_ = set $labels "helm.sh/chart" (printf "%s-%s" .context.Chart.Name .context.Chart.Version) -}}
{{- merge $labels .context.Values.global.commonLabels | toYaml -}}
{{- end -}}

{{/*
The version of what the object belongs to: that of its program's image, else that of the release.
Parameters as `partials.labels`.
*/}}
{{- define "partials.version" -}}
{{- $of := dict "databases" "ingest" "rollback" "trainer" "retention" "trainer" "forget" "ingest" "retire" "trainer" "test" "trainer" -}}
{{- $image := get .context.Values.global.images (get $of .name | default .name) | default dict -}}
{{- $version := $image.tag | default .context.Chart.AppVersion | default .context.Chart.Version -}}
{{- regexReplaceAll "[^A-Za-z0-9]+$" (trimPrefix "v" $version | trunc 63) "" -}}
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

{{/*
The labels and annotations that values add to a part's Deployment or Jobs, as keys of its metadata.
Parameters: own (its labels, as text), open (the part's values).
*/}}
{{- define "partials.ownMetadata" -}}
labels: {{- merge (fromYaml .own) .open.labels | toYaml | nindent 2 }}
{{- with .open.annotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
