{{/*
Who sets the number of pods: Helm, or whoever set it last by the Deployment's scale, as an autoscaler and
`kubectl scale` do. A number that Helm leaves out of a Deployment where it had one is 1 afterwards; one that
it sets against another's is a conflict where Helm applies on the server's side.

The Deployment as the cluster has it; `{}` where there is none, or no cluster is asked. Parameter: a `.`.
*/}}
{{- define "api.inCluster" -}}
{{- lookup "apps/v1" "Deployment" .Release.Namespace "api" | default dict | toJson -}}
{{- end -}}

{{/*
The number of pods for the Deployment; empty where the number that is there stays.
Parameters: context, now (the Deployment as the cluster has it).
*/}}
{{- define "api.replicas" -}}
{{- $values := .context.Values -}}
{{- $owners := include "api.ownersOfReplicas" . | fromJson -}}
{{- $number := dig "spec" "replicas" 1 .now | int -}}
{{- if $values.autoscaling.enabled -}}
{{- if and .now (not (and $owners.serverSide $owners.scale)) }}{{ $number }}{{ end -}}
{{- else if not (include "api.keptReplicas" .) -}}
{{- $values.replicas -}}
{{- end -}}
{{- end -}}

{{/*
The number of pods that stays although values give another one; empty where Helm sets the number, or an
autoscaler does. Parameters as `api.replicas`.
*/}}
{{- define "api.keptReplicas" -}}
{{- $values := .context.Values -}}
{{- $owners := include "api.ownersOfReplicas" . | fromJson -}}
{{- $number := dig "spec" "replicas" 1 .now | int -}}
{{- $theirs := and $owners.serverSide $owners.scale (not $owners.helm) -}}
{{- if and $theirs (not $values.autoscaling.enabled) (ne $number (int $values.replicas)) -}}
{{- $number -}}
{{- end -}}
{{- end -}}

{{/*
By whom the number of pods was set, as JSON: `scale` and `helm` are true for those who did, `serverSide` where
Helm applies on the server's side. Parameters as `api.replicas`.
*/}}
{{- define "api.ownersOfReplicas" -}}
{{- $owners := dict "scale" false "helm" false "serverSide" false -}}
{{- range dig "metadata" "managedFields" list .now -}}
{{- $sets := dig "fieldsV1" "f:spec" dict . | dig "f:replicas" "no" | kindIs "map" -}}
{{- if eq (get . "subresource" | default "") "scale" -}}
{{- $_ := set $owners "scale" (or $sets $owners.scale) -}}
{{- else if eq .manager "helm" -}}
{{- $_ := set $owners "helm" (or $sets $owners.helm) -}}
{{- if and (eq .operation "Apply") (semverCompare ">=4.0.0-0" $.context.Capabilities.HelmVersion.Version) -}}
{{- $_ := set $owners "serverSide" true -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $owners -}}
{{- end -}}
