{{/*
What values must agree on, where a schema cannot say so, or not with the remedy. Each is a sentence, and
they are told all at once. Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.checks" -}}
{{- include "rookery.checkSpecs" . -}}
{{- $faults := list -}}
{{- range $about := list "retired" "servers" "entrance" "tls" "api" "models" "resources" "network" -}}
{{- $said := include (printf "rookery.faults.%s" $about) $ | trim | trimPrefix "- " -}}
{{- $faults = concat $faults (regexSplit "\\n+- " $said -1 | compact) -}}
{{- end -}}
{{- if $faults -}}
{{- fail (printf "these values can't be installed:\n- %s" (join "\n- " $faults)) -}}
{{- end -}}
{{- end -}}

{{/*
Each of the following gives sentences, each with `- ` before it, none where all is well. Parameter: the umbrella's `.`.

Names of the first release that are called otherwise now.
*/}}
{{- define "rookery.faults.retired" -}}
{{- if hasKey .Values.api "minAvailable" }}
- api.minAvailable is called api.podDisruptionBudget.maxUnavailable now, and says how many pods may be drained at once; take the old key out with --set api.minAvailable=null
{{- end }}
{{- if hasKey .Values.ingress.traefik "nodePort" }}
- ingress.traefik.nodePort is called ingress.traefik.service.nodePort now, with ingress.traefik.service.type=NodePort; take the old key out with --set ingress.traefik.nodePort=null
{{- end }}
{{- range $name, $image := .Values.global.images }}
{{- $first := first (splitList "/" $image.repository) }}
{{- if and (contains "/" $image.repository) (or (contains "." $first) (contains ":" $first) (eq $first "localhost")) }}
- global.images.{{ $name }}.repository begins with the registry {{ $first }}; give that in global.images.{{ $name }}.registry
{{- else if and (contains "/" $image.repository) (not $.Values.global.imageRegistry) (or (and (eq $image.registry "localhost") (not (hasPrefix "rookery/" $image.repository))) (eq $image.registry "docker.io/library")) }}
- global.images.{{ $name }} is {{ $image.registry }}/{{ $image.repository }}, which nobody has; give its registry too, such as global.images.{{ $name }}.registry=docker.io
{{- end }}
{{- end }}
{{- end -}}

{{/*
Servers of one's own: each has an address and a login, and there is none beside the release's.
*/}}
{{- define "rookery.faults.servers" -}}
{{- $database := .Values.global.postgresql -}}
{{- $store := .Values.global.s3 -}}
{{- $tracking := .Values.global.mlflow -}}
{{- if .Values.postgresql.enabled }}
{{- if $database.host }}
- global.postgresql.host names a server of your own, and the release runs one too; set postgresql.enabled=false, or leave the host empty
{{- end }}
{{- else if not $database.host }}
- postgresql.enabled is false, and no server takes its place; name yours in global.postgresql.host
{{- else if not (or $database.existingSecret $database.passwords.postgres) }}
- nobody knows the administrator's password at {{ $database.host }}; name a Secret in global.postgresql.existingSecret, or give global.postgresql.passwords.postgres
{{- end }}
{{- if .Values.minio.enabled }}
{{- if $store.endpoint }}
- global.s3.endpoint names a store of your own, and the release runs one too; set minio.enabled=false, or leave the endpoint empty
{{- end }}
{{- if and (not .Values.pipeline.enabled) $database.host (eq "each" (include "partials.s3Credentials" $)) }}
- pipeline.enabled is false, and its Job `databases` gives the parts their keys of the store; set global.s3.credentials=keys, by which all use one, or pipeline.enabled=true
{{- end }}
{{- if eq $store.credentials "identity" }}
- global.s3.credentials is identity, which the release's own store does not know; set minio.enabled=false and name yours in global.s3.endpoint, or leave it empty
{{- end }}
{{- else if not $store.endpoint }}
- minio.enabled is false, and no store takes its place; name yours in global.s3.endpoint
{{- else if and (eq $store.credentials "each") (not $store.existingSecret) }}
- global.s3.credentials is each, and the keys that {{ $store.endpoint }} knows are yours; name a Secret with all of them in global.s3.existingSecret
{{- else if and (ne $store.credentials "identity") (not (or $store.existingSecret (and $store.accessKey $store.secretKey))) }}
- nobody knows the keys of {{ $store.endpoint }}; name a Secret in global.s3.existingSecret, give global.s3.accessKey and secretKey, or set global.s3.credentials=identity
{{- end }}
{{- if .Values.mlflow.enabled }}
{{- if $tracking.url }}
- global.mlflow.url names a server of your own, and the release runs one too; set mlflow.enabled=false, or leave the url empty
{{- end }}
{{- else if not $tracking.url }}
- mlflow.enabled is false, and no server takes its place; name yours in global.mlflow.url
{{- else if and $tracking.auth.enabled (not $tracking.auth.existingSecret) }}
- nobody knows the logins of {{ $tracking.url }}; name a Secret in global.mlflow.auth.existingSecret, or set global.mlflow.auth.enabled=false if it asks for none
{{- end }}
{{- $given := list -}}
{{- range concat .Values.global.pods.env .Values.pipeline.env }}{{ $given = append $given .name }}{{ end }}
{{- $bundle := .Values.global.caBundle -}}
{{- if and (has $database.sslmode (list "verify-ca" "verify-full")) (not (or $bundle.configMap $bundle.secret (has "PGSSLROOTCERT" $given))) }}
- global.postgresql.sslmode is {{ $database.sslmode }}, and no certificate is there to verify by; name a Secret or ConfigMap with the authority's in global.caBundle
{{- end }}
{{- if and $bundle.configMap $bundle.secret }}
- global.caBundle names both a ConfigMap and a Secret; keep one
{{- end }}
{{- end -}}

