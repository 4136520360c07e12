"""The admin dashboard: server-rendered pages on which the operators see and steer their festivals.

It reads and acts through `festivals.services`, never through the API, so it still shows what is wrong when the
API is down.
"""
