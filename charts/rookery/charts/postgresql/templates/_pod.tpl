{{/*
The template of the pods, for `partials.podTemplate`. Parameter: the chart's `.`.
*/}}
{{- define "postgresql.pod" -}}
{{- $who := dict "context" $ "name" "postgresql" }}
{{- $volume := dict "context" $ "path" "/var/lib/postgresql" "secrets" (list "POSTGRES_PASSWORD") }}
metadata:
  labels: {{- include "partials.podLabels" $who | nindent 4 }}
  {{- with include "partials.explicitChecksum" (dict "context" $ "values" (list .Values.global.postgresql.passwords.postgres)) }}
  annotations: {{- . | nindent 4 }}
  {{- end }}
spec:
  initContainers:
    {{- include "partials.launcherContainer" $volume | nindent 4 }}
  containers:
    - name: postgresql
      {{- include "partials.imageFields" $who | nindent 6 }}
      command:
        {{- include "partials.launcherCommand" $volume | nindent 8 }}
        - docker-entrypoint.sh
      args:
        - postgres
        {{- range $name, $value := .Values.settings }}
        - -c
        - {{ printf "%s=%v" $name $value | quote }}
        {{- end }}
      env:
        - name: POSTGRES_USER
          value: {{ .Values.global.postgresql.adminUser | quote }}
        - name: POSTGRES_DB
          value: postgres
        {{- include "partials.postgresqlPassword" (dict "context" $ "role" "postgres" "name" "POSTGRES_PASSWORD") | nindent 8 }}
      ports:
        - {name: postgresql, containerPort: 5432}
      lifecycle:
        postStart:
          exec:
            command: [bash, -c, {{ include "postgresql.setPassword" $ | toJson }}]
      startupProbe:
        exec: {{- include "postgresql.alive" $ | nindent 10 }}
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 150
      readinessProbe:
        exec: {{- include "postgresql.ready" $ | nindent 10 }}
        periodSeconds: 5
        timeoutSeconds: 5
      livenessProbe:
        exec: {{- include "postgresql.alive" $ | nindent 10 }}
        periodSeconds: 20
        timeoutSeconds: 10
        failureThreshold: 6
      resources: {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts:
        {{- include "partials.launcherMounts" $volume | nindent 8 }}
        - {name: run, mountPath: /var/run/postgresql}
        - {name: tmp, mountPath: /tmp}
        - {name: shm, mountPath: /dev/shm}
  volumes:
    {{- include "partials.dataVolume" $who | nindent 4 }}
    {{- include "partials.scratchVolume" (dict "name" "launcher" "size" "16Mi") | nindent 4 }}
    {{- include "partials.scratchVolume" (dict "name" "run" "size" "16Mi") | nindent 4 }}
    {{- include "partials.scratchVolume" (dict "name" "tmp" "size" "1Gi") | nindent 4 }}
    - name: shm
      emptyDir:
        medium: Memory
        sizeLimit: {{ .Values.sharedMemory }}
{{- end -}}
