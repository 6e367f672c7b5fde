"""The chat page as the people in front of it know it: by roles, names and words. What it takes for granted of the markup beyond
that is a handful of attributes: `data-request` and `data-status` of a turn, `data-part` of its texts, `data-state` of `#state`."""

import time

from playwright.sync_api import expect

from background import PATIENCE_S


class ChatPage:
    """One tab."""

    def __init__(self, page):
        self.page = page
        self.message = page.get_by_role("textbox", name="Message", exact=True)
        self.send_button = page.get_by_role("button", name="Send", exact=True)
        self.stop_button = page.get_by_role("button", name="Stop", exact=True)
        self.log = page.get_by_role("log", name="Conversation")
        self.turns = page.locator("article[data-request], article.turn")
        self.state = page.locator("#state")
        self.tabs = page.locator("#tabs")

    @property
    def address(self):
        """Whoever opens it sees the same session."""
        return self.page.url

    @property
    def answers(self):
        return self.turns.locator('[data-part="text"], .body.text')

    def answer(self, number=-1):
        """The text of an answer, counted from 0; the last by default."""
        turn = self.turns.last if number == -1 else self.turns.nth(number)
        return turn.locator('[data-part="text"], .body.text')

    def text(self, number=-1):
        """An answer as it stands, spaces as the model said them where the page shows plain words."""
        return self.answer(number).first.evaluate("node => node.textContent").strip()

    def ask(self, text):
        self.message.fill(text)
        self.send_button.click()

    def ask_next(self, upstream, text):
        """Asks, and this is what the model is asked next: nothing was on its way to it that a test had not taken."""
        self.ask(text)
        call = upstream.next_call()
        assert call.question == text
        call.answer("This was next.")
        self.until_says("This was next.")
        assert not upstream.has_more_calls()

    def reload(self):
        self.page.reload()
        self.until_open()

    # What it waits for.

    def until_open(self):
        expect(self.state).to_have_attribute("data-state", "open")

    def until_lost(self):
        expect(self.state).not_to_have_attribute("data-state", "open")

    def until_status(self, status, number=-1):
        turn = self.turns.last if number == -1 else self.turns.nth(number)
        expect(turn).to_have_attribute("data-status", status)

    def until_says(self, text, number=-1):
        """Until an answer contains a text."""
        expect(self.answer(number)).to_contain_text(text)

    def until_text(self, text, number=-1):
        """Until an answer says this and nothing else. The page may draw it a moment after it has drawn that it is complete."""
        expect(self.answer(number)).to_have_text(text)

    def until(self, expression, argument=None):
        """Until an expression holds in the page, or a function of an argument. (Playwright's own way of waiting for one evaluates
        text in the page, which the page's policy forbids.)"""
        deadline = time.monotonic() + PATIENCE_S
        while not self.page.evaluate(expression, argument):
            assert time.monotonic() < deadline, f"does not come true: {expression}"
            self.page.wait_for_timeout(20)

    # Panels, which may be open already where there is room for them.

    def open_settings(self):
        self._open("Settings")

    def open_chats(self):
        self._open("Chats")

    def new_chat(self):
        before = self.address
        self.open_chats()
        self.page.get_by_role("button", name="New chat", exact=True).click()
        expect(self.page).not_to_have_url(before)
        expect(self.turns).to_have_count(0)

    def _open(self, name):
        if not self.page.get_by_role("dialog", name=name).is_visible():
            self.page.get_by_role("button", name=name, exact=True).click()
        expect(self.page.get_by_role("dialog", name=name)).to_be_visible()
