"""The page says nothing to the console: whoever looks there for a fault finds nothing but that."""

CODE = "```python\nprint(42)  # a comment\n```\n"


def test_the_console_stays_empty_that_of_the_worker_too(open_tab, program, upstream, context):
    said = []
    context.on("console", lambda message: said.append(message.text))
    tab = open_tab(program.url, context)
    tab.ask("Show me.")
    upstream.next_call().answer(f"Here:\n\n{CODE}\nThe end.")
    tab.until_status("ended")
    tab.answer().locator(".hljs-comment").wait_for()
    assert len(tab.page.workers) == 1
    # What a worker says comes here in its order: this is the last of it.
    with tab.page.expect_event("console", lambda message: message.text == "That was all."):
        tab.page.workers[0].evaluate("console.log('That was all.')")
    assert said == ["That was all."]
