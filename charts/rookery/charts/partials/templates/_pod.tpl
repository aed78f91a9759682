{{/*
A pod's template with all that pods have in common, and what values add to it: the one way in which a
pod of the release is made. Parameters: context (the chart's `.`), template (labels, containers and
volumes, as text), open (the values of the part: those of `global.pods`, resources and scheduling),
name (of its ServiceAccount), grace (optional: seconds from SIGTERM to SIGKILL, 30), token (optional:
whether the pod gets a token for the Kubernetes API), user (optional: uid and gid, 65532), fsGroup
(optional: the gid that a volume of the pod is given to), early (optional: whether the pod runs before the
release's objects are there; then no variable and no volume of values is in it).
*/}}
{{- define "partials.podTemplate" -}}
{{- $template := fromYaml .template -}}
{{- if hasKey $template "Error" -}}
{{- fail (printf "the pod of %s is not YAML, by a value that breaks it: %v" .name $template.Error) -}}
{{- end -}}
{{- $global := .context.Values.global -}}
{{- $layers := list $global.pods .open -}}
{{- if not .early -}}
{{- $layers = prepend $layers (include "partials.outside" .context | fromYaml) -}}
{{- end -}}
{{- $metadata := $template.metadata -}}
{{- $spec := merge (include "partials.podDefaults" . | fromYaml) $template.spec -}}
{{- range $layer := $layers -}}
{{- with $layer.podAnnotations -}}
{{- $_ := set $metadata "annotations" (mergeOverwrite (dict) ($metadata.annotations | default dict) .) -}}
{{- end -}}
{{- range $key := list "affinity" "dnsConfig" "hostAliases" "nodeSelector" "priorityClassName" "runtimeClassName" "tolerations" "topologySpreadConstraints" -}}
{{- with get $layer $key -}}
{{- $_ := set $spec $key . -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set $metadata "labels" (merge (dict) $metadata.labels .open.podLabels $global.pods.podLabels $global.commonLabels) -}}
{{- $parameters := merge (dict "layers" $layers) . -}}
{{- range $key := list "initContainers" "containers" -}}
{{- with get $spec $key -}}
{{- $containers := list -}}
{{- range $place, $container := . -}}
{{- $main := and (eq $key "containers") (eq $place 0) -}}
{{- $containers = append $containers (include "partials.container" (merge (dict "container" $container "main" $main) $parameters) | fromYaml) -}}
{{- end -}}
{{- $_ := set $spec $key $containers -}}
{{- end -}}
{{- end -}}
{{- $volumes := $spec.volumes | default list -}}
{{- if not .early -}}
{{- range $layer := $layers -}}
{{- $volumes = concat $volumes $layer.volumes -}}
{{- end -}}
{{- end -}}
{{- with include "partials.unique" (dict "key" "name" "list" $volumes) | fromJsonArray -}}
{{- $_ := set $spec "volumes" . -}}
{{- end -}}
{{- toYaml (dict "metadata" $metadata "spec" $spec) -}}
{{- end -}}

{{/*
A container of such a pod. Parameters: those of `partials.podTemplate`, and container, main (whether it
is the one that probes are for), layers (values that add to it; the last counts).
*/}}
{{- define "partials.container" -}}
{{- $container := .container -}}
{{- $security := include "partials.containerSecurity" . | fromYaml -}}
{{- $env := $container.env | default list -}}
{{- $from := $container.envFrom | default list -}}
{{- $mounts := $container.volumeMounts | default list -}}
{{- range $layer := .layers -}}
{{- $security = mergeOverwrite $security (deepCopy ($layer.securityContext | default dict)) -}}
{{- if not $.early -}}
{{- $env = concat $env $layer.env -}}
{{- $from = concat $from $layer.envFrom -}}
{{- $mounts = concat $mounts $layer.volumeMounts -}}
{{- end -}}
{{- end -}}
{{- $_ := set $container "securityContext" $security -}}
{{- range $key, $list := dict "env" $env "volumeMounts" $mounts -}}
{{- with $list -}}
{{- $by := eq $key "env" | ternary "name" "mountPath" -}}
{{- $_ := set $container $key (include "partials.unique" (dict "key" $by "list" .) | fromJsonArray) -}}
{{- end -}}
{{- end -}}
{{- with $from -}}
{{- $_ := set $container "envFrom" . -}}
{{- end -}}
{{- if .main -}}
{{- range $probe := list "startupProbe" "readinessProbe" "livenessProbe" -}}
{{- with get $.open $probe -}}
{{- $_ := set $container $probe (include "partials.probe" (dict "own" (get $container $probe) "given" .) | fromYaml) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $container -}}
{{- end -}}

{{/*
A probe with what values change of it: another way of asking replaces the chart's. Parameters: own, given.
*/}}
{{- define "partials.probe" -}}
{{- $ways := list "exec" "grpc" "httpGet" "tcpSocket" -}}
{{- $own := deepCopy .own -}}
{{- range $ways -}}
{{- if hasKey $.given . -}}
{{- $own = omit $own "exec" "grpc" "httpGet" "tcpSocket" -}}
{{- end -}}
{{- end -}}
{{- toYaml (mergeOverwrite $own (deepCopy .given)) -}}
{{- end -}}

{{/*
The list with one item for each value of the key, as JSON: the last one, at the place of the first.
Parameters: key, list.
*/}}
{{- define "partials.unique" -}}
{{- $keys := list -}}
{{- $items := dict -}}
{{- range .list -}}
{{- $value := get . $.key -}}
{{- if not (hasKey $items $value) -}}
{{- $keys = append $keys $value -}}
{{- end -}}
{{- $_ := set $items $value . -}}
{{- end -}}
{{- $unique := list -}}
{{- range $keys -}}
{{- $unique = append $unique (get $items .) -}}
{{- end -}}
{{- toJson $unique -}}
{{- end -}}

{{/*
Fields of a pod's `spec` that all pods share. Parameters as `partials.podTemplate`.
*/}}
{{- define "partials.podDefaults" -}}
enableServiceLinks: false
automountServiceAccountToken: {{ .token | default false }}
terminationGracePeriodSeconds: {{ .grace | default 30 }}
{{- with .context.Values.global.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "partials.serviceAccountName" . }}
serviceAccountName: {{ . }}
{{- end }}
securityContext: {{- include "partials.podSecurity" . | nindent 2 }}
{{- end -}}

{{/*
The `securityContext` of a pod: restricted Pod Security. With `global.podSecurity: cluster` the cluster
gives user and group (OpenShift does). Parameters as `partials.podTemplate`; context and open may be missing.
*/}}
{{- define "partials.podSecurity" -}}
{{- $user := .user | default 65532 -}}
{{- $security := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- $global := dict -}}
{{- with .context -}}
{{- $global = .Values.global -}}
{{- end -}}
{{- if ne (get $global "podSecurity") "cluster" -}}
{{- $security = merge $security (dict "runAsUser" $user "runAsGroup" $user) -}}
{{- with .fsGroup -}}
{{- $security = merge $security (dict "fsGroup" . "fsGroupChangePolicy" "OnRootMismatch") -}}
{{- end -}}
{{- end -}}
{{- range $layer := compact (list (get $global "pods") .open) -}}
{{- $security = mergeOverwrite $security (deepCopy $layer.podSecurityContext) -}}
{{- end -}}
{{- toYaml $security -}}
{{- end -}}

{{/*
The `securityContext` of a container. No parameters.
*/}}
{{- define "partials.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
