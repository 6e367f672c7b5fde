"""What went wrong and belongs to no message."""

from playwright.sync_api import expect

from questions import Questions


def notice(tab):
    return tab.page.locator("#notice")


def test_a_trouble_of_the_connection_is_over_with_it(open_tab, link, context, witness):
    witness.expect_lost_network()
    questions = Questions(context)
    tab = open_tab(link.url, context)
    questions.say("This is no JSON.")
    expect(notice(tab)).to_contain_text("The server sent something that this page cannot read.")
    link.cut(stays_down=True)
    tab.until_lost()
    expect(notice(tab)).to_be_visible()
    link.mend()
    tab.until_open()
    expect(notice(tab)).to_be_hidden()


def test_what_else_went_wrong_stays_when_the_connection_comes_back(open_tab, link, upstream, context, witness):
    witness.expect_lost_network()
    aborts = Questions(context, "abort")
    tab = open_tab(link.url, context)
    tab.ask("Count, please.")
    call = upstream.next_call()
    call.say("One, ")
    tab.until_says("One,")
    tab.stop_button.click()
    aborts.next(tab, "abort").fail("It does not stop.")
    expect(notice(tab)).to_contain_text("It does not stop.")
    link.cut(stays_down=True)
    tab.until_lost()
    link.mend()
    tab.until_open()
    call.answer("two.")
    tab.until_says("One, two.")
    expect(notice(tab)).to_be_visible()
    expect(notice(tab)).to_contain_text("It does not stop.")
    notice(tab).get_by_role("button", name="Dismiss").click()
    expect(notice(tab)).to_be_hidden()
