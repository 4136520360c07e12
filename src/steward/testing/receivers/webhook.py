"""A service of somebody's own that is told of pages."""

import json

from steward.model import Way
from steward.oncall.domain.states import Kind
from steward.testing.receivers.http import HttpReceiver, require
from steward.testing.receivers.letters import Content, Received


class WebhookReceiver(HttpReceiver):
    """Takes what the way `webhook` sends."""

    path = "/pages"

    def read(self, content: Content) -> Received:
        """Return what was told; raises Malformed."""
        require(content.get("version") == "1", "version is not 1")
        require(isinstance(content.get("key"), str) and bool(content["key"]), "key is missing")
        require(content.get("kind") in set(Kind), f"kind {content.get('kind')!r} is unknown")
        require(isinstance(content.get("title"), str) and bool(content["title"]), "title is missing")
        return Received(
            Way.WEBHOOK, self.path, Kind(content["kind"]), content["key"], json.dumps(content), content
        )
