{{/*
The launcher keeps two servers off one volume: a pod that is deleted or evicted is replaced while its
server may still be ending, and `Recreate` waits in upgrades alone. The parameters of all: context
(its values have `resources`), path (where the server's container mounts the volume `data`).

The init container puts the launcher into the pod, and waits for as long as another pod has the
volume: no probe and no hook counts that time. It looks like the pod's start, and its log says who
has the volume.
*/}}
{{- define "partials.launcherContainer" -}}
- name: launcher
  {{- include "partials.imageFields" (dict "context" .context "name" "launcher") | nindent 2 }}
  args: [prepare, --volume, {{ .path }}, --into, /launcher]
  resources: {{- toYaml .context.Values.resources | nindent 4 }}
  volumeMounts:
    - {name: data, mountPath: {{ .path }}}
    - {name: launcher, mountPath: /launcher}
{{- end -}}

{{/*
What stands before the server's own command: it takes the volume, then becomes that command. It
refuses where one of `secrets` (optional), variables of the container, is empty or blank.
*/}}
{{- define "partials.launcherCommand" -}}
- /launcher/launcher
- run
- --volume
- {{ .path }}
{{- range .secrets }}
- --secret
- {{ . }}
{{- end }}
- --
{{- end -}}

{{/*
What the server's container mounts: the volume, and the launcher.
*/}}
{{- define "partials.launcherMounts" -}}
- {name: data, mountPath: {{ .path }}}
- {name: launcher, mountPath: /launcher, readOnly: true}
{{- end -}}
