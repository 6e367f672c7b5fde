// A chat in plain JavaScript. The session is in the address: open it in two tabs.
import { connect, newId } from "../client/index.js";
import { stateWords, tabWords } from "./words.js";

if (location.hash === "") history.replaceState(null, "", `#${newId()}`);
addEventListener("hashchange", () => location.reload());

const client = connect("../v1/ws");
const session = client.session(location.hash.slice(1));

const byId = (id) => document.getElementById(id);
const input = byId("input");

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (input.value.trim() === "") return;
  session.chat(input.value);
  input.value = "";
});
byId("stop").addEventListener("click", () => session.abort());
byId("retry").addEventListener("click", () => session.retry(session.turns.at(-1).request));

// Whatever comes between two frames is drawn at once.
let isDue = false;
session.subscribe(() => {
  if (!isDue) requestAnimationFrame(draw);
  isDue = true;
});
draw();

function draw() {
  isDue = false;
  const { messages, turns, requests, tabs, state } = session.getSnapshot();
  drawMessages(messages);
  const error = turns.at(-1)?.error;
  byId("status").textContent = `${stateWords(state)} · ${tabWords(tabs)}`;
  byId("trouble").hidden = !error;
  byId("reason").textContent = error?.message ?? "";
  byId("stop").hidden = requests.length === 0;
}

/** One element for each message. One that has not changed is the same object, and not drawn again. */
function drawMessages(messages) {
  const list = byId("conversation");
  while (list.children.length > messages.length) list.lastChild.remove();
  for (const [index, message] of messages.entries()) {
    const item = list.children[index] ?? list.appendChild(document.createElement("li"));
    if (item.message === message) continue;
    item.message = message;
    item.className = "message";
    item.dataset.role = message.role;
    item.dataset.status = message.status ?? "";
    item.textContent = typeof message.content === "string" ? message.content : "";
  }
}
