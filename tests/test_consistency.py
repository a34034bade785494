"""What no single page can promise: the templates and addresses of the portal as a whole."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = [path for folder in ("mainzdigital", "governance", "pool") for path in (ROOT / folder).rglob("*.py")]
# Templates that Django, the admin or crispy find by their name.
FOUND_BY_NAME = ("admin/", "bootstrap5/", "django/", "registration/")
# Where ready-made markup may be marked as safe: reviewed, built by format_html or from fixed strings only.
MARKED_SAFE = {
    "governance/templatetags/portal.py", "pool/templatetags/figures.py", "pool/templatetags/public.py",
    "pool/templatetags/safety.py",
}  # fmt: skip


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


# Help texts, which Django's own forms write as markup and nobody types.
WRITTEN_SAFE = {"bootstrap5/layout/help_text.html"}


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_compiles_and_holds_nothing_the_csp_forbids(path):
    get_template(name_of(path))
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"javascript:", text)
    assert not re.search(r"(src|href)=[\"'](https?:)?//(?!\{)", text.replace('href="https://', "")), "foreign file"
    assert not re.search(r"\|safe\b", text) or name_of(path) in WRITTEN_SAFE


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_is_used(path):
    name = name_of(path)
    if name.startswith(FOUND_BY_NAME) or re.fullmatch(r"\d{3}\.html", name):
        return
    used = (other.read_text(encoding="utf-8") for other in [*TEMPLATES, *CODE] if other != path)
    assert any(name in text for text in used), f"{name} is used nowhere"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_form_that_changes_something_carries_a_token_and_leaves_checking_to_us(path):
    for form in re.findall(r"<form\b.*?</form>", path.read_text(encoding="utf-8"), re.DOTALL):
        opening = form[: form.index(">")]
        if 'method="post"' not in opening:
            continue
        assert "csrf_token" in form or "participation/_trap.html" in form, "a public form brings its own token"
        typed_into = re.search(r"<textarea|crispy|{{ form|type=\"(text|password|date|email)\"", form)
        assert not typed_into or "novalidate" in opening


def test_safe_markup_is_made_only_where_it_was_reviewed():
    makers = {str(path.relative_to(ROOT)) for path in CODE if "mark_safe(" in path.read_text(encoding="utf-8")}
    assert makers <= MARKED_SAFE


def test_only_the_decorator_of_public_forms_does_without_the_csrf_check():
    exempt = [path for path in CODE if "csrf_exempt" in path.read_text(encoding="utf-8")]
    assert [str(path.relative_to(ROOT)) for path in exempt] == ["governance/public_forms.py"]


def patterns(resolver: URLResolver, namespace: str = ""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{namespace}{entry.name}", entry


def test_every_address_of_ours_has_a_name():
    for entry in get_resolver().url_patterns:
        inner = entry.url_patterns if isinstance(entry, URLResolver) else [entry]
        if isinstance(entry, URLResolver) and entry.app_name == "admin":
            continue
        assert all(isinstance(each, URLResolver) or each.name for each in inner), entry


def links() -> list[tuple[str, str]]:
    found = set()
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"{% (?:url|nav_link) ['\"]([\w:]+)['\"]", text):
            found.add((name_of(path), name))
    return sorted(found)


@pytest.mark.parametrize(("template", "name"), links())
def test_a_link_in_a_template_leads_to_an_address_that_exists(template, name):
    known = dict(patterns(get_resolver()))
    if name in known:
        return
    with pytest.raises(NoReverseMatch):  # a name with a default admin namespace may still be reversible
        reverse(name)
    pytest.fail(f"{template} links {name}, which no address bears")
