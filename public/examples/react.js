// A chat in React, without JSX, so that there is nothing to build. The session is in the address: open it in two tabs.
import { connect, newId } from "../client/index.js";
import { reactHooks } from "../client/react.js";
import { stateWords, tabWords } from "./words.js";

const { React, ReactDOM } = globalThis;
const root = document.getElementById("root");
if (React && ReactDOM) start();
else root.textContent = "React is not here: scripts/vendor --examples brings it.";

function start() {
  const { createElement: h, memo, StrictMode, useEffect, useState } = React;
  const { useChat, useSession } = reactHooks(React);
  const client = connect("../v1/ws"); // one for the page

  function App() {
    const [id, newSession] = useAddress();
    const session = useSession(client, id);
    const [hasPoem, setHasPoem] = useState(false);
    return h(React.Fragment, null,
      h(Status, { session }),
      h(Chat, { session }),
      h("button", { type: "button", onClick: newSession }, "New session"),
      h("h2", null, "An answer that goes when you go"),
      h("button", { type: "button", onClick: () => setHasPoem(!hasPoem) },
        hasPoem ? "Put the poem away" : "Ask for a poem"),
      hasPoem && h(Poem, { about: "rivers" }),
    );
  }

  /** A conversation: everything that blog posts do by hand. */
  function Chat({ session }) {
    const { messages, isRunning, error, send, stop, retry } = useChat(session);
    const [text, setText] = useState("");
    const submit = (event) => {
      event.preventDefault();
      if (text.trim() === "") return;
      send(text);
      setText("");
    };
    return h("section", { "aria-label": "Chat" },
      h("ol", { className: "conversation", "aria-label": "Conversation" },
        messages.map((message) => h(Message, { key: message.id, message }))),
      h(Trouble, { error, retry }),
      h("form", { onSubmit: submit },
        h("input", {
          "aria-label": "Message", placeholder: "Ask something", autoComplete: "off", value: text,
          onChange: (event) => setText(event.target.value),
        }),
        h("button", { type: "submit" }, "Send"),
        isRunning && h("button", { type: "button", onClick: stop }, "Stop")),
    );
  }

  /** A message that has not changed is the same object: `memo` leaves it alone. */
  const Message = memo(function Message({ message: { role, status, content } }) {
    const text = typeof content === "string" ? content : null;
    return h("li", { className: "message", "data-role": role, "data-status": status }, text);
  });

  /** Another component on the same session. */
  function Status({ session }) {
    const { state, tabs } = useChat(session);
    return h("p", { className: "status" }, `${stateWords(state)} · ${tabWords(tabs)}`);
  }

  /** Asks when mounted, in a session of its own, and stops when unmounted. */
  function Poem({ about }) {
    const session = useSession(client);
    const options = { start: `Write a short poem about ${about}.`, abortOnUnmount: true };
    const { messages, error, retry } = useChat(session, options);
    const answer = messages.find((message) => message.role === "assistant");
    return h("section", { "aria-label": "Poem" },
      h("p", { className: "message" }, answer?.content),
      h(Trouble, { error, retry }));
  }

  function Trouble({ error, retry }) {
    if (error === null) return null;
    return h("div", { className: "trouble", role: "alert" },
      h("p", null, error.message),
      h("button", { type: "button", onClick: retry }, "Try again"));
  }

  /** The session's id, as the address has it, and how to get another. */
  function useAddress() {
    const [id, setId] = useState(() => location.hash.slice(1) || newId());
    useEffect(() => {
      history.replaceState(null, "", `#${id}`);
      const follow = () => setId(location.hash.slice(1) || newId());
      addEventListener("hashchange", follow);
      return () => removeEventListener("hashchange", follow);
    }, [id]);
    return [id, () => setId(newId())];
  }

  ReactDOM.createRoot(root).render(h(StrictMode, null, h(App)));
}
