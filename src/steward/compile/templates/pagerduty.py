"""PagerDuty: plain text, cut at 1,024 characters by Alertmanager."""

TEMPLATES = """
{{ define "@.pagerduty.description" }}{{ template "@.title" . }}{{ end }}
{{ define "@.pagerduty.firing" }}{{ range .Alerts.Firing }}{{ template "@.labels" . }}
started {{ template "@.started" . }}
{{ end }}{{ end }}
{{ define "@.pagerduty.started" }}{{ range $index, $alert := .Alerts }}{{ if eq $index 0 }}{{ template "@.started" $alert }}{{ end }}{{ end }}{{ end }}
"""  # noqa: E501 - a line break here is a line break in the message
