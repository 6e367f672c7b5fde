"""A page with components of a test's own: an example's page, of which React or Vue and the library are used, and nothing else."""

from playwright.sync_api import expect

PRELUDE = {
    "react": """
        const { reactHooks } = await import("/client/react.js");
        const { createElement: h, StrictMode, useState } = React;
        const { useClient, useConnection, useSession, useChat, useModels } = reactHooks(React);
        const mount = (component) => {
          const root = ReactDOM.createRoot(document.querySelector("main").appendChild(document.createElement("div")));
          root.render(h(StrictMode, null, h(component)));
          return root;
        };
        // A chat of which a test sees everything. `options.id` may be set anew from outside: `setId`.
        const chat = (name, { id, ...options }) => function Chat() {
          const [shownId, setId] = useState(id);
          const view = useChat(useSession(client, shownId), options);
          chats[name] = { ...view, setId, renders: (chats[name]?.renders ?? 0) + 1 };
          return h("p", { id: name, "data-running": String(view.isRunning), "data-error": view.error?.code },
            view.messages.at(-1)?.content);
        };
    """,
    "vue": """
        const { createApp, h, ref, unref } = await import("/vendor/vue/vue.js");
        const { vueComposables } = await import("/client/vue.js");
        const { useClient, useConnection, useSession, useChat, useModels } =
          vueComposables(await import("/vendor/vue/vue.js"));
        const mount = (component) => {
          const app = createApp(component);
          app.mount(document.querySelector("main").appendChild(document.createElement("div")));
          return app;
        };
        const chat = (name, { id, ...options }) => ({
          setup() {
            const shownId = ref(id);
            const { messages, isRunning, error, ...rest } = useChat(useSession(client, shownId), options);
            chats[name] = { ...rest, setId: (id) => { shownId.value = id; }, renders: 0 };
            return () => {
              chats[name].renders += 1;
              return h("p", { id: name, "data-running": String(isRunning.value), "data-error": error.value?.code },
                messages.value.at(-1)?.content);
            };
          },
        });
    """,
}


class ComponentPage:
    """One tab. It has a `client`, and in `chats` what the components saw last, by their names."""

    def __init__(self, page, url, library):
        page.goto(f"{url}examples/{library}.html")
        page.get_by_role("textbox", name="Message").wait_for()  # the example's own; it stays, and asks nothing
        self.page = page
        self._prelude = PRELUDE[library]
        self.run("""
            const { connect } = await import("/client/index.js");
            Object.assign(window, { chats: {}, roots: {}, client: connect("../v1/ws") });
        """)

    def run(self, script, argument=None):
        return self.page.evaluate(f"async (argument) => {{ {self._prelude} {script} }}", argument)

    def mount(self, name, **options):
        """Mounts a chat, in React under StrictMode."""
        self.run(f"roots.{name} = mount(chat('{name}', argument));", options)

    def unmount(self, name):
        self.run(f"roots.{name}.unmount();")

    def call(self, name, method, *arguments):
        """What the component's buttons would do."""
        self.run(f"chats.{name}.{method}(...argument);", list(arguments))

    def chat(self, name):
        return self.page.locator(f"#{name}")

    def until_says(self, name, text):
        expect(self.chat(name)).to_have_text(text)

    def until_ended(self, name):
        expect(self.chat(name)).to_have_attribute("data-running", "false")

    def until(self, condition):
        """Until an expression holds in the page."""
        self.run(f"while (!({condition})) await new Promise((resolve) => setTimeout(resolve, 20));")

    def two_frames(self):
        """Whatever was due to be drawn is."""
        self.run("await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));")
