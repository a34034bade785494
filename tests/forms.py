"""What a browser would send: reads a form from a page, so that tests post every field the page holds."""

from html.parser import HTMLParser

from django.http import HttpResponse


class _Forms(HTMLParser):
    """Collects the fields of every form with the values they hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[dict[str, list[str]]] = []
        self._within: dict[str, list[str]] | None = None
        self._textarea: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value")
        if tag == "form":
            self._within = {}
            if (given.get("method") or "get").lower() == "post":
                self.forms.append(self._within)
        elif self._within is None:
            return
        elif tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    self._within.setdefault(name, []).append("on" if value is None else value)
            elif kind not in ("submit", "button", "file", "image"):
                self._within.setdefault(name, []).append(value or "")
        elif tag == "textarea":
            self._textarea = name
            self._within.setdefault(name, []).append("")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._within.setdefault(self._select, []).append(value or "")

    def handle_data(self, data: str) -> None:
        if self._textarea is not None and self._within is not None:
            self._within[self._textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea is not None and self._within is not None:
            held = self._within[self._textarea]
            held[-1] = held[-1].removeprefix("\r\n").removeprefix("\n")
            self._textarea = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._within = None


def form_with(page: HttpResponse, field: str) -> dict[str, list[str]]:
    """Return the fields and values of the page's form that holds `field`."""
    reader = _Forms()
    reader.feed(page.content.decode())
    found = [form for form in reader.forms if field in form]
    assert found, f"no form with {field}: {[sorted(form) for form in reader.forms]}"
    return found[0]
