"""Somebody at the keyboard: finds things by their label, reaches them by Tab, and never touches a mouse."""

import re
from contextlib import AbstractContextManager

from playwright.sync_api import Browser, Locator, Page, expect

PATIENCE = 30_000  # milliseconds, as everywhere in Playwright but for `expect`
IS_FOCUSED = "element => element === document.activeElement"
HOLDS_A_FOCUSED_RADIO = "group => group.contains(document.activeElement) && document.activeElement.type === 'radio'"


class Person:
    """One person with a browser of her own."""

    def __init__(self, browser: Browser, portal: str, name: str = "", *, javascript: bool = True) -> None:
        self.portal = portal
        self.context = browser.new_context(
            locale="de-DE", viewport={"width": 1280, "height": 900}, java_script_enabled=javascript
        )
        self.page: Page = self.context.new_page()
        if name:
            self.open("/konto/login/")
            self.write("Anmeldename", name)
            self.write("Passwort", "mainz-demo")
            self.press("Anmelden")

    def a_new_page(self) -> AbstractContextManager[object]:
        """Wait for another document; that a form saves itself and corrects the address bar is none."""
        return self.page.expect_event("load")

    def open(self, address: str) -> None:
        """Type an address."""
        answer = self.page.goto(self.portal + address)
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}"

    def reach(self, target: Locator) -> None:
        """Press Tab until the target holds the focus."""
        target = target.first
        target.wait_for(state="attached")
        for _ in range(400):
            if target.evaluate(IS_FOCUSED):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {target}")

    def write(self, label: str, text: str, *, within: Locator | None = None) -> None:
        """Write into the field with this label, over what stands there."""
        self.reach((within or self.main).get_by_label(label, exact=True))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def set_day(self, label: str, day: str) -> None:
        """Type a day (2026-12-17) into a field that the browser divides in its own order."""
        year, month, number = day.split("-")
        field = self.main.get_by_label(label, exact=True)
        for typed in (number + month + year, month + number + year):
            self.reach(field)
            for _part in range(3):
                self.page.keyboard.press("ArrowLeft")
            self.page.keyboard.type(typed)
            if field.input_value() == day:
                return
        raise AssertionError(f"{label}: {field.input_value()}")

    def choose(self, label: str, option: str, *, within: Locator | None = None) -> None:
        """Choose from a list with the arrows."""
        field = (within or self.main).get_by_label(label, exact=True).first
        self.reach(field)
        options = [text.strip() for text in field.locator("option").all_inner_texts()]
        wanted = next(place for place, text in enumerate(options) if text.startswith(option))
        self.page.keyboard.press("Home")
        for _ in range(wanted):
            self.page.keyboard.press("ArrowDown")
        assert field.evaluate("element => element.selectedIndex") == wanted, f"{label}: {option}"

    def pick(self, group: Locator, option: str) -> None:
        """Pick one of several round buttons: Tab into the group, then the arrows."""
        wanted = group.get_by_role("radio", name=re.compile("^" + re.escape(option))).first
        radios = group.get_by_role("radio")
        for _ in range(400):
            if group.evaluate(HOLDS_A_FOCUSED_RADIO):
                break
            self.page.keyboard.press("Tab")
        for _ in range(radios.count()):
            if wanted.evaluate(IS_FOCUSED):
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Space")
        assert wanted.is_checked(), option

    def tick(self, label: str) -> None:
        """Tick a box."""
        box = self.main.get_by_label(label).first
        self.reach(box)
        self.page.keyboard.press("Space")
        assert box.is_checked(), label

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """Press a button."""
        self._enter((within or self.main).get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        """Follow a link."""
        self._enter(self.main.get_by_role("link", name=name))

    def unfold(self, name: str) -> None:
        """Unfold a part of the page."""
        self._fold(self.main.locator("summary", has_text=name))

    def group(self, name: str) -> Locator:
        """Return a group of fields by its heading."""
        return self.main.get_by_role("group", name=name)

    def sees(self, *texts: str) -> None:
        """Check what stands on the page; what a slow machine has still to bring is waited for."""
        for text in texts:
            expect(self.main, f"„{text}“ is on {self.page.url}").to_contain_text(
                text, use_inner_text=True, timeout=PATIENCE
            )

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def _enter(self, target: Locator) -> None:
        self.reach(target)
        with self.a_new_page():
            self.page.keyboard.press("Enter")

    def _fold(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")
