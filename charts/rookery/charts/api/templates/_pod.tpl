{{/*
The template of the pods, for `partials.podTemplate`. Parameter: the chart's `.`.
*/}}
{{- define "api.pod" -}}
{{- $who := dict "context" $ "name" "api" }}
{{- $specs := dict "context" $ "models" (include "partials.specModels" $ | fromJsonArray) "optional" true }}
{{- $shutdown := .Values.shutdown }}
metadata:
  labels: {{- include "partials.podLabels" $who | nindent 4 }}
  annotations: {{- include "api.annotations" $ | nindent 4 }}
spec:
  topologySpreadConstraints: {{- include "partials.spread" $who | nindent 4 }}
  containers:
    - name: api
      {{- include "partials.imageFields" $who | nindent 6 }}
      env:
        {{- include "api.settings" $ | nindent 8 }}
        {{- include "partials.trackingEnv" (dict "context" $ "user" "api") | nindent 8 }}
        {{- with include "partials.specsEnv" $specs }}
        {{- . | nindent 8 }}
        {{- end }}
      ports:
        - {name: http, containerPort: 8000}
        # Metrics and health, for whoever runs the API: in no Service.
        - {name: management, containerPort: 9464}
      {{- if $shutdown.preStopSeconds }}
      lifecycle:
        preStop:
          sleep: {seconds: {{ $shutdown.preStopSeconds }}}
      {{- end }}
      startupProbe:
        httpGet: {path: /livez, port: http}
        periodSeconds: 1
        timeoutSeconds: 5
        failureThreshold: 120
      readinessProbe:
        httpGet: {path: /readyz, port: http}
        periodSeconds: 2
        timeoutSeconds: 5
      livenessProbe:
        httpGet: {path: /livez, port: http}
        periodSeconds: 10
        timeoutSeconds: 10
        failureThreshold: 6
      resources: {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts:
        {{- with include "partials.specsMount" $specs }}
        {{- . | nindent 8 }}
        {{- end }}
        - {name: cache, mountPath: /var/cache/rookery-api}
        - {name: tmp, mountPath: /tmp}
  volumes:
    {{- with include "partials.specsVolume" $specs }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- include "partials.scratchVolume" (dict "name" "cache" "size" .Values.cacheSize) | nindent 4 }}
    {{- include "partials.scratchVolume" (dict "name" "tmp" "size" "64Mi") | nindent 4 }}
{{- end -}}
