{{/*
The names of all models with Jobs, sorted, as a JSON list: `range (include ... | fromJsonArray)`.
Parameter: the chart's `.`.
*/}}
{{- define "partials.modelNames" -}}
{{- $names := list -}}
{{- range $name, $model := .Values.global.models -}}
{{- if not (kindIs "invalid" $model) -}}
{{- $names = append $names $name -}}
{{- end -}}
{{- end -}}
{{- sortAlpha $names | toJson -}}
{{- end -}}
