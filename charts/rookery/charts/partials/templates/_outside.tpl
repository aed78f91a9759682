{{/*
What every pod is told of the network around the cluster: the authorities that it trusts, and the proxy.
As the other values that add to pods: `env`, `envFrom`, `volumes` and `volumeMounts`.
Parameter: the chart's `.`.
*/}}
{{- define "partials.outside" -}}
{{- $bundle := .Values.global.caBundle -}}
{{- $proxy := .Values.global.proxy -}}
{{- $env := list -}}
{{- $volumes := list -}}
{{- $mounts := list -}}
{{- if or $bundle.configMap $bundle.secret -}}
{{- range $name := list "SSL_CERT_FILE" "REQUESTS_CA_BUNDLE" "AWS_CA_BUNDLE" "PGSSLROOTCERT" -}}
{{- $env = append $env (dict "name" $name "value" "/etc/rookery/ca/ca.crt") -}}
{{- end -}}
{{- $items := list (dict "key" $bundle.key "path" "ca.crt") -}}
{{- $volume := dict "name" "ca-bundle" -}}
{{- if $bundle.secret -}}
{{- $_ := set $volume "secret" (dict "secretName" $bundle.secret "items" $items) -}}
{{- else -}}
{{- $_ := set $volume "configMap" (dict "name" $bundle.configMap "items" $items) -}}
{{- end -}}
{{- $volumes = list $volume -}}
{{- $mounts = list (dict "name" "ca-bundle" "mountPath" "/etc/rookery/ca" "readOnly" true) -}}
{{- end -}}
{{- $given := dict -}}
{{- with $proxy.http -}}{{- $_ := set $given "HTTP_PROXY" . -}}{{- end -}}
{{- with $proxy.https -}}{{- $_ := set $given "HTTPS_PROXY" . -}}{{- end -}}
{{- if $given -}}
{{- $near := list "localhost" "127.0.0.1" "::1" "postgresql" "minio" "mlflow" "api" ".svc" ".cluster.local" -}}
{{- $_ := set $given "NO_PROXY" (concat $near $proxy.noProxy | join ",") -}}
{{- end -}}
{{- range $name, $value := $given -}}
{{- $env = concat $env (list (dict "name" $name "value" $value) (dict "name" (lower $name) "value" $value)) -}}
{{- end -}}
{{- dict "env" $env "envFrom" list "volumes" $volumes "volumeMounts" $mounts | toYaml -}}
{{- end -}}
