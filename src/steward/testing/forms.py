"""Reading pages as a browser does: their tags, and the forms that can be sent from them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(slots=True)
class Form:
    """A form, with what it sends if nothing is typed into it."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class Document(HTMLParser):
    """A page, read."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.forms: list[Form] = []
        self._text = ""
        self._area = ""
        self._button = False
        self._select = ""
        self.feed(text)

    @property
    def shown(self) -> str:
        """All text, its blanks as one."""
        return " ".join(self._text.split())

    def form(self, action: str) -> Form:
        """Return the form that posts to this address."""
        return next(one for one in self.forms if one.action == action)

    def links(self) -> list[str]:
        """Return where the links lead."""
        return [attributes["href"] for tag, attributes in self.tags if tag == "a" and "href" in attributes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag == "input" and self.forms and "name" in given:
            self.forms[-1].values[given["name"]] = given.get("value", "")
        elif tag in {"textarea", "select"}:
            self._area, self._select = (given["name"], "") if tag == "textarea" else ("", given["name"])
            self.forms[-1].values.setdefault(given["name"], "")
        elif tag == "option" and self._select and ("selected" in given or not self.forms[-1].values[self._select]):
            self.forms[-1].values[self._select] = given.get("value", "")
        elif tag == "button":
            self._button = True

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a tag."""
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "button":
            self._button = False

    def handle_data(self, data: str) -> None:
        """Note text."""
        self._text += data + " "
        if self._area:
            self.forms[-1].values[self._area] += data
        elif self._button and self.forms:
            self.forms[-1].buttons.append(data.strip())
