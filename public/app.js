import { Connection } from "./connection.js";
import { element } from "./elements.js";
import { fragmentOf, newId, sessionIn } from "./identifier.js";
import { Session } from "./session.js";
import { View } from "./view.js";
import { errorWords, stateWords } from "./words.js";

const page = Object.fromEntries(
  ["log", "form", "input", "model", "models", "stop", "state", "tabs", "notice", "new"]
    .map((id) => [id, document.getElementById(id)]));

const id = sessionIn(location.hash) ?? newId();
history.replaceState(null, "", fragmentOf(id));

const session = new Session(id, (...commands) => connection.send(...commands), {
  turnChanged(change) {
    view.turnChanged(change);
    showRunning();
  },
  replaced() {
    view.replaced();
    showRunning();
  },
  outboxChanged() {
    view.outboxChanged();
    showRunning();
  },
  tabsChanged(count) {
    page.tabs.textContent = count === 1 ? "1 tab" : `${count} tabs`;
  },
  modelsChanged(models) {
    page.models.replaceChildren(...models.map((model) => element("option", { value: model.id })));
  },
  noticed(error) {
    page.notice.textContent = errorWords(error);
    page.notice.hidden = false;
  },
});

const view = new View(page.log, session, {
  again: (turn) => ask(turn.prompts[0].content, turn.request),
  resend(chat) {
    session.dismiss(chat.request);
    ask(chat.command.input, chat.command.replaces);
  },
});

const connection = new Connection(bridgeURL(), {
  opened: (welcome) => session.opened(welcome),
  received: (frames) => session.received(frames),
  lost: () => session.lost(),
  stateChanged(state) {
    page.state.textContent = stateWords(state);
    page.state.dataset.state = state.name;
    if (state.name === "open") page.notice.hidden = true;
  },
});

function ask(input, replaces) {
  session.chat({ input, model: page.model.value.trim(), replaces });
  view.scrollToEnd();
}

function showRunning() {
  const isBusy = session.transcript.running.length > 0
    || session.outbox.chats.some((chat) => chat.state !== "failed");
  page.stop.hidden = !isBusy;
}

/** Beside this page, so that a server under a path works, too. */
function bridgeURL() {
  const url = new URL("v1/ws", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  url.search = "";
  return url.href;
}

page.form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = page.input.value.trim();
  if (text === "") return;
  ask(text);
  page.input.value = "";
});

page.input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  page.form.requestSubmit();
});

page.stop.addEventListener("click", () => {
  session.abort();
  page.input.focus();
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && !page.stop.hidden) session.abort();
});

page.model.value = localStorage.getItem("tributary.model") ?? "";
page.model.addEventListener("change", () => localStorage.setItem("tributary.model", page.model.value.trim()));

page.new.addEventListener("click", () => {
  location.hash = fragmentOf(newId());
});
addEventListener("hashchange", () => location.reload());
addEventListener("online", () => connection.retryNow());

connection.open();
