{{/*
The claim of a part's volume, unless values name an existing one. Parameters: context (its values
have `persistence`), name.
*/}}
{{- define "partials.persistentVolumeClaim" -}}
{{- $persistence := .context.Values.persistence -}}
{{- if not $persistence.existingClaim -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .name }}
  labels: {{- include "partials.labels" . | nindent 4 }}
  {{- if $persistence.keepOnUninstall }}
  annotations:
    helm.sh/resource-policy: keep
  {{- end }}
spec:
  accessModes: {{- toYaml $persistence.accessModes | nindent 4 }}
  {{- with $persistence.storageClass }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ $persistence.size }}
{{- end -}}
{{- end -}}

{{/*
The volume of a pod that mounts it, as `data`. Parameters as `partials.persistentVolumeClaim`.
*/}}
{{- define "partials.dataVolume" -}}
- name: data
  persistentVolumeClaim:
    claimName: {{ .context.Values.persistence.existingClaim | default .name }}
{{- end -}}

{{/*
A writable folder that a restart of the pod empties. Parameters: name, size (the most it may hold).
*/}}
{{- define "partials.scratchVolume" -}}
- name: {{ .name }}
  emptyDir:
    sizeLimit: {{ .size }}
{{- end -}}
