"""Who listens to the page instead of looking at it hears that an answer comes, and then what it says: not every piece."""

from playwright.sync_api import expect

from words import words

# What a screen reader makes of live regions: what was added is spoken, or the whole region where it is atomic.
LISTEN = """
window.heard = [];
const LIVE = "[aria-live=polite], [aria-live=assertive], [role=status]:not([aria-live]), [role=alert]:not([aria-live]), "
  + "[role=log]:not([aria-live])";
new MutationObserver((records) => {
  const spoken = new Map();
  for (const { target, addedNodes, type } of records) {
    const region = (target.closest ? target : target.parentElement)?.closest(LIVE);
    if (!region || region.closest("[aria-live=off]")) continue;
    const added = type === "characterData" ? target.data : [...addedNodes].map((node) => node.textContent).join(" ");
    spoken.set(region, `${spoken.get(region) ?? ""} ${added}`.trim());
  }
  for (const [region, added] of spoken) {
    const text = region.ariaAtomic === "true" ? region.textContent : added;
    if (text !== "") heard.push(text);
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


def test_five_hundred_deltas_make_few_announcements(open_tab, program, upstream, context):
    context.add_init_script(LISTEN)
    tab = open_tab(program.url, context)
    tab.ask("Count, please.")
    call = upstream.next_call()
    call.say(*words(1, 1))
    tab.until_says("w0001")
    tab.page.evaluate("heard.length = 0")
    # In ten parts that are seen one by one, so that the page has drawn at least so often.
    for first in range(2, 502, 50):
        call.say(*words(first, first + 49))
        tab.until_says(f"w{first + 49:04}")
    while_it_came = tab.page.evaluate("heard.length")
    assert while_it_came <= 2, tab.page.evaluate("heard")
    call.finish()
    tab.until_status("ended")
    tab.until("heard.some((text) => text.includes('w0001') && text.includes('w0100'))")
    assert tab.page.evaluate("heard.length") <= 5


def test_what_is_announced_is_what_happens(open_tab, program, upstream, context):
    context.add_init_script(LISTEN)
    tab = open_tab(program.url, context)
    tab.ask("Are you there?")
    call = upstream.next_call()
    tab.until("heard.some((text) => /answer/i.test(text))")
    call.answer("**I am.**")
    tab.until("heard.some((text) => text.includes('I am.') && !text.includes('*'))")
    tab.ask("And now?")
    upstream.next_call().refuse(500, "The cat sat on the cable.")
    tab.until("heard.some((text) => text.includes('The cat sat on the cable.'))")
    assert not tab.page.evaluate("heard.filter((text) => text.includes('I am.') && text.includes('The cat'))"), "said twice"


def test_an_old_conversation_is_not_read_out(open_tab, program, upstream, context):
    tab = open_tab(program.url, context)
    tab.ask("Are you there?")
    upstream.next_call().answer("I have been here all along.")
    tab.until_status("ended")
    context.add_init_script(LISTEN)
    tab.reload()
    tab.until_says("I have been here all along.")
    expect(tab.state).to_have_attribute("data-state", "open")
    assert not [text for text in tab.page.evaluate("heard") if "all along" in text]
