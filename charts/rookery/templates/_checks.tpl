{{/*
What values of several parts must agree on, where a schema cannot say so. Parameter: the umbrella's `.`.
*/}}
{{- define "rookery.checks" -}}
{{- include "rookery.checkSpecs" . -}}
{{- $page := dig "mlflow" dict .Values.ingress -}}
{{- if and .Values.ingress.enabled $page.enabled .Values.mlflow.enabled -}}
{{- if not (has $page.host (dig "allowedHosts" list .Values.mlflow)) -}}
{{- fail (printf "MLflow would refuse calls to %q: add ingress.mlflow.host to mlflow.allowedHosts" $page.host) -}}
{{- end -}}
{{- end -}}
{{- end -}}
