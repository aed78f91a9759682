{{/*
Who may ask: `keys` or `open`. Parameter: a dict with the chart's `Values`.
*/}}
{{- define "api.access" -}}
{{- .Values.access -}}
{{- end -}}

{{/*
The Secret that holds the keys; empty where nobody is asked for one. Its key `api-key` opens
everything, and is what the release's own clients show. Parameter: a dict with the chart's `Values`.
*/}}
{{- define "api.secretName" -}}
{{- if eq (include "api.access" .) "keys" -}}
{{- .Values.existingSecret | default "api" -}}
{{- end -}}
{{- end -}}

{{/*
The named keys as the API reads them; nothing where values give none.
Parameter: a dict with the chart's `Values`.
*/}}
{{- define "api.keys" -}}
{{- $keys := dict -}}
{{- range $name, $given := .Values.keys -}}
{{- if $given -}}
{{- $key := dict "key" $given.key "scopes" $given.scopes -}}
{{- with $given.maxInFlight -}}
{{- $_ := set $key "max_in_flight" (int .) -}}
{{- end -}}
{{- $_ := set $keys $name $key -}}
{{- end -}}
{{- end -}}
{{- with $keys -}}
{{- toJson . -}}
{{- end -}}
{{- end -}}

{{/*
Refuses keys with which the API would not start; it never prints one. Parameter: the chart's `.`.
*/}}
{{- define "api.checkKeys" -}}
{{- $given := dict -}}
{{- with .Values.apiKey -}}
{{- $_ := set $given "api.apiKey" . -}}
{{- end -}}
{{- range $name, $key := .Values.keys -}}
{{- with $key -}}
{{- $_ := set $given (printf "api.keys.%s.key" $name) .key -}}
{{- end -}}
{{- end -}}
{{- range $path, $key := $given -}}
{{- if not (regexMatch "^[!-~]{16,512}$" $key) -}}
{{- fail (printf "%s is no key: give it 16 to 512 characters of printable ASCII, without a space or a line break; `openssl rand -hex 32` makes one" $path) -}}
{{- end -}}
{{- end -}}
{{- if ne (len (values $given | uniq)) (len $given) -}}
{{- fail (printf "two of %s are equal: give each caller a key of its own" (keys $given | sortAlpha | join ", ")) -}}
{{- end -}}
{{- if and .Values.existingSecret (include "api.keys" .) -}}
{{- fail "api.keys and api.existingSecret are both given: put the named keys into that Secret, as its key `keys`" -}}
{{- end -}}
{{- if and (eq .Values.access "open") (or $given .Values.existingSecret) -}}
{{- fail "api.access is open, and there is a key that nobody would be asked for: set api.access=keys, or take the key away" -}}
{{- end -}}
{{- end -}}
