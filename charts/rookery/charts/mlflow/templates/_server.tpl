{{/*
The database's address without the password, which comes by PGPASSWORD.
Parameter: the chart's `.`.
*/}}
{{- define "mlflow.databaseUri" -}}
postgresql+psycopg2://mlflow@{{ include "partials.postgresqlHost" . }}:{{ include "partials.postgresqlPort" . }}/mlflow_db?sslmode={{ .Values.global.postgresql.sslmode }}
{{- end -}}

{{/*
Where the server listens: at every address. Without a host it listens in both families; several workers
share one socket, which `::` opens for both. Parameter: the chart's `.`.
*/}}
{{- define "mlflow.listen" -}}
{{- if eq (join "," .Values.global.ipFamilies) "IPv4" -}}
0.0.0.0
{{- else if gt (int .Values.workers) 1 -}}
::
{{- end -}}
{{- end -}}

{{/*
The Host headers that MLflow answers, as patterns with a comma between.
Parameter: the chart's `.`.
*/}}
{{- define "mlflow.allowedHosts" -}}
{{- $hosts := list "mlflow:*" (printf "mlflow.%s:*" .Release.Namespace) "*.svc:*" "*.svc.cluster.local:*" "localhost:*" "127.0.0.1:*" "[::1]:*" -}}
{{- range .Values.allowedHosts -}}
{{- $hosts = concat $hosts (list . (printf "%s:*" .)) -}}
{{- end -}}
{{- join "," $hosts -}}
{{- end -}}

{{/*
The pages whose scripts may call MLflow: its own, at the further names.
Parameter: the chart's `.`.
*/}}
{{- define "mlflow.allowedOrigins" -}}
{{- $origins := list -}}
{{- range $host := .Values.allowedHosts -}}
{{- range $scheme := list "http" "https" -}}
{{- $origins = concat $origins (list (printf "%s://%s" $scheme $host) (printf "%s://%s:*" $scheme $host)) -}}
{{- end -}}
{{- end -}}
{{- join "," $origins -}}
{{- end -}}

{{/*
The environment that the server shares with what prepares it. Parameter: the chart's `.`.
*/}}
{{- define "mlflow.environment" -}}
- name: MLFLOW_BACKEND_STORE_URI
  value: {{ include "mlflow.databaseUri" . | quote }}
{{ include "partials.postgresqlPassword" (dict "context" . "role" "mlflow" "name" "PGPASSWORD") }}
- name: PGCONNECT_TIMEOUT
  value: "5"
- name: MLFLOW_ARTIFACTS_DESTINATION
  value: {{ printf "s3://%s" .Values.global.s3.bucket | quote }}
- name: MLFLOW_S3_ENDPOINT_URL
  value: {{ include "partials.s3Endpoint" . | quote }}
- name: AWS_DEFAULT_REGION
  value: {{ .Values.global.s3.region | quote }}
{{- with include "partials.s3Keys" (dict "context" . "user" "mlflow" "access" "AWS_ACCESS_KEY_ID" "secret" "AWS_SECRET_ACCESS_KEY") }}
{{ . }}
{{- end }}
- name: HOME
  value: /tmp
{{- if .Values.global.mlflow.auth.enabled }}
- name: MLFLOW_AUTH_CONFIG_PATH
  value: /etc/mlflow/auth.ini
{{- end }}
{{- end -}}

{{/*
What both containers mount. Parameter: the chart's `.`.
*/}}
{{- define "mlflow.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if .Values.global.mlflow.auth.enabled }}
- {name: auth, mountPath: /etc/mlflow, readOnly: true}
{{- end }}
{{- end -}}

{{/*
How MLflow authenticates; it reads this at its start. The cache spares a slow hash at each call; users
change only while the server is down. Parameter: the chart's `.`.
*/}}
{{- define "mlflow.authFile" -}}
[mlflow]
default_permission = READ
database_uri = {{ include "mlflow.databaseUri" . }}
admin_username = admin
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
auth_cache_ttl_seconds = 60
{{- end -}}

{{/*
What replaces the pod: another password or key of values, another file. Parameter: the chart's `.`.
*/}}
{{- define "mlflow.annotations" -}}
{{- $global := .Values.global -}}
{{- $given := list $global.postgresql.passwords.mlflow -}}
{{- if eq "keys" (include "partials.s3Credentials" .) -}}
{{- $given = concat $given (list $global.s3.accessKey $global.s3.secretKey) -}}
{{- end -}}
{{- $lines := list (include "partials.explicitChecksum" (dict "context" . "values" $given)) -}}
{{- if $global.mlflow.auth.enabled -}}
{{- $lines = append $lines (printf "checksum/config: %s" (include "mlflow.authFile" . | sha256sum | trunc 16 | quote)) -}}
{{- end -}}
{{- join "\n" (compact $lines) -}}
{{- end -}}
