"""What a page shows of an answer beside its text, and what can be done with it."""

import base64
import json
import re
import shutil
import struct
import zlib

from playwright.sync_api import expect

from places import PUBLIC
from words import text, words


def answered(tab, upstream, question, answer):
    tab.ask(question)
    upstream.next_call().answer(answer)
    tab.until_says(answer)
    tab.until_status("ended")


def test_reasoning_is_folded_away_and_can_be_read(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.ask("Is it raining?")
    call = upstream.next_call()
    call.think("The user looks ", "out of no window.")
    reasoning = tab.turns.last.locator('[data-part="reasoning"]')
    fold = tab.turns.last.locator("summary, [aria-expanded]").filter(has_text=re.compile("think|thought|reason", re.IGNORECASE))
    expect(fold).to_be_visible()
    expect(tab.turns.last.get_by_text("out of no window.")).to_be_hidden()
    call.answer("It is.")
    tab.until_status("ended")
    fold.click()
    expect(reasoning).to_be_visible()
    expect(reasoning).to_contain_text("The user looks out of no window.")
    tab.until_text("It is.")


def test_a_text_that_grows_is_one_text(open_tab, program, upstream):
    """What is added to a piece is laid out alone; a thousand pieces would be laid out again each time."""
    tab = open_tab(program.url)
    tab.ask("Weather?")
    call = upstream.next_call()
    reasoning = tab.turns.last.locator('[data-part="reasoning"]')
    for said in ("The user ", "looks out ", "of no window."):
        call.think(said)
        expect(reasoning).to_contain_text(said)
    assert reasoning.evaluate("(node) => [...node.childNodes].map((text) => text.data)") == ["The user looks out of no window."]
    call.answer("Mild.")
    tab.until_says("Mild.")


def test_tool_calls_show_their_name_and_their_arguments(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.ask("How is the weather?")
    call = upstream.next_call()
    call.call_tool(0, "weather", '{"city":', '"Ulm","days":3}')
    call.call_tool(1, "clock", "{}")
    call.finish("tool_calls")
    tab.until_status("ended")
    for part in ("weather", "Ulm", "days", "clock"):
        expect(tab.turns.last).to_contain_text(part)


def test_a_refusal_is_shown(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.ask("Break into it.")
    call = upstream.next_call()
    call.decline("I would ", "rather not.")
    call.finish()
    tab.until_status("ended")
    expect(tab.turns.last).to_contain_text("I would rather not.")


def test_several_answers_stand_beside_each_other(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.open_settings()
    tab.page.get_by_label("Answers", exact=True).fill("2")
    tab.ask("A colour?")
    call = upstream.next_call()
    assert call.body["n"] == 2
    call.say("Green", choice=0)
    call.say("Blue", choice=1)
    call.finish(choices=2)
    tab.until_status("ended")
    expect(tab.turns.last.locator('[data-part="text"]')).to_have_text(["Green", "Blue"])


def test_the_facts_of_an_answer_are_told(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.ask("How much?")
    call = upstream.next_call()
    call.answer(*words(1, 20), usage={"prompt_tokens": 1234, "completion_tokens": 20, "total_tokens": 1254})
    tab.until_status("ended")
    facts = tab.turns.last.locator("footer")
    expect(facts).to_contain_text("river-1")
    expect(facts).to_contain_text(re.compile(r"1[^\d]?234"))
    expect(facts).to_contain_text("tokens")
    expect(facts).to_contain_text(re.compile(r"\d\s*(ms|s)\b"))


def test_a_second_attempt_is_told(open_tab, start_program, upstream):
    tab = open_tab(start_program(settings={"retry": {"attempts": 2, "base": "100ms"}}).url)
    tab.ask("Are you there?")
    upstream.next_call().refuse(503, "Busy.")
    upstream.next_call().answer("I am.")
    tab.until_status("ended")
    tab.until_text("I am.")
    expect(tab.turns.last).to_contain_text("503")


def test_an_answer_is_copied_as_the_model_wrote_it(open_tab, program, upstream, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = open_tab(program.url, context)
    markdown = "# A heading\n\n- **bold**\n- `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    tab.ask("Show me.")
    upstream.next_call().answer(markdown)
    tab.until_status("ended")
    tab.turns.last.hover()
    tab.turns.last.get_by_role("button", name="Copy answer").click()
    expect(tab.turns.last.get_by_role("button", name="Copied")).to_be_visible()
    assert tab.page.evaluate("navigator.clipboard.readText()") == markdown


def test_an_earlier_question_is_edited_and_all_after_it_goes(open_tab, program, upstream):
    tab = open_tab(program.url)
    other = open_tab(tab.address)
    answered(tab, upstream, "Red?", "Red.")
    answered(tab, upstream, "Green?", "Green.")
    tab.turns.first.get_by_role("button", name="Edit question").click()
    expect(tab.message).to_have_value("Red?")
    expect(tab.message).to_be_focused()
    tab.ask("Blue?")
    call = upstream.next_call()
    assert [message["content"] for message in call.body["messages"]] == ["Blue?"]
    call.answer("Blue.")
    for each in (tab, other):
        each.until_says("Blue.")
        expect(each.turns).to_have_count(1)
        expect(each.log).not_to_contain_text("Green")


def test_asking_again_replaces_the_answer(open_tab, program, upstream):
    tab = open_tab(program.url)
    answered(tab, upstream, "A number?", "Four.")
    tab.turns.last.get_by_role("button", name="Try again").click()
    call = upstream.next_call()
    assert [message["content"] for message in call.body["messages"]] == ["A number?"]
    call.answer("Five.")
    tab.until_says("Five.")
    expect(tab.turns).to_have_count(1)


def test_parameters_and_system_prompt_go_along(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.open_settings()
    panel = tab.page.get_by_role("dialog", name="Settings")
    for label, value in {"System prompt": "Be brief.", "Temperature": "0.3", "Top p": "0.9", "Longest answer": "77", "Seed": "5"}.items():
        panel.get_by_label(label, exact=True).fill(value)
    panel.get_by_label("Stop at", exact=True).fill("END")
    tab.ask("Who are you?")
    call = upstream.next_call()
    body = call.body
    assert body["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who are you?"}]
    assert (body["temperature"], body["top_p"], body["max_tokens"], body["seed"], body["stop"]) == (0.3, 0.9, 77, 5, ["END"])
    call.answer("Brief.")
    tab.until_status("ended")
    # The server keeps the system prompt with the chat.
    tab.ask("Still?")
    assert upstream.next_call().body["messages"][0]["content"] == "Be brief."


def test_a_model_is_found_by_searching_and_asked_for(open_tab, program, upstream):
    upstream.models = ["lake-1", "lake-2", "river-1", "sea-9-large"]
    tab = open_tab(program.url)
    picker = tab.page.get_by_role("combobox", name="Model", exact=True)
    picker.click()
    options = tab.page.get_by_role("listbox", name="Models").get_by_role("option")
    expect(options.filter(has_text="lake-1")).to_be_visible()
    picker.fill("sea")
    expect(options.filter(has_text="lake-1")).to_have_count(0)
    picker.press("ArrowDown")
    picker.press("Enter")
    expect(picker).to_have_value(re.compile("sea-9-large"))
    tab.ask("Who are you?")
    call = upstream.next_call()
    assert call.body["model"] == "sea-9-large"
    call.answer("The sea.")
    tab.until_status("ended")
    expect(tab.turns.last.locator("footer")).to_contain_text("sea-9-large")


def test_an_upstream_whose_list_cannot_be_had_is_named(open_tab, start_program, upstream):
    dead = {"base_url": "http://127.0.0.1:9/v1", "model": "none"}
    tab = open_tab(start_program(more_upstreams={"dead-water": dead}).url)
    tab.page.get_by_role("combobox", name="Model", exact=True).click()
    expect(tab.page.locator("body")).to_contain_text("dead-water")
    expect(tab.page.get_by_role("listbox", name="Models").get_by_role("option").filter(has_text="river-1").first).to_be_visible()


def test_a_picture_is_sent_and_shown(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.page.locator('input[type="file"]').set_input_files({"name": "dot.png", "mimeType": "image/png", "buffer": png(40, 30)})
    expect(tab.page.get_by_role("list", name="Pictures to send").get_by_role("img")).to_be_visible()
    tab.ask("What is this?")
    call = upstream.next_call()
    parts = {part["type"]: part for part in call.question}
    assert parts["text"]["text"] == "What is this?"
    assert parts["image_url"]["image_url"]["url"].startswith("data:image/")
    call.answer("A dot.")
    tab.until_status("ended")
    shown = tab.turns.last.locator("img").first
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 40)
    assert base64.b64encode(png(40, 30)).decode() not in json.dumps(tab.page.evaluate("({...localStorage})"))


def png(width, height):
    """A picture of one colour."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + b"\x20\x80\x90" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_without_the_libraries_an_answer_is_plain_text(open_tab, start_program, upstream, tmp_path, witness):
    witness.expect(r"Failed to load resource: .* 404 .*/vendor/")
    public = tmp_path / "public"
    shutil.copytree(PUBLIC, public, ignore=shutil.ignore_patterns("vendor"))
    tab = open_tab(start_program(public=public).url)
    markdown = "# A heading\n\n- **bold** <b>and</b> `code`\n\n```\ncode\n```"
    tab.ask("Show me.")
    upstream.next_call().answer(markdown)
    tab.until_status("ended")
    tab.until("([answer, text]) => answer.textContent === text", [tab.answer().element_handle(), markdown])


def test_five_hundred_deltas_at_once_are_all_there(open_tab, program, upstream):
    tab = open_tab(program.url)
    tab.ask("Count, please.")
    upstream.next_call().answer(*words(1, 500))
    tab.until_status("ended")
    tab.until_text(text(1, 500))
