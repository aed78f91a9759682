{{/*
The `spec` of a Job's pod. What differs from kind to kind is `pipeline.KIND.image`, `.arguments`,
`.environment` and `.annotations`. Parameters as `pipeline.jobSpec`.
*/}}
{{- define "pipeline.podSpec" -}}
{{- $values := .context.Values -}}
{{- $image := dict "context" .context "name" (include (printf "pipeline.%s.image" .kind) .) -}}
restartPolicy: Never
{{ include "partials.podDefaults" (dict "context" .context) }}
securityContext: {{- include "partials.podSecurity" dict | nindent 2 }}
containers:
  - name: {{ .kind }}
    {{- include "partials.imageFields" $image | nindent 4 }}
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
      {{- include (printf "pipeline.%s.environment" .kind) . | nindent 6 }}
    resources: {{- toYaml (get $values.resources .kind) | nindent 6 }}
    securityContext: {{- include "partials.containerSecurity" $ | nindent 6 }}
    volumeMounts:
      {{- if ne .kind "databases" }}
      - {name: specs, mountPath: /etc/rookery/specs, readOnly: true}
      {{- end }}
      {{- if eq .kind "ingest" }}
      - {name: data, mountPath: /etc/rookery/data, readOnly: true}
      {{- end }}
      - {name: tmp, mountPath: /tmp}
volumes:
  {{- if ne .kind "databases" }}
  - name: specs
    configMap: {name: model-specs, optional: true}
  {{- end }}
  {{- if eq .kind "ingest" }}
  - name: data
    configMap: {name: model-data-{{ .model }}, optional: true}
  {{- end }}
  {{- include "partials.scratchVolume" (dict "name" "tmp" "size" "2Gi") | nindent 2 }}
{{- end -}}

{{/*
Where programs find the specs that values give. No parameters.
*/}}
{{- define "pipeline.specs" -}}
- name: ROOKERY_SPECS_DIRECTORY
  value: /etc/rookery/specs
{{- end -}}

{{/*
The annotation by which a changed spec makes another bootstrap Job; none for a shipped one.
Parameters: context, model, keys (of the model's values: `spec`, `data`).
*/}}
{{- define "pipeline.checksums" -}}
{{- $model := get .context.Values.global.models .model | default dict -}}
{{- $lines := list -}}
{{- range $key := .keys -}}
{{- with get $model $key -}}
{{- $lines = append $lines (printf "checksum/%s: %s" $key (sha256sum . | trunc 16 | quote)) -}}
{{- end -}}
{{- end -}}
{{- join "\n" $lines -}}
{{- end -}}
