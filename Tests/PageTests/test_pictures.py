"""Pictures take a while to be read, and whoever writes does not wait for that."""

import pytest
from playwright.sync_api import expect

from test_answers import png

# Pictures are read when the test lets them.
SLOWLY = """
const { createImageBitmap } = window;
let canBeRead = new Promise((resolve) => (window.letThemBeRead = resolve));
window.createImageBitmap = async (...them) => {
  window.isReading = true;
  await canBeRead;
  return createImageBitmap(...them);
};
"""


@pytest.fixture
def tab(open_tab, program, context):
    context.add_init_script(SLOWLY)
    return open_tab(program.url, context)


def choose(tab, *contents):
    files = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": content} for n, content in enumerate(contents)]
    tab.page.locator('input[type="file"]').set_input_files(files)
    tab.until("window.isReading === true")


def let_them_be_read(tab):
    tab.page.evaluate("letThemBeRead()")


def pictures(tab):
    return tab.page.get_by_role("list", name="Pictures to send").get_by_role("img")


def paste(tab, **words):
    """What another program has put on the clipboard: a picture, and words by type. Whether the page takes it from the browser."""
    return tab.page.evaluate(PASTE, [[*png(40, 30)], words])


PASTE = """([bytes, words]) => {
  const clipboardData = new DataTransfer();
  for (const [type, text] of Object.entries(words)) clipboardData.setData(`text/${type}`, text);
  clipboardData.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  return !document.querySelector("#input").dispatchEvent(event);
}"""


def parts(call):
    return [part["type"] for part in call.question] if isinstance(call.question, list) else [call.question]


def begin(tab, upstream):
    """The chat has a question, so that a new one is another one."""
    tab.ask("Are you there?")
    upstream.next_call().answer("I am.")
    tab.until_says("I am.")
    tab.until_status("ended")


def test_a_picture_stays_in_the_chat_that_it_was_added_in(tab, upstream):
    begin(tab, upstream)
    first = tab.address
    tab.message.fill("What is this?")
    choose(tab, png(40, 30))
    tab.new_chat()
    second = tab.address
    let_them_be_read(tab)
    # It is there as soon as its chat is; had it gone into this one, that would be seen by then.
    tab.page.go_back()
    expect(tab.page).to_have_url(first)
    expect(pictures(tab)).to_have_count(1)
    expect(tab.message).to_have_value("What is this?")
    tab.page.go_forward()
    expect(tab.page).to_have_url(second)
    expect(tab.message).to_have_value("")
    expect(pictures(tab)).to_have_count(0)


def test_a_picture_that_is_read_after_its_chat_is_back_appears_there(tab, upstream):
    begin(tab, upstream)
    first = tab.address
    choose(tab, png(40, 30))
    tab.new_chat()
    tab.page.go_back()
    expect(tab.page).to_have_url(first)
    let_them_be_read(tab)
    expect(pictures(tab)).to_have_count(1)


def test_why_a_picture_is_not_there_is_said_in_its_chat(tab, upstream):
    begin(tab, upstream)
    first = tab.address
    choose(tab, b"no picture", png(40, 30))
    tab.new_chat()
    let_them_be_read(tab)
    tab.page.go_back()
    expect(tab.page).to_have_url(first)
    expect(pictures(tab)).to_have_count(1)
    expect(tab.page.locator("#slip")).to_contain_text("is not a picture that the browser can read")


def test_a_picture_is_sent_with_its_message(tab, upstream):
    choose(tab, png(40, 30))
    tab.ask("What is this?")
    expect(tab.page.locator("#slip")).to_contain_text("waits for its pictures")
    expect(tab.message).to_have_value("What is this?")
    let_them_be_read(tab)
    call = upstream.next_call()
    assert parts(call) == ["text", "image_url"]
    expect(tab.message).to_have_value("")
    expect(pictures(tab)).to_have_count(0)
    call.answer("A dot.")
    tab.until_says("A dot.")


def test_words_that_are_pasted_with_a_picture_of_them_stay_words(tab):
    let_them_be_read(tab)
    assert not paste(tab, plain="Year\tRain\n2024\t812\n", html="<table></table>")
    assert paste(tab, html='<img src="https://example.com/river.png">')
    expect(pictures(tab)).to_have_count(1)
    assert paste(tab, plain="image.png")
    expect(pictures(tab)).to_have_count(2)


def test_a_message_whose_picture_cannot_be_read_is_not_sent_without_it(tab, upstream):
    choose(tab, b"no picture")
    tab.ask("What is this?")
    expect(tab.page.locator("#slip")).to_contain_text("waits for its pictures")
    let_them_be_read(tab)
    expect(tab.page.locator("#slip")).to_contain_text("is not a picture that the browser can read")
    expect(tab.message).to_have_value("What is this?")
    tab.ask_next(upstream, "What is a picture?")


def test_a_picture_of_a_draft_does_not_go_into_a_message_that_is_edited(tab, upstream):
    tab.ask("One?")
    upstream.next_call().answer("One.")
    tab.until_status("ended")
    choose(tab, png(40, 30))
    tab.turns.last.get_by_role("button", name="Edit question").click()
    expect(tab.message).to_have_value("One?")
    let_them_be_read(tab)
    tab.ask("Uno?")
    call = upstream.next_call()
    assert call.question == "Uno?"
    call.answer("Uno.")
    expect(pictures(tab)).to_have_count(1)
