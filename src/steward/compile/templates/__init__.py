"""templates/CATALOGUE.tmpl: the words in which Alertmanager tells people of alerts.

Labels and annotations hold text from outside, such as a request's path: each channel escapes what it shows, and
links are shown only where they are http or https. The functions used exist since Alertmanager 0.25.
"""

from steward.compile.heading import GENERATED
from steward.compile.templates import mail, pagerduty, shared, slack
from steward.model import Catalogue

_PREFIX = "@"
"""Stands for the catalogue's name before the name of a template."""
_TITLE = "@TITLE@"

_PARTS = (shared.TEMPLATES, slack.TEMPLATES, pagerduty.TEMPLATES, mail.TEMPLATES)


def path(catalogue: Catalogue) -> str:
    """Return where the file lies, below the folder of Alertmanager's configuration."""
    return f"templates/{catalogue.name}.tmpl"


def templates(catalogue: Catalogue) -> bytes:
    """Return the file; every template in it is called `CATALOGUE.CHANNEL.PART`."""
    text = "\n".join((f"{{{{/* {GENERATED} */}}}}", *(part.strip() for part in _PARTS), ""))
    return text.replace(_TITLE, catalogue.title).replace(f'"{_PREFIX}', f'"{catalogue.name}').encode()


def use(catalogue: Catalogue, name: str) -> str:
    """Return the text that puts in a template of the file, e.g. `slack.title`."""
    return f'{{{{ template "{catalogue.name}.{name}" . }}}}'
