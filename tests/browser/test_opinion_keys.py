"""Rating by keyboard alone: the keys that the page lists do what they say, and the page has no barrier."""

from collections.abc import Callable

from tests.browser.test_every_page import look_at


def test_an_opinion_is_given_without_a_mouse(browser_as: Callable, portal: str) -> None:
    page, witness = browser_as("koordination")
    page.goto(f"{portal}/koordination/weiter/")
    first = page.url
    radios = page.locator("fieldset.degree").nth(0).locator("input[type=radio]")
    radios.first.focus()
    page.keyboard.press("3")
    assert radios.nth(3).is_checked()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("-")
    assert page.locator("fieldset.degree").nth(1).locator("input[value=keine]").is_checked()
    page.locator("fieldset.degree").nth(0).locator("textarea").focus()
    page.keyboard.type("0 bis 4 sind hier nur Text.")
    assert radios.nth(3).is_checked()
    page.keyboard.press("Control+s")
    page.get_by_text("Zwischengespeichert um").wait_for()
    assert page.locator("textarea").first.input_value() == "0 bis 4 sind hier nur Text."
    page.keyboard.press("Alt+w")
    page.wait_for_url(lambda url: url != first)
    page.goto(first)
    page.keyboard.press("Control+Enter")
    page.get_by_text("Einschätzung zu „").wait_for()
    assert page.url != first
    page.goto(first)
    assert "Stufen und Begründungen" in page.content()
    assert not look_at(page, witness)
