{{/*
`topologySpreadConstraints` by which the pods of one Deployment are on as many nodes as there are.
Parameters as `partials.selectorLabels`.
*/}}
{{- define "partials.spread" -}}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {{- include "partials.selectorLabels" . | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end -}}
