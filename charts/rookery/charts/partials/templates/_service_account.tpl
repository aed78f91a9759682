{{/*
The ServiceAccount of a part's pods; empty is the namespace's `default`. Parameters: open (the part's
values, with `serviceAccount`), name (what it is called where values do not say so).
*/}}
{{- define "partials.serviceAccountName" -}}
{{- $account := .open.serviceAccount -}}
{{- $account.name | default ($account.create | ternary .name "") -}}
{{- end -}}

{{/*
The ServiceAccount itself, where values have it made. It carries the annotations by which a cloud gives
its pods an identity. Parameters: context, open, name.
*/}}
{{- define "partials.serviceAccount" -}}
{{- if .open.serviceAccount.create -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "partials.serviceAccountName" . }}
  labels: {{- include "partials.labels" . | nindent 4 }}
  {{- with .open.serviceAccount.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}
{{- end -}}
