"""The library where there is no page: in a module worker, under the policy that scripts have there."""

import shutil

import pytest
from playwright.sync_api import expect

from places import PUBLIC

FILES = {
    "index.html": '<!doctype html><title>A page whose worker talks</title><link rel="icon" href="data:,"><p>',
    "worker.js": """
        import { connect } from "./client/index.js";
        const session = connect(new URL("v1/ws", location.href)).session();
        onmessage = async ({ data: question }) => {
          if (question === "Stop.") return void session.abort();
          const request = session.chat(question);
          for await (const { text } of request) postMessage(text);
          postMessage(request.status);
        };
    """,
}


@pytest.fixture
def page(tmp_path, start_program, context):
    """It shows what the worker says."""
    folder = tmp_path / "public"
    shutil.copytree(PUBLIC / "client", folder / "client")
    for name, content in FILES.items():
        (folder / name).write_text(content)
    page = context.new_page()
    page.goto(start_program(public=folder).url)
    page.evaluate("""() => {
        window.worker = new Worker("worker.js", { type: "module" });
        worker.onmessage = ({ data }) => document.querySelector("p").append(data);
    }""")
    return page


def test_in_a_worker_an_answer_streams_and_is_stopped(page, upstream):
    page.evaluate("worker.postMessage('Count.')")
    call = upstream.next_call()
    assert call.question == "Count."
    call.say("One, ")
    expect(page.locator("p")).to_have_text("One, ")
    call.say("two, ")
    expect(page.locator("p")).to_have_text("One, two, ")
    page.evaluate("worker.postMessage('Stop.')")
    call.until_closed()
    expect(page.locator("p")).to_have_text("One, two, aborted")
