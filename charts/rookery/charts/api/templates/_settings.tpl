{{/*
The names under which callers may address the API, as the JSON list of ROOKERY_API_ALLOWED_HOSTS.
Parameter: the chart's `.`.
*/}}
{{- define "api.allowedHosts" -}}
{{- $service := printf "api.%s" .Release.Namespace -}}
{{- $names := list "localhost" "127.0.0.1" "[::1]" "api" $service (print $service ".svc") (print $service ".svc.cluster.local") -}}
{{- concat $names (compact (list .Values.global.ingress.host)) .Values.global.ingress.hosts .Values.allowedHosts | uniq | toJson -}}
{{- end -}}

{{/*
The API's own settings. toJson: it writes a number as it is, where quote alone makes 2e+06 of 2000000.
Parameter: the chart's `.`.
*/}}
{{- define "api.settings" -}}
# Empty is every address, of both families.
- name: ROOKERY_API_HOST
  value: ""
- name: ROOKERY_API_PORT
  value: "8000"
- name: ROOKERY_API_CACHE_DIRECTORY
  value: /var/cache/rookery-api
- name: ROOKERY_API_DEFAULT_MODEL
  value: {{ .Values.defaultModel | quote }}
{{- with include "partials.modelsTakenOut" . | fromJsonArray }}
- name: ROOKERY_API_WITHOUT_MODELS
  value: {{ toJson . | quote }}
{{- end }}
- name: ROOKERY_API_ALLOWED_HOSTS
  value: {{ include "api.allowedHosts" . | quote }}
- name: ROOKERY_API_ALLOWED_ORIGINS
  value: {{ toJson .Values.allowedOrigins | quote }}
- name: ROOKERY_API_POLL_SECONDS
  value: {{ toJson .Values.pollSeconds | quote }}
- name: ROOKERY_API_DRAIN_SECONDS
  value: {{ toJson .Values.shutdown.drainSeconds | quote }}
- name: ROOKERY_API_GRACE_SECONDS
  value: {{ toJson .Values.shutdown.graceSeconds | quote }}
{{- range $key, $value := .Values.settings }}
- name: ROOKERY_API_{{ snakecase $key | upper }}
  value: {{ toJson $value | quote }}
{{- end }}
- name: ROOKERY_API_ACCESS
  value: {{ include "api.access" . }}
- name: ROOKERY_API_OPEN_PAGES
  value: {{ .Values.openPages | quote }}
{{- with include "api.secretName" . }}
{{ include "partials.secretVariable" (dict "name" "ROOKERY_API_API_KEY" "secret" . "key" "api-key") }}
{{- if or $.Values.existingSecret (include "api.keys" $) }}
{{ include "partials.secretVariable" (dict "name" "ROOKERY_API_KEYS" "secret" . "key" "keys" "optional" true) }}
{{- end }}
{{- end }}
{{- with .Values.tracing.endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
- name: OTEL_TRACES_SAMPLER
  value: parentbased_traceidratio
- name: OTEL_TRACES_SAMPLER_ARG
  value: {{ toJson $.Values.tracing.sampleRatio | quote }}
{{- end }}
- name: ROOKERY_API_MANAGEMENT_HOST
  value: ""
- name: ROOKERY_API_MANAGEMENT_PORT
  value: "9464"
{{- end -}}

{{/*
The pods' annotations: where Prometheus finds metrics, and what replaces the pods: another key.
Parameter: the chart's `.`.
*/}}
{{- define "api.annotations" -}}
{{- $given := list .Values.apiKey (include "api.keys" .) -}}
{{- $key := include "partials.explicitChecksum" (dict "context" . "values" $given) -}}
prometheus.io/scrape: "true"
prometheus.io/port: "9464"
prometheus.io/path: /metrics
{{- with $key }}
{{ . }}
{{- end }}
{{- end -}}