{{/*
How the release is reached from outside.
*/}}
{{- define "rookery.faults.entrance" -}}
{{- with .Values.ingress }}
{{- if .enabled }}
{{- $gateway := .gateway.parentRefs -}}
{{- if and $gateway .traefik.enabled }}
- ingress.gateway.parentRefs names a Gateway, and the release has a Traefik of its own; set ingress.traefik.enabled=false
{{- end }}
{{- if and (not .traefik.enabled) $.Values.api.enabled (eq (include "ingress.apiHosts" (dict "Values" (dict "global" $.Values.global))) "[]") }}
- the API has no host name, and would answer under every name of a controller that is not the release's alone; name one in global.ingress.host
{{- end }}
{{- range $page := list "mlflow" "minio" "notebook" }}
{{- $values := get $.Values.ingress $page }}
{{- if and $values.enabled (not $values.host) }}
- ingress.{{ $page }} is enabled and has no host name; give one in ingress.{{ $page }}.host
{{- end }}
{{- end }}
{{- if and .mlflow.enabled $.Values.mlflow.enabled }}
{{- if not $.Values.global.mlflow.auth.enabled }}
- ingress.mlflow exposes MLflow to whoever reaches it; set global.mlflow.auth.enabled=true
{{- end }}
{{- if and .mlflow.host (not (has .mlflow.host $.Values.mlflow.allowedHosts)) }}
- MLflow would refuse calls to {{ .mlflow.host | quote }}; add ingress.mlflow.host to mlflow.allowedHosts
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
TLS: every host has a certificate where there is one at all, and its port is known.
*/}}
{{- define "rookery.faults.tls" -}}
{{- $ingress := .Values.ingress -}}
{{- if and $ingress.enabled $ingress.tls (not $ingress.gateway.parentRefs) }}
{{- $hosts := include "ingress.apiHosts" (dict "Values" (dict "global" .Values.global)) | fromJsonArray }}
{{- if and .Values.api.enabled (not $hosts) }}
- ingress.tls has certificates, and the API has no host name; name it in global.ingress.host
{{- end }}
{{- range $page := list "mlflow" "minio" "notebook" }}
{{- if (get $ingress $page).enabled }}{{ $hosts = append $hosts (get $ingress $page).host }}{{ end }}
{{- end }}
{{- range $host := compact $hosts }}
{{- $covered := list }}
{{- range $each := $ingress.tls }}
{{- range $pattern := $each.hosts }}
{{- $covered = append $covered (include "ingress.covers" (dict "pattern" $pattern "host" $host)) }}
{{- end }}
{{- end }}
{{- if not (compact $covered) }}
- no entry of ingress.tls has the host {{ $host }}, so its page would be in clear or have the wrong certificate; add it to the hosts of one
{{- end }}
{{- end }}
{{- $service := $ingress.traefik.service }}
{{- if and $ingress.traefik.enabled (eq $service.type "NodePort") (not $service.httpsNodePort) }}
- ingress.tls has certificates, and Traefik's HTTPS port of the nodes is not known; give ingress.traefik.service.httpsNodePort, or another type of Service
{{- end }}
{{- end }}
{{- end -}}

