{{/*
The class of the release's Ingresses; empty is the cluster's default. Parameter: the chart's `.`.
*/}}
{{- define "ingress.className" -}}
{{- .Values.className | default (.Values.traefik.enabled | ternary (printf "%s-%s" .Release.Namespace .Release.Name) "") -}}
{{- end -}}

{{/*
The hosts under which callers reach the API from outside, as a JSON list. Parameter: the chart's `.`.
*/}}
{{- define "ingress.apiHosts" -}}
{{- with .Values.global.ingress -}}
{{- concat (compact (list .host)) .hosts | uniq | toJson -}}
{{- end -}}
{{- end -}}

{{/*
Whether a certificate's host, which may begin with `*.`, is that of a page: not empty if so.
Parameters: pattern, host.
*/}}
{{- define "ingress.covers" -}}
{{- $wildcard := printf "*.%s" (regexReplaceAll "^[^.]+[.]" .host "") -}}
{{- has .pattern (list .host $wildcard) | ternary "yes" "" -}}
{{- end -}}

{{/*
An Ingress of a Service. Parameters: context, name (of the Service), port (its name), hosts (the names it
answers under; none: all), path (optional: what paths begin with, `/`), middlewares (optional: a list of
those in ingress.traefikFile). Our Traefik takes it by the annotation, which needs no object of the
cluster; a controller that looks for no class takes none of these.
*/}}
{{- define "ingress.object" -}}
{{- $values := .context.Values -}}
{{- $class := include "ingress.className" .context -}}
{{- $annotations := dict -}}
{{- if $values.traefik.enabled -}}
{{- $_ := set $annotations "kubernetes.io/ingress.class" $class -}}
{{- with .middlewares -}}
{{- $_ := set $annotations "traefik.ingress.kubernetes.io/router.middlewares" (printf "%s@file" (join "@file," .)) -}}
{{- end -}}
{{- end -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .name }}
  labels: {{- include "partials.labels" (dict "context" .context "name" .name "component" "ingress") | nindent 4 }}
  {{- with mergeOverwrite $annotations $values.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- if and $class (not $values.traefik.enabled) }}
  ingressClassName: {{ $class }}
  {{- end }}
  {{- $certificates := list }}
  {{- range $each := $values.tls }}
  {{- $covered := list }}
  {{- range $pattern := $each.hosts }}
  {{- range $host := $.hosts }}
  {{- $covered = append $covered (include "ingress.covers" (dict "pattern" $pattern "host" $host)) }}
  {{- end }}
  {{- end }}
  {{- if compact $covered }}
  {{- $certificates = append $certificates $each }}
  {{- end }}
  {{- end }}
  {{- with $certificates }}
  tls: {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    {{- range $host := .hosts | default (list "") }}
    - {{- with $host }}
      host: {{ . | quote }}
      {{- end }}
      http:
        paths:
          - path: {{ $.path | default "/" }}
            pathType: Prefix
            backend:
              service: {name: {{ $.name }}, port: {name: {{ $.port }}}}
    {{- end }}
{{- end -}}
