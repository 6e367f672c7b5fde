"""An example as the people in front of it know it: a small chat, the same in plain JavaScript, React and Vue."""

from playwright.sync_api import expect


class ExamplePage:
    """One tab."""

    def __init__(self, page):
        self.page = page
        self.message = page.get_by_role("textbox", name="Message")
        self.status = page.locator(".status")
        self.prompts = page.locator('.message[data-role="user"]')
        self.answers = page.locator('.message[data-role="assistant"]')
        self.stop_button = page.get_by_role("button", name="Stop")
        self.trouble = page.get_by_role("alert")
        self.retry_button = self.trouble.get_by_role("button", name="Try again")

    def ask(self, text):
        self.message.fill(text)
        self.page.get_by_role("button", name="Send").click()

    def until_open(self):
        expect(self.status).to_contain_text("Connected")

    def until_status(self, status):
        expect(self.answers.last).to_have_attribute("data-status", status)

    def until_text(self, text):
        expect(self.answers.last).to_have_text(text)
