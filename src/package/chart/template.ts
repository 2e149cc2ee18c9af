import { apiVersion } from '../../manifest/api-version.ts';
import { chartAnnotations } from './annotations.ts';

/** Labels of a PackageDeployment. */
export const labels = {
  package: 'datakit.infoblox.dev/package',
  cell: 'datakit.infoblox.dev/cell',
} as const;

/** Fields of the values that a PackageDeployment takes as they are. */
const plainFields = [
  'mode',
  'image',
  'timeout',
  'resources',
  'replicas',
  'env',
  'serviceAccountName',
  'imagePullSecrets',
] as const;

/** Fields of the values below `package`, besides name and version, which are always the chart's. */
const originFields = ['registry', 'namespace', 'digest'] as const;

/** What `cell` and a `schedule` are missed with. */
export const missing = {
  cell: 'cell is missing: say in values.yaml, or with --set cell=canary, in which cell the package is to run',
  cron: 'schedule.cron is missing: the package has no schedule of its own, so a time zone or suspend alone says nothing',
} as const;

const words = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(' ');

/**
 * The template of a package's chart: the same text for every package, in step with `deploymentOf`.
 * A field that is not rendered is as dk.yaml, among the manifests, says it.
 */
export const packageDeploymentTemplate = `{{- $cell := required ${JSON.stringify(missing.cell)} .Values.cell -}}
{{- $package := .Values.package | default dict -}}
{{- range $field, $own := dict "name" .Chart.Name "version" .Chart.Version -}}
  {{- $said := index $package $field | default $own -}}
  {{- if ne $said $own }}{{ fail (printf "package.%s is %s in the values, and %s in the chart" $field $said $own) }}{{ end -}}
{{- end -}}
{{- /* Each field of the schedule that is said replaces that of dk.yaml. */ -}}
{{- $schedule := index .Chart.Annotations "${chartAnnotations.schedule}" | default "{}" | fromJson -}}
{{- $given := .Values.schedule | default dict -}}
{{- if kindIs "string" $given }}{{ $given = dict "cron" $given }}{{ end -}}
{{- $changed := false -}}
{{- range $part := list $given (pick .Values "suspend") -}}
  {{- range $field, $value := $part -}}
    {{- if not (kindIs "invalid" $value) }}{{ $changed = true }}{{ $_ := set $schedule $field $value }}{{ end -}}
  {{- end -}}
{{- end -}}
apiVersion: ${apiVersion}
kind: PackageDeployment
metadata:
  name: {{ .Chart.Name | quote }}
  namespace: {{ .Values.namespace | default (printf "dk-%s" $cell) | quote }}
  labels:
    ${labels.package}: {{ .Chart.Name | quote }}
    ${labels.cell}: {{ $cell | quote }}
spec:
  package:
    name: {{ .Chart.Name | quote }}
    version: {{ .Chart.Version | quote }}
    {{- range $field := list ${words(originFields)} }}
    {{- with index $package $field }}
    {{ $field }}: {{ toJson . }}
    {{- end }}
    {{- end }}
  cell: {{ $cell | quote }}
  {{- range $field := list ${words(plainFields)} }}
  {{- $value := index $.Values $field }}
  {{- if not (kindIs "invalid" $value) }}
  {{ $field }}: {{ toJson $value }}
  {{- end }}
  {{- end }}
  {{- if $changed }}
  {{- $_ := required ${JSON.stringify(missing.cron)} $schedule.cron }}
  schedule: {{ toJson $schedule }}
  {{- end }}
  manifests:
    {{- range $path, $_ := .Files.Glob "{dk.yaml,connector/*,dataset/*}" }}
    {{ $path | quote }}: {{ $.Files.Get $path | toJson }}
    {{- end }}
`;
