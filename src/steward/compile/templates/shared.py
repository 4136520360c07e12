"""What several channels say alike."""

TEMPLATES = """
{{ define "@.count" }}{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}{{ end }}
{{ define "@.name" }}{{ with .CommonLabels.alertname }}{{ . }}{{ else }}{{ .GroupLabels.Values | join " " }}{{ end }}{{ end }}
{{ define "@.title" }}[{{ template "@.count" . }}] {{ template "@.name" . }}{{ with .CommonLabels.severity }} ({{ . }}){{ end }}{{ with .CommonAnnotations.summary }}: {{ . }}{{ end }}{{ end }}
{{ define "@.started" }}{{ .StartsAt.UTC.Format "2006-01-02 15:04:05 UTC" }}{{ end }}
{{ define "@.lasted" }}{{ if eq .Status "resolved" }}, resolved {{ .EndsAt.UTC.Format "2006-01-02 15:04:05 UTC" }} after {{ .EndsAt.Sub .StartsAt | printf "%s" | reReplaceAll "\\\\.[0-9]+s$" "s" }}{{ end }}{{ end }}
{{ define "@.labels" }}{{ range .Labels.SortedPairs }}{{ if ne .Name "alertname" }}{{ .Name }}={{ .Value }} {{ end }}{{ end }}{{ end }}
"""  # noqa: E501 - a line break here is a line break in the message
