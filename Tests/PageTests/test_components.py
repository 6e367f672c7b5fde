"""What the hooks for React and the composables for Vue promise to components that are not as well-behaved as the examples'."""

import pytest
from playwright.sync_api import expect

from component_page import ComponentPage
from words import text, words

pytestmark = pytest.mark.parametrize("library", ["react", "vue"])


@pytest.fixture
def open_components(new_context, program):
    def open_components(library, url=program.url):
        return ComponentPage(new_context().new_page(), url, library)

    return open_components


def test_what_comes_between_two_frames_is_rendered_once(library, open_components, upstream):
    components = open_components(library)
    components.mount("chat", id="s", start="Count.")
    call = upstream.next_call()
    call.say(*words(1, 10))
    components.until_says("chat", text(1, 10))
    components.run("""
        const count = () => { counted.frames += 1; requestAnimationFrame(count); };
        window.counted = { deltas: 0, frames: 0, before: chats.chat.renders };
        client.session("s").on("delta", () => { counted.deltas += 1; });
        requestAnimationFrame(count);
    """)
    call.flow(words(11, 1010), per_s=500).result()
    components.until_says("chat", text(1, 1010))
    counted = components.run("return { ...counted, renders: chats.chat.renders - counted.before };")
    # What runs in StrictMode is rendered twice for each change.
    changes = counted["renders"] / {"react": 2, "vue": 1}[library]
    assert 2 <= changes <= counted["frames"] + 2, counted
    assert changes < counted["deltas"] / 2, counted
    call.finish()
    components.until_ended("chat")


def test_nothing_is_rendered_where_nothing_has_changed(library, open_components, upstream):
    components = open_components(library)
    components.mount("chat", id="s", start="Count.")
    upstream.next_call().answer("One.")
    # In this order: before a frame has shown that it runs, it looks as if it had ended.
    components.until_says("chat", "One.")
    components.until_ended("chat")
    components.two_frames()  # What came last has been rendered by then.
    before = components.run("return chats.chat.renders;")
    components.run("window.other = client.session('other').chat('Count, too.');")
    upstream.next_call().answer("Two.")
    components.until("other.status === 'ended'")
    components.two_frames()
    assert components.run("return chats.chat.renders;") == before


def test_what_is_asked_on_mount_is_asked_once(library, open_components, upstream):
    components = open_components(library)
    components.mount("left", id="s", start="Count.")
    components.mount("right", id="s", start="Count.")
    call = upstream.next_call()
    other_tab = open_components(library)
    other_tab.mount("left", id="s", start="Count.")
    call.answer("One.")
    for page, name in ((components, "left"), (components, "right"), (other_tab, "left")):
        page.until_says(name, "One.")
        page.until_ended(name)
    # As after a reload.
    components.unmount("left")
    components.unmount("right")
    components.until("client.sessions.length === 0")
    components.mount("left", id="s", start="Count.")
    components.until_says("left", "One.")
    components.two_frames()
    assert not upstream.has_more_calls(), "asked twice"


def test_an_answer_is_stopped_when_its_component_goes(library, open_components, upstream):
    components = open_components(library)
    components.mount("chat", id="s", start="Count.", abortOnUnmount=True)
    components.mount("onlooker", id="s", abortOnUnmount=True)
    call = upstream.next_call()
    call.say(*words(1, 5))
    # In StrictMode it has gone already, and come back: nothing was stopped by that.
    components.until_says("chat", text(1, 5))
    components.unmount("onlooker")
    components.two_frames()
    call.say(*words(6, 10))
    components.until_says("chat", text(1, 10))
    components.unmount("chat")
    call.until_closed()
    components.until("client.sessions.length === 0")


def test_an_answer_goes_on_without_its_component(library, open_components, upstream):
    components = open_components(library)
    components.mount("chat", id="s", start="Count.")
    call = upstream.next_call()
    call.say(*words(1, 5))
    components.until_says("chat", text(1, 5))
    components.unmount("chat")
    components.mount("later", id="s")
    components.until_says("later", text(1, 5))
    call.answer(*words(6, 10))
    components.until_says("later", text(1, 10))


def test_components_share_a_session_and_the_last_leaves_it(library, open_components, upstream):
    components = open_components(library)
    components.run("window.joins = 0; client.on('frame', ({ type }) => { joins += type === 'joined'; });")
    components.mount("left", id="s")
    components.mount("right", id="s")
    components.until("client.sessions[0]?.isJoined")
    components.call("left", "send", "Count.")
    call = upstream.next_call()
    call.say(*words(1, 5))
    for name in ("left", "right"):
        components.until_says(name, text(1, 5))
    components.unmount("left")
    call.answer(*words(6, 10))
    components.until_says("right", text(1, 10))
    assert components.run("return [joins, client.sessions.length];") == [1, 1]
    components.unmount("right")
    components.until("client.sessions.length === 0")


