{{/*
The names of all models with Jobs, sorted, as a JSON list: `range (include ... | fromJsonArray)`:
those that ship with Rookery and those of values, without the ones that values switch off or set to null.
The shipped ones are no defaults in values.yaml: Helm takes a null for a global's default in the
umbrella alone, and its parts would go on with the model.
Parameter: the chart's `.`.
*/}}
{{- define "partials.modelNames" -}}
{{- $models := .Values.global.models -}}
{{- $names := list -}}
{{- range $name := concat (list "sex" "species") (keys $models) | uniq -}}
{{- $null := and (hasKey $models $name) (kindIs "invalid" (get $models $name)) -}}
{{- if and (not $null) (dig "enabled" true (get $models $name | default dict)) -}}
{{- $names = append $names $name -}}
{{- end -}}
{{- end -}}
{{- sortAlpha $names | toJson -}}
{{- end -}}

{{/*
The models that values set to null, sorted, as a JSON list. Parameter: the chart's `.`.
*/}}
{{- define "partials.modelsTakenOut" -}}
{{- $names := list -}}
{{- range $name, $model := .Values.global.models -}}
{{- if kindIs "invalid" $model -}}
{{- $names = append $names $name -}}
{{- end -}}
{{- end -}}
{{- sortAlpha $names | toJson -}}
{{- end -}}

{{/*
The name of the ConfigMap with the spec that values give a model; empty where they give none. It ends
with a hash of the spec: a pod goes on with the spec that it was made for, whatever the next revision
of the release says. Parameters: context, model.
*/}}
{{- define "partials.specName" -}}
{{- with (get .context.Values.global.models .model | default dict).spec -}}
{{- printf "model-spec-%s-%s" $.model (sha256sum . | trunc 10) -}}
{{- end -}}
{{- end -}}

{{/*
The models whose specs values give, as a JSON list. Parameter: the chart's `.`.
*/}}
{{- define "partials.specModels" -}}
{{- $models := list -}}
{{- range $model := include "partials.modelNames" . | fromJsonArray -}}
{{- if include "partials.specName" (dict "context" $ "model" $model) -}}
{{- $models = append $models $model -}}
{{- end -}}
{{- end -}}
{{- toJson $models -}}
{{- end -}}

{{/*
What a container has of the specs that values give: the items of its `env` and of its `volumeMounts`,
and those of its pod's `volumes`; nothing where there are none. Parameters: context, models (theirs).
*/}}
{{- define "partials.specsEnv" -}}
{{- if .models -}}
- name: ROOKERY_SPECS_DIRECTORY
  value: /etc/rookery/specs
{{- end -}}
{{- end -}}

{{- define "partials.specsMount" -}}
{{- if .models -}}
- {name: specs, mountPath: /etc/rookery/specs, readOnly: true}
{{- end -}}
{{- end -}}

{{/*
Parameters: context, models, optional (whether the pod starts without a spec that is not there: so one
that serves many models does).
*/}}
{{- define "partials.specsVolume" -}}
{{- if .models -}}
- name: specs
  projected:
    sources:
      {{- range .models }}
      - configMap: {name: {{ include "partials.specName" (dict "context" $.context "model" .) }}, optional: {{ $.optional | default false }}}
      {{- end }}
{{- end -}}
{{- end -}}
