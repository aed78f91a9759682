{{/*
The annotations of a Service, as a key of its metadata; nothing where values give none.
Parameter: the values of the Service.
*/}}
{{- define "partials.serviceAnnotations" -}}
{{- with .annotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
A Service's `spec` but its ports. Parameters: context, name (of the pods), service (its values).
*/}}
{{- define "partials.serviceSpec" -}}
{{- $global := .context.Values.global -}}
type: {{ .service.type }}
selector: {{- include "partials.selectorLabels" (omit . "component") | nindent 2 }}
{{- with $global.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with $global.ipFamilies }}
ipFamilies: {{ toJson . }}
{{- end }}
{{- if eq .service.type "LoadBalancer" }}
{{- with .service.loadBalancerClass }}
loadBalancerClass: {{ . }}
{{- end }}
{{- with .service.loadBalancerSourceRanges }}
loadBalancerSourceRanges: {{ toJson . }}
{{- end }}
{{- end }}
{{- if ne .service.type "ClusterIP" }}
{{- with .service.externalTrafficPolicy }}
externalTrafficPolicy: {{ . }}
{{- end }}
{{- end }}
{{- end -}}
