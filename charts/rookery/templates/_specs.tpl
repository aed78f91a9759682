{{/*
What Helm can see of a spec by itself, so that it refuses it before anything changes: the form, the
names of its keys and estimator, and that target, features and key are columns. All else is for the
Job `preflight`. Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.checkSpecs" -}}
{{- range $model, $given := .Values.global.models -}}
{{- if not (kindIs "invalid" $given) -}}
{{- if hasKey $given "spec" -}}
{{- $fault := include "rookery.specFault" (dict "context" $ "model" $model "spec" (fromYaml $given.spec)) -}}
{{- if $fault -}}
{{- fail (printf "global.models.%s.spec %s" $model $fault) -}}
{{- end -}}
{{- else if not (has $model (list "sex" "species")) -}}
{{- fail (printf "global.models.%s has no spec, and no model of that name ships with Rookery; give it one by --set-file global.models.%s.spec=FILE" $model $model) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Why the document is no spec of the model; empty where nothing is seen. The keys and estimators that there
are stand in a file which `make generate` writes. Parameters: context, model, spec.
*/}}
{{- define "rookery.specFault" -}}
{{- $spec := .spec -}}
{{- $outline := .context.Files.Get "files/spec-outline.json" | fromJson -}}
{{- $second := eq (toString $spec.spec) "2" -}}
{{- $required := $second | ternary $outline.required (concat $outline.required $outline.requiredWithoutSpec2) -}}
{{- $known := $outline.known -}}
{{- $estimators := $outline.estimators -}}
{{- /* With spec: 2 features may also be a word or a mapping. */ -}}
{{- $features := and $second (not (kindIs "slice" $spec.features)) | ternary list $spec.features -}}
{{- $kinds := dict "source" "map" "columns" "slice" "target" "string" "features" ($second | ternary (kindOf $spec.features) "slice") "estimator" "string" "search_space" "map" -}}
{{- $faults := list -}}
{{- if and (hasKey $spec "Error") (eq (len $spec) 1) -}}
{{- $faults = append $faults (printf "is not YAML of keys and values: %v" $spec.Error) -}}
{{- else if ne (toString $spec.name) .model -}}
{{- $faults = append $faults (printf "names the model %v; give both one name" ($spec.name | default "nothing")) -}}
{{- else -}}
{{- range $key := $required -}}
{{- if not (hasKey $spec $key) -}}
{{- $faults = append $faults (printf "has no key %s" $key) -}}
{{- end -}}
{{- end -}}
{{- range $key, $value := $spec -}}
{{- if not (has $key $known) -}}
{{- $faults = append $faults (printf "has an unknown key %s" $key) -}}
{{- else if and (hasKey $kinds $key) (not (kindIs (get $kinds $key) $value)) -}}
{{- $faults = append $faults (printf "has something else than a %s at %s" (get $kinds $key | replace "slice" "list" | replace "string" "text" | replace "map" "mapping") $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if not $faults -}}
{{- if and (hasKey $spec "estimator") (not (has $spec.estimator $estimators)) -}}
{{- $faults = append $faults (printf "has the unknown estimator %s; there are %s" $spec.estimator (join ", " $estimators)) -}}
{{- end -}}
{{- $columns := list -}}
{{- range $place, $column := $spec.columns -}}
{{- if kindIs "map" $column -}}
{{- $columns = append $columns (toString $column.name) -}}
{{- else -}}
{{- $faults = append $faults (printf "has no mapping at columns[%d]" $place) -}}
{{- end -}}
{{- end -}}
{{- $key := kindIs "slice" $spec.key | ternary $spec.key list -}}
{{- range $name := concat (list $spec.target) $features $key -}}
{{- if not (has (toString $name) $columns) -}}
{{- $faults = append $faults (printf "names %v, which is not among its columns" $name) -}}
{{- end -}}
{{- end -}}
{{- if has $spec.target $features -}}
{{- $faults = append $faults (printf "has its target %s among its features" $spec.target) -}}
{{- end -}}
{{- end -}}
{{- first $faults | default "" -}}
{{- end -}}

{{/*
The specs of earlier revisions that pods still run by, of models that there still are: Helm would delete
them before the new pods are ready, and an old one that starts anew in between would find none. The next
upgrade lets them go. Nothing where Helm does not ask a cluster. Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.specsInUse" -}}
{{- $current := list -}}
{{- $models := include "partials.modelNames" . | fromJsonArray -}}
{{- range $model := include "partials.specModels" . | fromJsonArray -}}
{{- $current = append $current (include "partials.specName" (dict "context" $ "model" $model)) -}}
{{- end -}}
{{- $used := list -}}
{{- if .Release.IsUpgrade -}}
{{- range (lookup "apps/v1" "ReplicaSet" .Release.Namespace "").items -}}
{{- if .spec.replicas -}}
{{- $used = concat $used (include "rookery.specsOf" .spec.template.spec | fromJsonArray) -}}
{{- end -}}
{{- end -}}
{{- range (lookup "batch/v1" "Job" .Release.Namespace "").items -}}
{{- if dig "status" "active" 0 . -}}
{{- $used = concat $used (include "rookery.specsOf" .spec.template.spec | fromJsonArray) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name := $used | uniq | sortAlpha -}}
{{- $found := has $name $current | ternary dict (lookup "v1" "ConfigMap" $.Release.Namespace $name) -}}
{{- $labels := dig "metadata" "labels" dict $found -}}
{{- /* The first release wrote the label without a domain. */ -}}
{{- $model := get $labels "rookery.internal/model" | default (get $labels "rookery/model") -}}
{{- if and (has $model $models) (eq (dig "metadata" "annotations" "meta.helm.sh/release-name" "" $found) $.Release.Name) }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}
  labels: {{- toYaml $found.metadata.labels | nindent 4 }}
immutable: true
data: {{- toYaml $found.data | nindent 2 }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
The names of the ConfigMaps with specs that a pod mounts, as a JSON list. Parameter: the pod's `spec`.
*/}}
{{- define "rookery.specsOf" -}}
{{- $names := list -}}
{{- range .volumes -}}
{{- range dig "projected" "sources" list . -}}
{{- $name := dig "configMap" "name" "" . -}}
{{- if hasPrefix "model-spec-" $name -}}
{{- $names = append $names $name -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}
