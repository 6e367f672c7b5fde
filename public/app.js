import { connect, newId } from "./client/index.js";
import { element } from "./elements.js";
import { fragmentOf, sessionIn } from "./fragment.js";
import { View } from "./view.js";
import { errorWords, stateWords } from "./words.js";

const page = Object.fromEntries(
  ["log", "form", "input", "model", "models", "stop", "state", "tabs", "notice", "new"]
    .map((id) => [id, document.getElementById(id)]));

const id = sessionIn(location.hash) ?? newId();
history.replaceState(null, "", fragmentOf(id));

const client = connect(undefined, { onState: showState });
const session = client.session(id);
const view = new View(page.log, session, {
  isOurs: (connection) => client.isOurs(connection),
  again(turn) {
    session.retry(turn.request, { model: page.model.value.trim() });
    view.scrollToEnd();
  },
});

session.subscribe(() => {
  page.stop.hidden = session.requests.length === 0;
});
session.on("tabs", ({ tabs }) => {
  page.tabs.textContent = tabs === 1 ? "1 tab" : `${tabs} tabs`;
});
session.on("error", ({ error }) => showError(error));
client.on("error", showError);
client.models().then(({ models }) => {
  page.models.replaceChildren(...models.map((model) => element("option", { value: model.id })));
}, showError);

function showState(state) {
  page.state.textContent = stateWords(state);
  page.state.dataset.state = { connecting: "connecting", reconnecting: "waiting" }[state.name] ?? state.name;
  if (state.name === "open") page.notice.hidden = true;
}

function showError(error) {
  page.notice.textContent = errorWords(error);
  page.notice.hidden = false;
}

function stop() {
  session.abort().catch(showError);
}

page.form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = page.input.value.trim();
  if (text === "") return;
  session.chat(text, { model: page.model.value.trim() });
  view.scrollToEnd();
  page.input.value = "";
});

page.input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  page.form.requestSubmit();
});

page.stop.addEventListener("click", () => {
  stop();
  page.input.focus();
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && !page.stop.hidden) stop();
});

page.model.value = localStorage.getItem("tributary.model") ?? "";
page.model.addEventListener("change", () => localStorage.setItem("tributary.model", page.model.value.trim()));

page.new.addEventListener("click", () => {
  location.hash = fragmentOf(newId());
});
addEventListener("hashchange", () => location.reload());
