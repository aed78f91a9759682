{{/*
The template of a Job's pod, for `partials.podTemplate`. What differs from kind to kind is
`pipeline.KIND.image`, `.arguments`, `.environment` and `.annotations`. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.pod" -}}
{{- $values := .context.Values -}}
{{- $specs := include "pipeline.specs" . | fromYaml | merge (dict "context" .context) -}}
{{- $image := dict "context" .context "name" (include (printf "pipeline.%s.image" .kind) .) -}}
metadata:
  labels: {{- include "pipeline.podLabels" . | nindent 4 }}
  {{- with include (printf "pipeline.%s.annotations" .kind) . }}
  annotations: {{- . | nindent 4 }}
  {{- end }}
spec:
  restartPolicy: Never
  containers:
    - name: {{ .kind }}
      {{- include "partials.imageFields" $image | nindent 6 }}
      args: {{ include (printf "pipeline.%s.arguments" .kind) . }}
      {{- if eq .kind "ingest" }}
      # A relative `file:` in a spec is meant from here.
      workingDir: /etc/rookery/data
      {{- else }}
      workingDir: /tmp
      {{- end }}
      env:
        - name: HOME
          value: /tmp
        {{- include (printf "pipeline.%s.environment" .kind) . | nindent 8 }}
        {{- if include "pipeline.hasSlot" . }}
        - name: ROOKERY_SLOT_COUNT
          value: {{ toJson $values.maxConcurrent | quote }}
        {{- end }}
        {{- with include "partials.specsEnv" $specs }}
        {{- . | nindent 8 }}
        {{- end }}
      {{- $like := get (dict "forget" "ingest" "retire" "retention") .kind | default .kind }}
      resources: {{- toYaml (get $values.resources $like) | nindent 8 }}
      volumeMounts:
        {{- with include "partials.specsMount" $specs }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- if eq .kind "ingest" }}
        - {name: data, mountPath: /etc/rookery/data, readOnly: true}
        {{- end }}
        - {name: tmp, mountPath: /tmp}
  volumes:
    {{- with include "partials.specsVolume" $specs }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- if eq .kind "ingest" }}
    - name: data
      configMap: {name: model-data-{{ .model }}, optional: true}
    {{- end }}
    {{- include "partials.scratchVolume" (dict "name" "tmp" "size" "2Gi") | nindent 4 }}
{{- end -}}

{{/*
The specs that a kind of Job sees: of its model alone, so that no other one concerns it; of all where
it is for all models. As parameters of `partials.specsVolume`. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.specs" -}}
{{- $given := include "partials.specModels" .context | fromJsonArray -}}
{{- if eq .kind "retention" -}}
models: {{ toJson $given }}
optional: true
{{- else if has .model $given -}}
models: [{{ .model }}]
{{- else -}}
models: []
{{- end -}}
{{- end -}}
