{{/*
What an upgrade that failed made and this one lacks: Helm compares with the last revision that was
deployed, and would leave it for ever. Helm deletes an object before it makes a hook of that name, and
deletes a hook that is done: so each stray is a hook, which does nothing. Only after a revision that
is not `deployed`; nothing where Helm does not ask a cluster. Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.strays" -}}
{{- if and .Release.IsUpgrade (include "rookery.lastFailed" .) -}}
{{- $known := include "rookery.objects" . | fromJsonArray -}}
{{- range $kind, $tombstone := include "rookery.tombstones" . | fromYaml -}}
{{- range (lookup $tombstone.apiVersion $kind $.Release.Namespace "").items -}}
{{- $annotations := .metadata.annotations | default dict -}}
{{- $ours := eq (get $annotations "meta.helm.sh/release-name") $.Release.Name -}}
{{- $kept := eq (get $annotations "helm.sh/resource-policy") "keep" -}}
{{- if and $ours (not $kept) (not (has (printf "%s/%s" $kind .metadata.name) $known)) }}
---
apiVersion: {{ $tombstone.apiVersion }}
kind: {{ $kind }}
metadata:
  name: {{ .metadata.name }}
  labels:
    app.kubernetes.io/name: stray
    app.kubernetes.io/part-of: rookery
  annotations:
    helm.sh/hook: pre-upgrade
    # After the preflight: where that fails, the release stays as it is.
    helm.sh/hook-weight: "1"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
{{- with $tombstone.spec }}
spec: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Whether the revision before this one failed, or nobody knows: Helm keeps a Secret for each.
Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.lastFailed" -}}
{{- $record := printf "sh.helm.release.v1.%s.v%d" .Release.Name (sub (int .Release.Revision) 1) -}}
{{- $labels := dig "metadata" "labels" dict (lookup "v1" "Secret" .Release.Namespace $record) -}}
{{- ne (get $labels "status") "deployed" | ternary "yes" "" -}}
{{- end -}}

{{/*
The kinds of which strays are looked for, and an object of each that does nothing.
No parameters.
*/}}
{{- define "rookery.tombstones" -}}
{{- $security := include "partials.podSecurity" dict | fromYaml -}}
{{- $none := dict "name" "none" "image" "none" "securityContext" (include "partials.containerSecurity" $ | fromYaml) -}}
{{- $pod := dict "restartPolicy" "Never" "securityContext" $security "containers" (list $none) | toJson -}}
{{- $always := dict "securityContext" $security "containers" (list $none) | toJson -}}
CronJob:
  apiVersion: batch/v1
  spec: {schedule: "0 0 1 1 *", suspend: true, jobTemplate: {spec: {template: {spec: {{ $pod }}}}}}
Job:
  apiVersion: batch/v1
  spec: {parallelism: 0, completions: 0, template: {spec: {{ $pod }}}}
Deployment:
  apiVersion: apps/v1
  spec:
    replicas: 0
    selector: {matchLabels: {app.kubernetes.io/name: stray}}
    template:
      metadata: {labels: {app.kubernetes.io/name: stray}}
      spec: {{ $always }}
ConfigMap:
  apiVersion: v1
Service:
  apiVersion: v1
  spec: {clusterIP: None, ports: [{port: 1}]}
Ingress:
  apiVersion: networking.k8s.io/v1
  spec: {ingressClassName: none, defaultBackend: {service: {name: none, port: {number: 1}}}}
NetworkPolicy:
  apiVersion: networking.k8s.io/v1
  spec: {podSelector: {matchLabels: {app.kubernetes.io/name: stray}}}
PodDisruptionBudget:
  apiVersion: policy/v1
  spec: {maxUnavailable: 1, selector: {matchLabels: {app.kubernetes.io/name: stray}}}
HorizontalPodAutoscaler:
  apiVersion: autoscaling/v2
  spec: {maxReplicas: 1, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: none}}
{{- end -}}

{{/*
`Kind/name` of every object of these kinds that the release has now, as a JSON list: its own templates,
rendered once more. Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.objects" -}}
{{- $names := list -}}
{{- range $part, $files := include "rookery.templates" . | fromYaml -}}
{{- $context := eq $part "rookery" | ternary $ (get $.Subcharts $part) -}}
{{- if $context -}}
{{- $folder := eq $part "rookery" | ternary "rookery/templates" (printf "rookery/charts/%s/templates" $part) -}}
{{- range $file := $files -}}
{{- range $document := regexSplit "(?m)^---\\s*$" (include (printf "%s/%s.yaml" $folder $file) $context) -1 -}}
{{- $object := fromYaml $document -}}
{{- if hasKey $object "kind" -}}
{{- $names = append $names (printf "%s/%s" $object.kind $object.metadata.name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{/*
The templates of these kinds, by the part that they are in. No parameters.
*/}}
{{- define "rookery.templates" -}}
rookery: [configmap-specs, deployment-notebook, extra-manifests, ingress-api, ingress-minio, ingress-mlflow, ingress-notebook, networkpolicy, tests/configmap]
api: [configmap, deployment, horizontalpodautoscaler, poddisruptionbudget, service]
ingress: [configmap, deployment, poddisruptionbudget, service]
minio: [deployment, service]
mlflow: [configmap, deployment, service]
notebook: [configmap-specs, service]
pipeline:
  - bootstrap-databases
  - bootstrap-ingest
  - bootstrap-trainer
  - configmap-data
  - cronjob-databases
  - cronjob-forget
  - cronjob-ingest
  - cronjob-retention
  - cronjob-retire
  - cronjob-rollback
  - cronjob-trainer
postgresql: [deployment, service]
{{- end -}}
