{{/*
The template of the pods, for `partials.podTemplate`. Parameter: the chart's `.`.
*/}}
{{- define "minio.pod" -}}
{{- $who := dict "context" $ "name" "minio" }}
{{- $secrets := list "MINIO_ROOT_USER" "MINIO_ROOT_PASSWORD" }}
{{- $volume := dict "context" $ "path" "/data" "secrets" $secrets }}
{{- $secret := include "partials.secretName.s3" $ }}
metadata:
  labels: {{- include "partials.podLabels" $who | nindent 4 }}
  {{- with include "partials.explicitChecksum" (dict "context" $ "values" (list .Values.global.s3.accessKey .Values.global.s3.secretKey)) }}
  annotations: {{- . | nindent 4 }}
  {{- end }}
spec:
  initContainers:
    {{- include "partials.launcherContainer" $volume | nindent 4 }}
  containers:
    - name: minio
      {{- include "partials.imageFields" $who | nindent 6 }}
      command:
        {{- include "partials.launcherCommand" $volume | nindent 8 }}
        {{- toYaml (.Values.command | default (list "/usr/bin/minio")) | nindent 8 }}
      args: {{- toYaml .Values.args | nindent 8 }}
      env:
        {{- include "partials.secretVariable" (dict "name" "MINIO_ROOT_USER" "secret" $secret "key" "access-key") | nindent 8 }}
        {{- include "partials.secretVariable" (dict "name" "MINIO_ROOT_PASSWORD" "secret" $secret "key" "secret-key") | nindent 8 }}
        - name: MINIO_REGION
          value: {{ .Values.global.s3.region | quote }}
        # It would ask its makers for a newer release.
        - name: MINIO_UPDATE
          value: "off"
        - name: HOME
          value: /tmp
      ports:
        - {name: s3, containerPort: 9000}
        - {name: console, containerPort: 9001}
      startupProbe:
        httpGet: {path: /minio/health/ready, port: s3}
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 150
      readinessProbe:
        httpGet: {path: /minio/health/ready, port: s3}
        periodSeconds: 5
        timeoutSeconds: 5
      livenessProbe:
        httpGet: {path: /minio/health/live, port: s3}
        periodSeconds: 20
        timeoutSeconds: 10
        failureThreshold: 6
      resources: {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts:
        {{- include "partials.launcherMounts" $volume | nindent 8 }}
        - {name: tmp, mountPath: /tmp}
  volumes:
    {{- include "partials.dataVolume" $who | nindent 4 }}
    {{- include "partials.scratchVolume" (dict "name" "launcher" "size" "16Mi") | nindent 4 }}
    {{- include "partials.scratchVolume" (dict "name" "tmp" "size" "1Gi") | nindent 4 }}
{{- end -}}
