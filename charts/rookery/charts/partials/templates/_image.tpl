{{/*
An image as a container names it: `registry/repository:tag`, or `@digest` where one is given. Always
with its registry: container engines differ in where they look for a short name.
Parameters: context, name (a key of `global.images`).
*/}}
{{- define "partials.image" -}}
{{- $global := .context.Values.global -}}
{{- $image := required (printf "global.images.%s is missing: it names the image" .name) (get $global.images .name) -}}
{{- $registry := $global.imageRegistry | default $image.registry | trimSuffix "/" -}}
{{- printf "%s/%s" $registry $image.repository -}}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag }}{{ end -}}
{{- end -}}

{{/*
The two lines of a container that name its image. Parameters as `partials.image`.
*/}}
{{- define "partials.imageFields" -}}
image: {{ include "partials.image" . | quote }}
imagePullPolicy: {{ .context.Values.global.imagePullPolicy }}
{{- end -}}
