{{/*
What a file alone can say to Traefik, which reads it at its start. Parameter: the chart's `.`.
*/}}
{{- define "ingress.traefikFile" -}}
http:
  middlewares:
    # One more gets 429. Before `retry`, so that what it keeps is bounded, and counted as one: by the
    # host or by the caller's address, a caller of many names would never be counted. The last entry
    # of X-Forwarded-For is that count's name, and callers' own are taken off, so it has none.
    in-flight:
      inFlightReq:
        amount: {{ .Values.traefik.maxInFlight }}
        sourceCriterion:
          ipStrategy: {depth: 1}
    # Only for the API, where asking twice changes nothing. A request that a pod refused or broke
    # off is made to another one: a killed container is found out after a second or two. The API
    # itself never answers 502. A body is kept in memory for that; a larger one passes through as it
    # comes, for one attempt, and the API bounds it by size, sum and time.
    retry:
      retry:
        attempts: 5
        status: ["502"]
        retryNonIdempotentMethod: true
        maxRequestBodyBytes: 65536
    {{- if ne .Values.path "/" }}
    # The API itself knows no prefix.
    path:
      stripPrefix:
        prefixes: [{{ .Values.path }}]
    {{- end }}
{{- end -}}

{{/*
Traefik's arguments: plain Ingresses of this namespace and class, and nothing else.
Parameter: the chart's `.`.
*/}}
{{- define "ingress.traefikArguments" -}}
{{- $traefik := .Values.traefik -}}
- --providers.kubernetesingress=true
- --providers.kubernetesingress.namespaces={{ .Release.Namespace }}
- --providers.kubernetesingress.ingressclass={{ include "ingress.className" . }}
# No IngressClass and no node is read: so no right in the whole cluster is needed.
- --providers.kubernetesingress.disableclusterscoperesources=true
- --providers.kubernetesingress.strictprefixmatching=true
# 503 while no pod serves, not 404: a caller tries again.
- --providers.kubernetesingress.allowemptyservices=true
# At most so old is what it knows of the pods; the API's preStop lasts longer.
- --providers.providersthrottleduration=1s
- --entrypoints.web.address=:8000
{{- if .Values.tls }}
- --entrypoints.websecure.address=:8443
- --entrypoints.websecure.http.tls=true
# By the port that callers see, not the pod's.
- --entrypoints.web.http.redirections.entrypoint.to=:{{ eq $traefik.service.type "NodePort" | ternary $traefik.service.httpsNodePort 443 }}
- --entrypoints.web.http.redirections.entrypoint.scheme=https
- --entrypoints.web.http.redirections.entrypoint.permanent=true
{{- end }}
# ingress.traefikFile; another text restarts the pods.
- --providers.file.filename=/etc/traefik/dynamic.yaml
- --providers.file.watch=false
{{- range $entrypoint := empty .Values.tls | ternary (list "web") (list "web" "websecure") }}
- --entrypoints.{{ $entrypoint }}.transport.respondingtimeouts.readtimeout={{ $traefik.timeouts.read }}s
# A pod that ends goes on accepting while the nodes' rules still name it: 14 s on a busy node.
- --entrypoints.{{ $entrypoint }}.transport.lifecycle.requestacceptgracetimeout=20s
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
