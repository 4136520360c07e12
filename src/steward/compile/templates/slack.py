"""Slack: https://api.slack.com/reference/surfaces/formatting wants `&`, `<` and `>` escaped, and nothing else.

A message has room for some thousand characters, so it tells of ten alerts and how many there are.
"""

TEMPLATES = r"""
{{ define "@.slack.escape" }}{{ . | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;" }}{{ end }}
{{ define "@.slack.link.runbook" }}{{ if match "^https?://[^\\s<>|]+$" . }}<{{ template "@.slack.escape" . }}|Runbook> {{ end }}{{ end }}
{{ define "@.slack.link.dashboard" }}{{ if match "^https?://[^\\s<>|]+$" . }}<{{ template "@.slack.escape" . }}|Dashboard> {{ end }}{{ end }}
{{ define "@.slack.link.query" }}{{ if match "^https?://[^\\s<>|]+$" . }}<{{ template "@.slack.escape" . }}|Query> {{ end }}{{ end }}
{{ define "@.slack.title" }}[{{ template "@.count" . }}] {{ with .CommonLabels.alertname }}{{ template "@.slack.escape" . }}{{ else }}{{ template "@.slack.escape" (.GroupLabels.Values | join " ") }}{{ end }}{{ with .CommonLabels.severity }} ({{ template "@.slack.escape" . }}){{ end }}{{ end }}
{{ define "@.slack.color" }}{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else if eq .CommonLabels.severity "warning" }}warning{{ else }}#439FE0{{ end }}{{ end }}
{{ define "@.slack.fallback" }}{{ template "@.slack.title" . }}{{ with .CommonAnnotations.summary }}: {{ template "@.slack.escape" . }}{{ end }}{{ end }}
{{ define "@.slack.alert" -}}
*{{ .Status | title }}* {{ template "@.slack.escape" .Annotations.summary }}
{{ template "@.slack.escape" .Annotations.description }}
Started {{ template "@.started" . }}{{ template "@.lasted" . }}
{{ range .Labels.SortedPairs }}{{ if ne .Name "alertname" }}{{ .Name }}={{ template "@.slack.escape" .Value }} {{ end }}{{ end }}
{{ template "@.slack.link.runbook" .Annotations.runbook_url }}{{ template "@.slack.link.dashboard" .Annotations.dashboard_url }}{{ template "@.slack.link.query" .GeneratorURL }}
{{ end }}
{{ define "@.slack.text" }}{{ range $index, $alert := .Alerts }}{{ if lt $index 10 }}{{ template "@.slack.alert" $alert }}{{ end }}{{ end }}{{ if gt (len .Alerts) 10 }}These are the first 10 of {{ len .Alerts }}.{{ end }}{{ end }}
"""  # noqa: E501 - a line break here is a line break in the message
