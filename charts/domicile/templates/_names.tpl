{{- define "domicile.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* The release's name, with the chart's unless it is already part of it. */}}
{{- define "domicile.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "domicile.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "domicile.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "domicile.webhookService" -}}{{ include "domicile.fullname" . }}-webhook{{- end -}}
{{- define "domicile.certificateSecret" -}}{{ include "domicile.fullname" . }}-webhook-cert{{- end -}}

{{- define "domicile.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "domicile.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | required "serviceAccount.name is needed when serviceAccount.create is false" -}}
{{- end -}}
{{- end -}}

{{/* A registry of global.imageRegistry takes the place of the one in the repository. */}}
{{- define "domicile.image" -}}
{{- $repository := .Values.image.repository -}}
{{- with (.Values.global | default dict).imageRegistry -}}
{{- $first := splitList "/" $repository | first -}}
{{- if and (contains "/" $repository) (or (contains "." $first) (contains ":" $first) (eq $first "localhost")) -}}
{{- $repository = trimPrefix (printf "%s/" $first) $repository -}}
{{- end -}}
{{- $repository = printf "%s/%s" (trimSuffix "/" .) $repository -}}
{{- end -}}
{{- $repository }}:{{ .Values.image.tag | default (printf "v%s" .Chart.AppVersion) }}
{{- with .Values.image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* Those of the umbrella chart, which may be names, and the chart's own. */}}
{{- define "domicile.imagePullSecrets" -}}
{{- $secrets := list -}}
{{- range concat ((.Values.global | default dict).imagePullSecrets | default list) (.Values.imagePullSecrets | default list) -}}
{{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) -}}
{{- end -}}
{{- with $secrets | uniq }}{{ toYaml . }}{{ end -}}
{{- end -}}

{{/* A map without what is null: "runAsUser: null" leaves it out, in a subchart too. */}}
{{- define "domicile.given" -}}
{{- $given := dict -}}
{{- range $key, $value := . -}}
{{- if not (kindIs "invalid" $value) }}{{ $_ := set $given $key $value }}{{ end -}}
{{- end -}}
{{- toYaml $given -}}
{{- end -}}

{{/*
Values that are missing get their defaults. Helm does that itself but for
"helm upgrade --reuse-values", which brings the defaults of the former version.
Maps whose keys are free are taken as they are.
*/}}
{{- define "domicile.defaults" -}}
{{- if not (hasKey .Values "defaulted") -}}
{{- include "domicile.fill" (list .Values (.Files.Get "files/defaults.yaml" | fromYaml)) -}}
{{- $_ := set .Values "defaulted" true -}}
{{- include "domicile.check" . -}}
{{- end -}}
{{- end -}}

{{- define "domicile.fill" -}}
{{- $values := first . -}}
{{- range $key, $default := last . -}}
{{- $value := get $values $key -}}
{{- if not (hasKey $values $key) -}}
{{- $_ := set $values $key $default -}}
{{- else if and (kindIs "map" $value) (kindIs "map" $default) (not (has $key (list "podSecurityContext" "securityContext" "resources" "labels"))) -}}
{{- include "domicile.fill" (list $value $default) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What cannot work is refused before anything is installed. */}}
{{- define "domicile.check" -}}
{{- $ports := list (int .Values.webhook.port) (int .Values.metrics.port) (int .Values.health.port) -}}
{{- if ne (len ($ports | uniq)) 3 -}}
{{- fail (printf "webhook.port, metrics.port and health.port must differ: they are %v" $ports) -}}
{{- end -}}
{{- if and .Values.hostNetwork (or (has 10250 $ports) (has 6443 $ports) (has 10257 $ports) (has 10259 $ports) (has 10256 $ports) (has 10249 $ports)) -}}
{{- fail (printf "hostNetwork: the node's own programs listen on one of the ports %v: choose others" $ports) -}}
{{- end -}}
{{- if .Values.autoscaling.enabled -}}
{{- if gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas) -}}
{{- fail "autoscaling.minReplicas is more than autoscaling.maxReplicas" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.guard.enabled (not .Values.guard.users) (not .Values.guard.groups) -}}
{{- fail "guard.enabled needs guard.users or guard.groups: nobody could upgrade or uninstall Domicile" -}}
{{- end -}}
{{- range .Values.gateway.keyValues.namespaces -}}
{{- if not (has . $.Values.gateway.keyNamespaces) -}}
{{- fail (printf "gateway.keyValues.namespaces: %s is not one of gateway.keyNamespaces, without which the gateway may read all Secrets" .) -}}
{{- end -}}
{{- end -}}
{{- with dig "limits" "memory" "" .Values.resources -}}
{{- $limit := include "domicile.bytes" . | int64 -}}
{{- $registers := include "domicile.bytes" $.Values.registers.memory | int64 -}}
{{- $reviews := include "domicile.bytes" $.Values.webhook.reviewMemory | int64 -}}
{{- $needed := add (mul 3 $registers) $reviews -}}
{{- if gt $needed $limit -}}
{{- fail (printf "resources.limits.memory: %s is too little: three times registers.memory (%s) and webhook.reviewMemory (%s) are %dMi together" . $.Values.registers.memory $.Values.webhook.reviewMemory (div (add $needed 1048575) 1048576)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A quantity of bytes as a number. */}}
{{- define "domicile.bytes" -}}
{{- $text := toString . -}}
{{- $units := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 -}}
{{- $number := regexFind "^[0-9.]+" $text -}}
{{- $unit := trimPrefix $number $text -}}
{{- mulf (float64 $number) (get $units $unit | default 1) | int64 -}}
{{- end -}}

{{- define "domicile.selectorLabels" -}}
app.kubernetes.io/name: {{ include "domicile.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "domicile.labels" -}}
{{ include "domicile.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The metadata of a namespaced object: (list $ name). */}}
{{- define "domicile.namespaced" -}}
name: {{ last . }}
namespace: {{ (first .).Release.Namespace }}
labels:
  {{- include "domicile.labels" (first .) | nindent 2 }}
{{- end -}}

{{/* The metadata of a cluster-scoped object: (list $ name). */}}
{{- define "domicile.clustered" -}}
name: {{ last . }}
labels:
  {{- include "domicile.labels" (first .) | nindent 2 }}
{{- end -}}

{{/* The address families of a Service, if anything is said about them. */}}
{{- define "domicile.families" -}}
{{- with .Values.services.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .Values.services.ipFamilies }}
ipFamilies: {{ toJson . }}
{{- end }}
{{- end -}}

{{/* The gateway's pods have another name than the manager's, so that nothing selects both. */}}
{{- define "domicile.gatewayName" -}}{{ include "domicile.fullname" . }}-gateway{{- end -}}
{{- define "domicile.gatewaySelector" -}}
app.kubernetes.io/name: {{ include "domicile.name" . }}-gateway
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
