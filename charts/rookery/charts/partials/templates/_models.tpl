{{/*
The names of all models with Jobs, sorted, as a JSON list: `range (include ... | fromJsonArray)`:
those that ship with Rookery and those of values, without the ones that values set to null.
The shipped ones are no defaults in values.yaml: Helm takes a null for a global's default in the
umbrella alone, and its parts would go on with the model.
Parameter: the chart's `.`.
*/}}
{{- define "partials.modelNames" -}}
{{- $models := .Values.global.models -}}
{{- $names := list -}}
{{- range $name := concat (list "sex" "species") (keys $models) | uniq -}}
{{- if not (and (hasKey $models $name) (kindIs "invalid" (get $models $name))) -}}
{{- $names = append $names $name -}}
{{- end -}}
{{- end -}}
{{- sortAlpha $names | toJson -}}
{{- end -}}

{{/*
The annotation that replaces pods when values give other specs; nothing where they give none.
Parameter: the chart's `.`.
*/}}
{{- define "partials.specsChecksum" -}}
{{- $specs := dict -}}
{{- range $model := include "partials.modelNames" . | fromJsonArray -}}
{{- with (get $.Values.global.models $model | default dict).spec -}}
{{- $_ := set $specs $model . -}}
{{- end -}}
{{- end -}}
{{- with $specs -}}
checksum/specs: {{ toJson . | sha256sum | trunc 16 | quote }}
{{- end -}}
{{- end -}}
