{{/*
The Secrets that were lost, as a JSON object of name to the Deployments that read them: an upgrade
draws values for them (`partials.secretValue`), which no server knows before it starts again. A key is
lost where a pod of the release reads it, values do not give it, and the cluster no longer has it.
At an installation every server starts with what was drawn, and `helm template` sees no cluster: none.
Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.lostSecrets" -}}
{{- $lost := dict -}}
{{- if .Release.IsUpgrade -}}
{{- $read := list -}}
{{- range list (lookup "apps/v1" "Deployment" .Release.Namespace "") (lookup "batch/v1" "CronJob" .Release.Namespace "") -}}
{{- range .items -}}
{{- if eq $.Release.Name (dig "labels" "app.kubernetes.io/instance" "" .metadata) -}}
{{- $read = append $read (dict "kind" .kind "name" .metadata.name "spec" (toJson .spec)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $secret, $given := include "rookery.drawnSecrets" . | fromJson -}}
{{- $held := dig "data" dict (lookup "v1" "Secret" $.Release.Namespace $secret | default dict) | default dict -}}
{{- $missing := false -}}
{{- $readers := list -}}
{{- range $reader := $read -}}
{{- if contains (printf ",\"name\":%q}" $secret) .spec -}}
{{- if eq .kind "Deployment" -}}{{- $readers = append $readers .name -}}{{- end -}}
{{- range $key, $value := $given -}}
{{- if and (not $value) (not (hasKey $held $key)) (contains (printf "\"key\":%q,\"name\":%q" $key $secret) $reader.spec) -}}
{{- $missing = true -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $missing -}}{{- $_ := set $lost $secret $readers -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- $lost | toJson -}}
{{- end -}}

{{/*
What the notes say of lost Secrets: first what a server has to be told, Secret by Secret, and at the end one
restart of all that read any of them. One: two restarts of a Deployment within a second are refused.
Parameters: root (the umbrella's `.`), lost (see `rookery.lostSecrets`). Empty where none is lost.
*/}}
{{- define "rookery.waysBack" -}}
{{- if .lost -}}
{{- $in := printf "--namespace %s" .root.Release.Namespace -}}
{{- $restarted := list -}}
{{- range .lost }}{{ $restarted = concat $restarted . }}{{ end }}

WARNING: lost, or a part of it: {{ range $i, $secret := keys .lost | sortAlpha }}{{ if $i }}, {{ end }}the Secret {{ $secret }}{{ end }}. What is lost has new
random values now, which nothing that runs knows yet. If you have a copy of the old Secret, apply it.
Otherwise, so that all use the new values:
{{- $servers := list }}
{{- range $secret, $part := dict "postgresql" "postgresql" "s3" "minio" }}
{{- if and (hasKey $.lost $secret) (get $.root.Values $part).enabled }}{{ $servers = append $servers $part }}{{ end }}
{{- end }}
{{- range $servers }}
  kubectl {{ $in }} rollout restart deployment/{{ . }}
  kubectl {{ $in }} rollout status deployment/{{ . }}
{{- end }}
{{- if hasKey .lost "postgresql" }}
{{- if not .root.Values.postgresql.enabled }}
  # Give the passwords that your server knows (global.postgresql.passwords), and upgrade again; or let
  # its administrator have the password `postgres` of the Secret, and then:
{{- end }}
{{- end }}
{{- if and (hasKey .lost "s3") (not .root.Values.minio.enabled) }}
  # Give the keys that your store knows (global.s3.accessKey, secretKey), and upgrade again.
{{- end }}
{{- $each := eq "each" (include "partials.s3Credentials" .root) }}
{{- if and .root.Values.pipeline.enabled (or (hasKey .lost "postgresql") (and $each (hasKey .lost "s3"))) }}
  kubectl {{ $in }} create job databases-{{ .root.Release.Revision }} --from=cronjob/databases
  kubectl {{ $in }} wait job/databases-{{ .root.Release.Revision }} --for=condition=complete --timeout=5m
{{- end }}
{{- $others := list }}
{{- range $restarted }}{{ if not (has . $servers) }}{{ $others = append $others . }}{{ end }}{{ end }}
{{- with $others | uniq | sortAlpha }}
  kubectl {{ $in }} rollout restart{{ range . }} deployment/{{ . }}{{ end }}
{{- end }}
{{- if hasKey .lost "postgresql" }}
Jobs that wait for a database go on by themselves; predictions are answered all the while.
{{- end }}
{{- end -}}
{{- end -}}

{{/*
The Secrets that the chart makes, as a JSON object of name to key to what values give, which is empty
where it is drawn. Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.drawnSecrets" -}}
{{- $secrets := dict -}}
{{- with .Values.global.postgresql -}}
{{- if not .existingSecret -}}
{{- $_ := set $secrets "postgresql" (merge dict (.passwords | default dict) (dict "postgres" "" "ingest" "" "trainer" "" "mlflow" "" "notebook" "")) -}}
{{- end -}}
{{- end -}}
{{- with .Values.global.s3 -}}
{{- $credentials := include "partials.s3Credentials" $ -}}
{{- if and (ne $credentials "identity") (not .existingSecret) -}}
{{- $keys := dict "access-key" .accessKey "secret-key" .secretKey -}}
{{- if eq $credentials "each" -}}
{{- range $user := include "partials.s3Users" $ | fromJsonArray -}}
{{- $_ := set $keys (print $user "-access-key") "" -}}
{{- $_ := set $keys (print $user "-secret-key") "" -}}
{{- end -}}
{{- end -}}
{{- $_ := set $secrets "s3" $keys -}}
{{- end -}}
{{- end -}}
{{- with .Values.global.mlflow.auth -}}
{{- if and .enabled (not .existingSecret) -}}
{{- $_ := set $secrets "mlflow-auth" (dict "admin-password" "" "trainer-password" "" "api-password" "" "notebook-password" "" "flask-secret-key" "") -}}
{{- end -}}
{{- end -}}
{{- if and .Values.api.enabled (not .Values.api.existingSecret) -}}
{{- $_ := set $secrets "api" (dict "api-key" .Values.api.apiKey) -}}
{{- end -}}
{{- if and .Values.notebook.enabled (not .Values.notebook.existingSecret) -}}
{{- $_ := set $secrets "notebook" (dict "token" .Values.notebook.token) -}}
{{- end -}}
{{- $secrets | toJson -}}
{{- end -}}
