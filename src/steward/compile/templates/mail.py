"""E-mail: a subject and plain text, and HTML that Alertmanager itself escapes by its context."""

TEMPLATES = r"""
{{ define "@.email.subject" }}{{ template "@.title" . }}{{ end }}
{{ define "@.email.text" }}@TITLE@: {{ .Alerts.Firing | len }} firing, {{ .Alerts.Resolved | len }} resolved
{{ range .Alerts }}
{{ .Status | toUpper }} {{ .Labels.alertname }}{{ with .Labels.severity }} ({{ . }}){{ end }}
{{ .Annotations.summary }}
{{ .Annotations.description }}
Started: {{ template "@.started" . }}{{ template "@.lasted" . }}
Labels: {{ template "@.labels" . }}
{{ with .Annotations.runbook_url }}Runbook: {{ . }}
{{ end }}{{ with .Annotations.dashboard_url }}Dashboard: {{ . }}
{{ end }}{{ with .GeneratorURL }}Query: {{ . }}
{{ end }}{{ end }}{{ end }}
{{ define "@.email.html" }}<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{ template "@.title" . }}</title></head>
<body style="font-family: sans-serif; max-width: 42em">
<h1 style="font-size: 1.2em">@TITLE@: {{ .Alerts.Firing | len }} firing, {{ .Alerts.Resolved | len }} resolved</h1>
{{ range .Alerts }}
<div style="border-left: 4px solid {{ if eq .Status "resolved" }}#2a7d46{{ else if eq .Labels.severity "critical" }}#b3261e{{ else if eq .Labels.severity "warning" }}#b26a00{{ else }}#2f6db5{{ end }}; padding-left: 1em; margin: 1em 0">
<h2 style="font-size: 1em">{{ .Status | toUpper }} {{ .Labels.alertname }}{{ with .Labels.severity }} ({{ . }}){{ end }}</h2>
<p><strong>{{ .Annotations.summary }}</strong></p>
<p>{{ .Annotations.description }}</p>
<p>Started {{ template "@.started" . }}{{ template "@.lasted" . }}</p>
<p>{{ range .Labels.SortedPairs }}<code>{{ .Name }}={{ .Value }}</code> {{ end }}</p>
<p>{{ if match "^https?://" .Annotations.runbook_url }}<a href="{{ .Annotations.runbook_url }}">Runbook</a> {{ end }}{{ if match "^https?://" .Annotations.dashboard_url }}<a href="{{ .Annotations.dashboard_url }}">Dashboard</a> {{ end }}{{ if match "^https?://" .GeneratorURL }}<a href="{{ .GeneratorURL }}">Query</a>{{ end }}</p>
</div>
{{ end }}
</body></html>
{{ end }}
"""  # noqa: E501 - HTML in one piece reads better than in many
