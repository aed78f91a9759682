{{/*
An image as a container names it: `registry/repository:tag`, or `@digest` where one is given.
Parameters: context, name (a key of `global.images`).
*/}}
{{- define "partials.image" -}}
{{- $global := .context.Values.global -}}
{{- $image := required (printf "global.images.%s is missing: it names the image" .name) (get $global.images .name) -}}
{{- with $global.imageRegistry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- $image.repository -}}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag }}{{ end -}}
{{- end -}}

{{/*
The two lines of a container that name its image. Parameters as `partials.image`.
*/}}
{{- define "partials.imageFields" -}}
image: {{ include "partials.image" . | quote }}
imagePullPolicy: {{ .context.Values.global.imagePullPolicy }}
{{- end -}}
