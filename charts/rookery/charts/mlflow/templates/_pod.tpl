{{/*
The template of the pods, for `partials.podTemplate`. Parameter: the chart's `.`.
*/}}
{{- define "mlflow.pod" -}}
{{- $who := dict "context" $ "name" "mlflow" }}
{{- $global := .Values.global }}
{{- $auth := include "partials.secretName.mlflowAuth" $ }}
metadata:
  labels: {{- include "partials.podLabels" $who | nindent 4 }}
  {{- with include "mlflow.annotations" $ }}
  annotations: {{- . | nindent 4 }}
  {{- end }}
spec:
  initContainers:
    - name: prepare
      {{- include "partials.imageFields" $who | nindent 6 }}
      command: [python, -m, rookery_mlflow, prepare]
      workingDir: /tmp
      env:
        {{- include "mlflow.environment" $ | nindent 8 }}
        - name: ROOKERY_WAIT_SECONDS
          value: {{ toJson .Values.waitSeconds | quote }}
        {{- if $global.mlflow.auth.enabled }}
        {{- range $user := list "admin" "trainer" "api" "notebook" }}
        {{- include "partials.secretVariable" (dict "name" (printf "ROOKERY_USER_%s_PASSWORD" (upper $user)) "secret" $auth "key" (print $user "-password")) | nindent 8 }}
        {{- end }}
        # Only looked at, before the server reads it.
        {{- include "partials.secretVariable" (dict "name" "MLFLOW_FLASK_SERVER_SECRET_KEY" "secret" $auth "key" "flask-secret-key") | nindent 8 }}
        {{- end }}
      resources: {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts: {{- include "mlflow.mounts" $ | nindent 8 }}
  containers:
    - name: mlflow
      {{- include "partials.imageFields" $who | nindent 6 }}
      args:
        - server
        - {{ printf "--host=%s" (include "mlflow.listen" $) | quote }}
        - --port=5000
        - --workers={{ .Values.workers }}
        - --serve-artifacts
        {{- if $global.mlflow.auth.enabled }}
        - --app-name=basic-auth
        {{- end }}
      workingDir: /tmp
      env:
        {{- include "mlflow.environment" $ | nindent 8 }}
        - name: MLFLOW_SERVER_ALLOWED_HOSTS
          value: {{ include "mlflow.allowedHosts" $ | quote }}
        {{- with include "mlflow.allowedOrigins" $ }}
        - name: MLFLOW_SERVER_CORS_ALLOWED_ORIGINS
          value: {{ . | quote }}
        {{- end }}
        - name: MLFLOW_SERVER_ENABLE_JOB_EXECUTION
          value: "false"
        {{- if $global.mlflow.auth.enabled }}
        {{- include "partials.secretVariable" (dict "name" "MLFLOW_FLASK_SERVER_SECRET_KEY" "secret" $auth "key" "flask-secret-key") | nindent 8 }}
        # As whom the readiness probe asks: the one who may only read.
        - name: MLFLOW_TRACKING_USERNAME
          value: api
        {{- include "partials.secretVariable" (dict "name" "MLFLOW_TRACKING_PASSWORD" "secret" $auth "key" "api-password") | nindent 8 }}
        {{- end }}
      ports:
        - {name: http, containerPort: 5000}
      startupProbe:
        httpGet: {path: /health, port: http}
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 150
      # /health says nothing of the database.
      readinessProbe:
        exec:
          command: [python, -m, rookery_mlflow, ready]
        periodSeconds: 10
        timeoutSeconds: 10
      livenessProbe:
        httpGet: {path: /health, port: http}
        periodSeconds: 20
        timeoutSeconds: 10
        failureThreshold: 6
      resources: {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts: {{- include "mlflow.mounts" $ | nindent 8 }}
  volumes:
    {{- include "partials.scratchVolume" (dict "name" "tmp" "size" "2Gi") | nindent 4 }}
    {{- if $global.mlflow.auth.enabled }}
    - name: auth
      configMap:
        name: mlflow-auth
    {{- end }}
{{- end -}}
