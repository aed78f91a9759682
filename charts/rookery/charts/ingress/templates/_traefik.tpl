{{/*
Traefik's arguments: plain Ingresses of this namespace and class, and nothing else.
Parameter: the chart's `.`.
*/}}
{{- define "ingress.traefikArguments" -}}
{{- $traefik := .Values.traefik -}}
- --providers.kubernetesingress=true
- --providers.kubernetesingress.namespaces={{ .Release.Namespace }}
{{- with include "ingress.className" . }}
- --providers.kubernetesingress.ingressclass={{ . }}
{{- end }}
- --providers.kubernetesingress.strictprefixmatching=true
# 503 while no pod serves, not 404: a caller tries again.
- --providers.kubernetesingress.allowemptyservices=true
# At most so old is what it knows of the pods; the API's preStop lasts longer.
- --providers.providersthrottleduration=1s
- --entrypoints.web.address=:8000
{{- if .Values.tls }}
- --entrypoints.websecure.address=:8443
- --entrypoints.websecure.http.tls=true
{{- end }}
# What a file alone can say: configmap.yaml.
- --providers.file.filename=/etc/traefik/dynamic.yaml
- --providers.file.watch=false
{{- range $entrypoint := empty .Values.tls | ternary (list "web") (list "web" "websecure") }}
- --entrypoints.{{ $entrypoint }}.transport.respondingtimeouts.readtimeout={{ $traefik.timeouts.read }}s
# A pod that ends goes on accepting while the node's rules still name it.
- --entrypoints.{{ $entrypoint }}.transport.lifecycle.requestacceptgracetimeout=5s
- --entrypoints.{{ $entrypoint }}.transport.lifecycle.gracetimeout=20s
{{- end }}
- --serverstransport.forwardingtimeouts.dialtimeout={{ $traefik.timeouts.dial }}s
- --serverstransport.forwardingtimeouts.responseheadertimeout={{ $traefik.timeouts.responseHeader }}s
- --serverstransport.forwardingtimeouts.idleconntimeout={{ $traefik.timeouts.idle }}s
# An entry point of its own: the Service does not lead to it.
- --entrypoints.ping.address=:9000
- --ping=true
- --ping.entrypoint=ping
- --log.level={{ $traefik.logLevel }}
- --log.format=json
{{- if $traefik.accessLog }}
- --accesslog=true
- --accesslog.format=json
{{- end }}
- --global.checknewversion=false
- --global.sendanonymoususage=false
{{- end -}}
