{{/*
A pod of `helm test`: a script of files/tests beside the trainer's own programs. It goes when it
succeeded, and stays with its log when it did not. It runs where the Jobs run.
Parameters: context, name (of the test), script (of files/tests, without `.py`), arguments,
environment (the container's `env`, as text).
*/}}
{{- define "rookery.test" -}}
{{- $open := .context.Values.pipeline -}}
{{- $pod := include "partials.podTemplate" (dict "context" .context "open" $open "name" "pipeline" "template" (include "rookery.testPod" .)) | fromYaml -}}
apiVersion: v1
kind: Pod
metadata:
  name: test-{{ .name }}
  {{- toYaml $pod.metadata | nindent 2 }}
spec: {{- toYaml $pod.spec | nindent 2 }}
{{- end -}}

{{/*
What `partials.podTemplate` makes that pod from. Parameters as `rookery.test`.
*/}}
{{- define "rookery.testPod" -}}
{{- $who := dict "context" .context "name" "test" "component" .name -}}
{{- $resources := dict "requests" (dict "cpu" "50m" "memory" "256Mi") "limits" (dict "memory" "1Gi") -}}
metadata:
  labels: {{- include "partials.labels" $who | nindent 4 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  restartPolicy: Never
  activeDeadlineSeconds: 300
  containers:
    - name: test
      {{- include "partials.imageFields" (dict "context" .context "name" "trainer") | nindent 6 }}
      command: {{ concat (list "python" (printf "/etc/rookery/tests/%s.py" .script)) .arguments | toJson }}
      workingDir: /tmp
      env:
        - name: HOME
          value: /tmp
        {{- .environment | nindent 8 }}
      resources: {{- toYaml $resources | nindent 8 }}
      volumeMounts:
        - {name: scripts, mountPath: /etc/rookery/tests, readOnly: true}
        - {name: tmp, mountPath: /tmp}
  volumes:
    - name: scripts
      configMap: {name: tests}
    {{- include "partials.scratchVolume" (dict "name" "tmp" "size" "64Mi") | nindent 4 }}
{{- end -}}
