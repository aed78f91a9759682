{{/*
Who calls whom: the one table behind every NetworkPolicy. Names are those of pods
(`app.kubernetes.io/name`); `outside` is every address, in the cluster and beyond, and
`controllers` the pods of global.networkPolicies.controllers.
Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.connections" -}}
{{- $global := .Values.global -}}
{{- $open := .Values.ingress.enabled -}}
{{- $gate := .Values.ingress.traefik.enabled | ternary "traefik" "controllers" -}}
- to: {{ .Values.postgresql.enabled | ternary "postgresql" "outside" }}
  port: {{ include "partials.postgresqlPort" . }}
  from: [databases, ingest, trainer, rollback, retention, forget, retire, mlflow, notebook, test]
- to: {{ .Values.minio.enabled | ternary "minio" "outside" }}
  port: {{ include "rookery.portOf" (include "partials.s3Endpoint" .) }}
  from: [databases, mlflow, ingest, trainer, retention, retire, test]
- to: {{ .Values.mlflow.enabled | ternary "mlflow" "outside" }}
  port: {{ include "rookery.portOf" (include "partials.trackingUrl" .) }}
  from: [trainer, rollback, retention, retire, api, notebook, test]
{{- $ports := list }}
{{- range list $global.proxy.http $global.proxy.https }}
{{- with . }}{{ $ports = append $ports (include "rookery.portOf" .) }}{{ end }}
{{- end }}
{{- range uniq $ports }}
# A proxy may be at any address.
- {to: outside, port: {{ . }}, from: [databases, ingest, trainer, rollback, retention, forget, retire, mlflow, api, notebook, test]}
{{- end }}
{{- with .Values.api.tracing.endpoint }}
- {to: outside, port: {{ include "rookery.portOf" . }}, from: [api]}
{{- end }}
- {to: api, port: 8000, from: [notebook, test]}
{{- if $open }}
- {to: api, port: 8000, from: [{{ $gate }}]}
- {to: traefik, port: 8000, from: [outside]}
- {to: traefik, port: 8443, from: [outside]}
{{- range $part, $port := dict "mlflow" 5000 "minio" 9001 "notebook" 8888 }}
{{- if (get $.Values.ingress $part).enabled }}
- {to: {{ $part }}, port: {{ $port }}, from: [{{ $gate }}]}
{{- end }}
{{- end }}
{{- end }}
# The Kubernetes API, behind its Service and at its own address.
{{- range $global.networkPolicies.kubernetesPorts }}
- {to: outside, port: {{ . }}, from: [traefik]}
{{- end }}
{{- end -}}

{{/*
The parts that have pods in this release, as a JSON list. Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.parts" -}}
{{- $parts := .Values.preflight.enabled | ternary (list "test" "preflight") (list "test") -}}
{{- range $part := list "postgresql" "minio" "mlflow" "api" "notebook" -}}
{{- if (get $.Values $part).enabled }}{{ $parts = append $parts $part }}{{ end -}}
{{- end -}}
{{- if and .Values.ingress.enabled .Values.ingress.traefik.enabled -}}
{{- $parts = append $parts "traefik" -}}
{{- end -}}
{{- if .Values.pipeline.enabled -}}
{{- $parts = concat $parts (list "databases" "ingest" "trainer" "rollback" "retention") -}}
{{- if include "pipeline.keyedModels" . | fromJsonArray }}{{ $parts = concat $parts (list "forget" "retire") }}{{ end -}}
{{- end -}}
{{- $parts | toJson -}}
{{- end -}}

{{/*
The port of a URL. Parameter: the URL.
*/}}
{{- define "rookery.portOf" -}}
{{- $url := urlParse . -}}
{{- regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) | default (eq $url.scheme "https" | ternary "443" "80") -}}
{{- end -}}

{{/*
A part's pods, as a NetworkPolicy names the other side. Parameters as `partials.selectorLabels`.
*/}}
{{- define "rookery.peer" -}}
- podSelector:
    matchLabels: {{- include "partials.selectorLabels" . | nindent 6 }}
{{- end -}}