{{/*
The API: its pods and its default model.
*/}}
{{- define "rookery.faults.api" -}}
{{- with .Values.api }}
{{- if .enabled }}
{{- if and .autoscaling.enabled (gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas)) }}
- api.autoscaling.minReplicas ({{ .autoscaling.minReplicas }}) is above maxReplicas ({{ .autoscaling.maxReplicas }}); exchange them, or raise the latter
{{- end }}
{{- if and .autoscaling.enabled (not (dig "requests" "cpu" "" .resources)) }}
- api.autoscaling counts CPU in percent of what the pods request, and they request none; give api.resources.requests.cpu
{{- end }}
{{- $models := include "partials.modelNames" $ | fromJsonArray }}
{{- if and $models (not (has .defaultModel $models)) }}
- api.defaultModel is {{ .defaultModel }}, which is not among the models ({{ join ", " $models }}); set it to one of these
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
Models: a table in values fits into a ConfigMap and into Helm's own record of the release.
*/}}
{{- define "rookery.faults.models" -}}
{{- range $model := include "partials.modelNames" . | fromJsonArray }}
{{- range $key := list "data" "spec" }}
{{- $text := get (get $.Values.global.models $model | default dict) $key | default "" }}
{{- if gt (len $text) 700000 }}
- global.models.{{ $model }}.{{ $key }} has {{ len $text }} bytes, and 700000 is what a ConfigMap and the release's record hold; put the table into the object store (`rookery cluster upload FILE s3://{{ $.Values.global.s3.dataBucket }}/FILE`) and name that in the spec's source.url
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
Resources: no limit is below its request.
*/}}
{{- define "rookery.faults.resources" -}}
{{- $all := dict "ingress.traefik" .Values.ingress.traefik.resources -}}
{{- range $part := list "postgresql" "minio" "mlflow" "api" "notebook" -}}
{{- $_ := set $all $part (get $.Values $part).resources -}}
{{- end -}}
{{- range $path, $resources := $all }}
{{- include "rookery.faults.limits" (dict "path" (printf "%s.resources" $path) "resources" $resources) }}
{{- end }}
{{- range $kind, $resources := .Values.pipeline.resources }}
{{- include "rookery.faults.limits" (dict "path" (printf "pipeline.resources.%s" $kind) "resources" $resources) }}
{{- end }}
{{- end -}}

{{- define "rookery.faults.limits" -}}
{{- range $resource, $limit := .resources.limits }}
{{- $request := get ($.resources.requests | default dict) $resource }}
{{- if and $request (gt (include "rookery.amount" $request | float64) (include "rookery.amount" $limit | float64)) }}
- {{ $.path }} requests {{ $request }} of {{ $resource }}, and its limit is {{ $limit }}; raise the limit, or request less
{{- end }}
{{- end }}
{{- end -}}

{{/*
A quantity of Kubernetes as a number. Parameter: the quantity.
*/}}
{{- define "rookery.amount" -}}
{{- $units := dict "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "" 1.0 -}}
{{- $text := toString . -}}
{{- mulf (regexFind "^[0-9.]+(e[+-]?[0-9]+)?" $text | float64) (get $units (regexFind "[a-zA-Z]*$" $text)) -}}
{{- end -}}

{{/*
NetworkPolicies: another controller's pods are known.
*/}}
{{- define "rookery.faults.network" -}}
{{- $policies := .Values.global.networkPolicies -}}
{{- if and $policies.enabled .Values.ingress.enabled (not .Values.ingress.traefik.enabled) (not $policies.controllers) }}
- global.networkPolicies are enabled, and nothing says from where the ingress controller comes; name its pods in global.networkPolicies.controllers, such as `[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]`, or set global.networkPolicies.enabled=false
{{- end }}
{{- end -}}
