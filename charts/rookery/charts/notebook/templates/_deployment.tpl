{{/*
The Deployment. The umbrella renders it, for only there it is known which key the API asks for.
Parameters: context (this chart's `.`), keySecret (the Secret with the API's key; empty where the API
asks for none), apiKey (what values give as that key; may be empty).
*/}}
{{- define "notebook.deployment" -}}
{{- $notebook := .context -}}
{{- $who := dict "context" $notebook "name" "notebook" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: notebook
  {{- include "partials.ownMetadata" (dict "own" (include "partials.labels" $who) "open" $notebook.Values) | nindent 2 }}
spec:
  replicas: 1
  # Recreate: a second one has another folder, and a person's page would change between them.
  strategy:
    type: Recreate
  revisionHistoryLimit: {{ $notebook.Values.revisionHistoryLimit }}
  selector:
    matchLabels: {{- include "partials.selectorLabels" $who | nindent 6 }}
  template: {{- include "partials.podTemplate" (dict "context" $notebook "open" $notebook.Values "name" "notebook" "template" (include "notebook.pod" .)) | nindent 4 }}
{{- end -}}

{{/*
The template of its pod, for `partials.podTemplate`. Parameters as `notebook.deployment`.
*/}}
{{- define "notebook.pod" -}}
{{- $notebook := .context -}}
{{- $who := dict "context" $notebook "name" "notebook" -}}
{{- $given := list $notebook.Values.token $notebook.Values.global.postgresql.passwords.notebook .apiKey -}}
metadata:
  labels: {{- include "partials.podLabels" $who | nindent 4 }}
  {{- with include "partials.explicitChecksum" (dict "context" $notebook "values" $given) }}
  annotations: {{- . | nindent 4 }}
  {{- end }}
spec:
  containers:
    - name: notebook
      {{- include "partials.imageFields" $who | nindent 6 }}
      env:
        {{- include "partials.secretVariable" (dict "name" "JUPYTER_TOKEN" "secret" ($notebook.Values.existingSecret | default "notebook") "key" "token") | nindent 8 }}
        {{- include "partials.postgresqlEnv" (dict "context" $notebook "role" "notebook") | nindent 8 }}
        {{- include "partials.trackingEnv" (dict "context" $notebook "user" "notebook") | nindent 8 }}
        - name: ROOKERY_API_URL
          valueFrom:
            configMapKeyRef: {name: api, key: url, optional: true}
        {{- with .keySecret }}
        {{- include "partials.secretVariable" (dict "name" "ROOKERY_API_API_KEY" "secret" . "key" "api-key") | nindent 8 }}
        {{- end }}
        - name: ROOKERY_SPECS_DIRECTORY
          value: /etc/rookery/specs
      ports:
        - {name: http, containerPort: 8888}
      # /api alone asks for no token.
      startupProbe:
        httpGet: {path: /api, port: http}
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 150
      readinessProbe:
        httpGet: {path: /api, port: http}
        periodSeconds: 10
        timeoutSeconds: 10
      livenessProbe:
        httpGet: {path: /api, port: http}
        periodSeconds: 20
        timeoutSeconds: 15
        failureThreshold: 6
      resources: {{- toYaml $notebook.Values.resources | nindent 8 }}
      volumeMounts:
        - {name: specs, mountPath: /etc/rookery/specs, readOnly: true}
        - {name: home, mountPath: /home/rookery}
        - {name: tmp, mountPath: /tmp}
  volumes:
    - name: specs
      configMap: {name: notebook-specs, optional: true}
    {{- include "partials.scratchVolume" (dict "name" "home" "size" $notebook.Values.homeSize) | nindent 4 }}
    {{- include "partials.scratchVolume" (dict "name" "tmp" "size" "1Gi") | nindent 4 }}
{{- end -}}
