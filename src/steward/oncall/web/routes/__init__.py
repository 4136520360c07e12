"""One module a topic; each gives `router(context)`."""
