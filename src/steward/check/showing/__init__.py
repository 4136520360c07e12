"""Shows findings: to people, as JSON, and as SARIF for code hosts."""
