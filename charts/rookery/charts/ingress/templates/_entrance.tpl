{{/*
An HTTPRoute of a Service, where values name Gateways. Parameters: context, name (of the Service), port
(its number), hosts, path (optional: what paths begin with; it is taken off).
*/}}
{{- define "ingress.httpRoute" -}}
{{- $gateway := .context.Values.gateway -}}
{{- $path := .path | default "/" -}}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: {{ .name }}
  labels: {{- include "partials.labels" (dict "context" .context "name" .name "component" "ingress") | nindent 4 }}
  {{- with $gateway.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  parentRefs: {{- toYaml $gateway.parentRefs | nindent 4 }}
  hostnames: {{ toJson .hosts }}
  rules:
    - matches:
        - path: {type: PathPrefix, value: {{ $path }}}
      {{- if ne $path "/" }}
      filters:
        - type: URLRewrite
          urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}
      {{- end }}
      backendRefs:
        - {name: {{ .name }}, port: {{ .port }}}
{{- end -}}

{{/*
How the API is reached from outside. Parameter: the chart's `.`.
*/}}
{{- define "ingress.apiEntrance" -}}
{{- $middlewares := list "in-flight" "retry" -}}
{{- if ne .Values.path "/" -}}
{{- $middlewares = append $middlewares "path" -}}
{{- end -}}
{{- include "ingress.entrance" (dict "context" . "name" "api" "port" "http" "number" 80 "hosts" (include "ingress.apiHosts" . | fromJsonArray) "path" .Values.path "middlewares" $middlewares) -}}
{{- end -}}

{{/*
How a page of the release is reached from outside: by an HTTPRoute where values name Gateways, else by an
Ingress. Parameters as `ingress.object`, and number (of the Service's port).
*/}}
{{- define "ingress.entrance" -}}
{{- if .context.Values.gateway.parentRefs -}}
{{- include "ingress.httpRoute" (merge (dict "port" .number) .) -}}
{{- else -}}
{{- include "ingress.object" . -}}
{{- end -}}
{{- end -}}
