// A chat in Vue, with render functions: to compile templates in the browser takes `eval`, which the page's policy
// forbids. The session is in the address: open it in two tabs.
import { connect, newId } from "../client/index.js";
import { vueComposables } from "../client/vue.js";
import { stateWords, tabWords } from "./words.js";

const root = document.getElementById("root");
import("../vendor/vue/vue.js").then(start, () => {
  root.textContent = "Vue is not here: scripts/vendor --examples brings it.";
});

function start(Vue) {
  const { createApp, h, onUnmounted, ref, watch } = Vue;
  const { useChat, useSession } = vueComposables(Vue);
  const client = connect("../v1/ws"); // one for the page

  const App = {
    setup() {
      const id = useAddress();
      const session = useSession(client, id);
      const hasPoem = ref(false);
      return () => [
        h(Status, { session: session.value }),
        h(Chat, { session: session.value }),
        h("button", { type: "button", onClick: () => (id.value = newId()) }, "New session"),
        h("h2", "An answer that goes when you go"),
        h("button", { type: "button", onClick: () => (hasPoem.value = !hasPoem.value) },
          hasPoem.value ? "Put the poem away" : "Ask for a poem"),
        hasPoem.value ? h(Poem, { about: "rivers" }) : null,
      ];
    },
  };

  /** A conversation: everything that blog posts do by hand. */
  const Chat = {
    props: ["session"],
    setup(props) {
      const { messages, isRunning, error, send, stop, retry } = useChat(() => props.session);
      const text = ref("");
      const submit = (event) => {
        event.preventDefault();
        if (text.value.trim() === "") return;
        send(text.value);
        text.value = "";
      };
      return () => h("section", { "aria-label": "Chat" }, [
        h("ol", { class: "conversation", "aria-label": "Conversation" },
          messages.value.map((message) => h(Message, { key: message.id, message }))),
        h(Trouble, { error: error.value, onRetry: retry }),
        h("form", { onSubmit: submit }, [
          h("input", {
            "aria-label": "Message", placeholder: "Ask something", autocomplete: "off", value: text.value,
            onInput: (event) => (text.value = event.target.value),
          }),
          h("button", { type: "submit" }, "Send"),
          isRunning.value ? h("button", { type: "button", onClick: stop }, "Stop") : null,
        ]),
      ]);
    },
  };

  /** A message that has not changed is the same object: this is not rendered again. */
  const Message = {
    props: ["message"],
    setup: (props) => () => {
      const { role, status, content } = props.message;
      const text = typeof content === "string" ? content : "";
      return h("li", { class: "message", "data-role": role, "data-status": status }, text);
    },
  };

  /** Another component on the same session. */
  const Status = {
    props: ["session"],
    setup(props) {
      const { state, tabs } = useChat(() => props.session);
      return () => h("p", { class: "status" }, `${stateWords(state.value)} · ${tabWords(tabs.value)}`);
    },
  };

  /** Asks when mounted, in a session of its own, and stops when unmounted. */
  const Poem = {
    props: ["about"],
    setup(props) {
      const session = useSession(client);
      const options = { start: `Write a short poem about ${props.about}.`, abortOnUnmount: true };
      const { messages, error, retry } = useChat(session, options);
      const answer = () => messages.value.find((message) => message.role === "assistant");
      return () => h("section", { "aria-label": "Poem" }, [
        h("p", { class: "message" }, answer()?.content ?? ""),
        h(Trouble, { error: error.value, onRetry: retry }),
      ]);
    },
  };

  const Trouble = {
    props: ["error"],
    emits: ["retry"],
    setup: (props, { emit }) => () => props.error && h("div", { class: "trouble", role: "alert" }, [
      h("p", props.error.message),
      h("button", { type: "button", onClick: () => emit("retry") }, "Try again"),
    ]),
  };

  /** The session's id, as the address has it; set it, and the address follows. */
  function useAddress() {
    const id = ref(location.hash.slice(1) || newId());
    const follow = () => (id.value = location.hash.slice(1) || newId());
    watch(id, (id) => history.replaceState(null, "", `#${id}`), { immediate: true });
    addEventListener("hashchange", follow);
    onUnmounted(() => removeEventListener("hashchange", follow));
    return id;
  }

  createApp(App).mount(root);
}
