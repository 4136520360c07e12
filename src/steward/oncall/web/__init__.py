"""The API, the hooks of other services, and the pages: each route is a thin skin over a service."""
