{{/*
The class of the release's Ingresses; empty is the cluster's default. Parameter: the chart's `.`.
*/}}
{{- define "ingress.className" -}}
{{- .Values.className | default (.Values.traefik.enabled | ternary (printf "%s-%s" .Release.Namespace .Release.Name) "") -}}
{{- end -}}

{{/*
An Ingress for all paths of a Service. Parameters: context, name (of the Service), port (its name),
host (optional: the only name it answers under), middlewares (optional: a list of
those in ingress.traefikFile).
*/}}
{{- define "ingress.object" -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .name }}
  labels: {{- include "partials.labels" (dict "context" .context "name" .name "component" "ingress") | nindent 4 }}
  {{- if and .middlewares .context.Values.traefik.enabled }}
  annotations:
    traefik.ingress.kubernetes.io/router.middlewares: {{ join "@file," .middlewares }}@file
  {{- end }}
spec:
  {{- with include "ingress.className" .context }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- $certificates := list }}
  {{- range $each := .context.Values.tls }}
  {{- if or (not $.host) (has $.host $each.hosts) }}
  {{- $certificates = append $certificates $each }}
  {{- end }}
  {{- end }}
  {{- with $certificates }}
  tls: {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    - {{- with .host }}
      host: {{ . | quote }}
      {{- end }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service: {name: {{ .name }}, port: {name: {{ .port }}}}
{{- end -}}
