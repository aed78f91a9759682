{{/*
The base64 of a Secret's value: what values give, else what the Secret in the cluster holds (so an
upgrade changes nothing), else random. `helm template` and GitOps tools see no cluster: there a
value is random at each rendering unless it, or an existing Secret, is given.
Parameters: context, secret (its name), key, value (what values give; may be empty), length
(optional: of a random one, 32).
*/}}
{{- define "partials.secretValue" -}}
{{- $found := lookup "v1" "Secret" .context.Release.Namespace .secret | default dict -}}
{{- $held := get ($found.data | default dict) .key -}}
{{- if .value -}}
{{- .value | toString | b64enc -}}
{{- else if $held -}}
{{- $held -}}
{{- else -}}
{{- randAlphaNum (int (.length | default 32)) | b64enc -}}
{{- end -}}
{{- end -}}

{{/*
The Secrets of the backing services: the release's own, or the existing one that values name.
Parameter: the chart's `.`.
*/}}
{{- define "partials.secretName.postgresql" -}}
{{ .Values.global.postgresql.existingSecret | default "postgresql" }}
{{- end -}}

{{- define "partials.secretName.s3" -}}
{{ .Values.global.s3.existingSecret | default "s3" }}
{{- end -}}

{{- define "partials.secretName.mlflowAuth" -}}
{{ .Values.global.mlflow.auth.existingSecret | default "mlflow-auth" }}
{{- end -}}

{{/*
An environment variable from a Secret. Parameters: name, secret, key, optional (whether the pod
starts without it, false).
*/}}
{{- define "partials.secretVariable" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end -}}

{{/*
The annotation that restarts a pod, and renames a bootstrap Job, where a password or key that values
give is another than before; nothing where values give none, for a random value says nothing new.
Slow and salted (scrypt), as who may see a pod may not see its passwords.
Parameters: context, values (the list of what values give).
*/}}
{{- define "partials.explicitChecksum" -}}
{{- $given := join "\n" .values -}}
{{- if trim $given -}}
checksum/explicit: {{ derivePassword 1 "maximum" $given .context.Release.Name .context.Release.Namespace | sha256sum | trunc 16 | quote }}
{{- end -}}
{{- end -}}
