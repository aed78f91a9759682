{{/*
The template of Traefik's pods, for `partials.podTemplate`. Parameter: the chart's `.`.
*/}}
{{- define "ingress.pod" -}}
{{- $who := dict "context" . "name" "traefik" -}}
metadata:
  labels: {{- include "partials.podLabels" $who | nindent 4 }}
  annotations:
    checksum/config: {{ include "ingress.traefikFile" . | sha256sum | trunc 16 | quote }}
spec:
  topologySpreadConstraints: {{- include "partials.spread" $who | nindent 4 }}
  containers:
    - name: traefik
      {{- include "partials.imageFields" $who | nindent 6 }}
      args: {{- include "ingress.traefikArguments" . | nindent 8 }}
      ports:
        - {name: web, containerPort: 8000}
        {{- if .Values.tls }}
        - {name: websecure, containerPort: 8443}
        {{- end }}
        - {name: ping, containerPort: 9000}
      startupProbe:
        httpGet: {path: /ping, port: ping}
        periodSeconds: 1
        timeoutSeconds: 5
        failureThreshold: 60
      readinessProbe:
        httpGet: {path: /ping, port: ping}
        periodSeconds: 2
        timeoutSeconds: 5
      livenessProbe:
        httpGet: {path: /ping, port: ping}
        periodSeconds: 10
        timeoutSeconds: 10
        failureThreshold: 6
      resources: {{- toYaml .Values.traefik.resources | nindent 8 }}
      volumeMounts:
        - {name: configuration, mountPath: /etc/traefik, readOnly: true}
  volumes:
    - name: configuration
      configMap: {name: traefik}
{{- end -}}