def test_a_session_that_was_there_before_is_not_left(library, open_components):
    components = open_components(library)
    components.run("client.session('mine');")
    components.mount("chat", id="mine")
    components.mount("other", id="theirs")
    components.until("client.sessions.length === 2")
    components.unmount("chat")
    components.unmount("other")
    components.until("client.sessions.length === 1")
    assert components.run("return client.sessions[0].id;") == "mine"


def test_another_id_is_another_session(library, open_components, upstream):
    components = open_components(library)
    components.mount("chat", id="one", abortOnUnmount=True)
    components.call("chat", "send", "Count.")
    call = upstream.next_call()
    call.say(*words(1, 5))
    components.until_says("chat", text(1, 5))
    components.call("chat", "setId", "two")
    components.until_says("chat", "")
    call.until_closed()
    components.call("chat", "send", "And here?")
    upstream.next_call().answer("Here, too.")
    components.until_says("chat", "Here, too.")
    components.until("client.sessions.length === 1")
    components.call("chat", "setId", "one")
    components.until_says("chat", text(1, 5))


def test_an_error_is_state_and_goes_when_it_is_asked_again(library, open_components, upstream):
    components = open_components(library)
    components.mount("chat", id="s", start="Count.")
    upstream.next_call().refuse(429, "Slow down.", headers={"Retry-After": "40"})
    expect(components.chat("chat")).to_have_attribute("data-error", "upstream_rate_limited")
    components.until_ended("chat")
    components.call("chat", "retry")
    call = upstream.next_call()
    expect(components.chat("chat")).not_to_have_attribute("data-error", "upstream_rate_limited")
    call.answer("One.")
    components.until_says("chat", "One.")
    assert not upstream.has_more_calls()


def test_stop_stops_what_others_have_asked(library, open_components, upstream):
    components = open_components(library)
    components.mount("left", id="s")
    components.mount("right", id="s")
    components.call("left", "send", "Count.")
    call = upstream.next_call()
    call.say(*words(1, 5))
    components.until_says("right", text(1, 5))
    components.call("right", "stop")
    call.until_closed()
    for name in ("left", "right"):
        components.until_ended(name)
        components.until_says(name, text(1, 5))


def test_components_of_one_address_share_a_connection_and_the_last_closes_it(library, open_components):
    components = open_components(library)
    components.run("""
        const address = "../v1/ws?own";
        const Own = argument === "react"
          ? () => h("p", { className: "own" }, useConnection(window.own = useClient(address)).name)
          : { setup() {
              const client = useClient(address);
              const state = useConnection(client);
              return () => { window.own = client.value; return h("p", { class: "own" }, state.value.name); };
            } };
        const { WebSocket } = window;
        window.sockets = 0;
        window.WebSocket = class extends WebSocket {
          constructor(...where) { super(...where); sockets += 1; }
        };
        Object.assign(roots, { one: mount(Own), two: mount(Own) });
    """, library)
    expect(components.page.locator(".own")).to_have_text(["open", "open"])
    assert components.run("return sockets;") == 1
    components.unmount("one")
    components.two_frames()
    expect(components.page.locator(".own")).to_have_text(["open"])
    components.unmount("two")
    components.until("own.state.name === 'closed'")


def test_a_lost_connection_is_shown(library, open_components, start_link, program, witness):
    witness.expect_lost_network()
    link = start_link(program.port)
    components = open_components(library, link.url)
    components.run("""
        mount(argument === "react"
          ? () => h("p", { id: "state" }, useConnection(client).name)
          : { setup() { const state = useConnection(client); return () => h("p", { id: "state" }, state.value.name); } });
    """, library)
    state = components.page.locator("#state")
    expect(state).to_have_text("open")
    link.cut(stays_down=True)
    expect(state).to_have_text("reconnecting")
    link.mend()
    expect(state).to_have_text("open")


def test_models_are_listed_and_a_list_that_fails_can_be_asked_for_again(library, open_components, start_program, upstream):
    upstream.models_status = 500
    components = open_components(library, start_program(settings={"keys": "client"}).url)
    components.run("""
        const words = ({ models, failed, error, isLoading }) =>
          isLoading ? "…" : error?.code ?? [...models.map(({ id }) => id), ...failed.map(({ code }) => code)].join(" ");
        const plain = (refs) => Object.fromEntries(Object.entries(refs).map(([name, value]) => [name, value?.value ?? value]));
        window.asked = 0;
        const { models } = client;
        client.models = (...options) => { asked += 1; return models.apply(client, options); };
        mount(argument === "react"
          ? () => h("p", { id: "models" }, words(window.shown = useModels(client, { key: "k" })))
          : { setup() {
              const refs = window.shown = useModels(client, { key: "k" });
              return () => h("p", { id: "models" }, words(plain(refs)));
            } });
    """, library)
    models = components.page.locator("#models")
    expect(models).to_have_text("upstream_error")
    assert components.run("return asked;") == 1
    upstream.models_status = 200
    components.run("await shown.reload();")
    expect(models).to_have_text("river-1 river-1-mini")
