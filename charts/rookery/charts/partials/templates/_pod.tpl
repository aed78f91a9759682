{{/*
Fields of a pod's `spec` that all pods share; restricted Pod Security is `partials.podSecurity` and
`partials.containerSecurity`. Parameters: context, grace (optional: seconds from SIGTERM to SIGKILL,
30), token (optional: whether the pod gets a token for the Kubernetes API), scheduling (optional:
a dict with nodeSelector, tolerations, affinity; the chart's values by default).
*/}}
{{- define "partials.podDefaults" -}}
enableServiceLinks: false
automountServiceAccountToken: {{ .token | default false }}
terminationGracePeriodSeconds: {{ .grace | default 30 }}
{{- with .context.Values.global.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- $scheduling := .scheduling | default .context.Values }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" }}
{{- with get $scheduling $key }}
{{ $key }}: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
The `securityContext` of a pod. Parameters: user (optional: uid and gid, 65532), fsGroup (optional:
the gid that a volume of the pod is given to).
*/}}
{{- define "partials.podSecurity" -}}
{{- $user := .user | default 65532 -}}
runAsNonRoot: true
runAsUser: {{ $user }}
runAsGroup: {{ $user }}
{{- with .fsGroup }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/*
The `securityContext` of a container. No parameters.
*/}}
{{- define "partials.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
