import { connect, newId } from "../client/index.js";
import { fragmentOf, sessionIn } from "./address.js";
import { addressee } from "./addressee.js";
import { Announcer } from "./announcer.js";
import { Chat, beginning } from "./chat.js";
import { Composer } from "./composer.js";
import { ConnectionView } from "./connection-view.js";
import { Drawer } from "./drawer.js";
import { Drafts } from "./drafts.js";
import { byId, setText } from "./elements.js";
import { KeyField } from "./key-field.js";
import { textViews } from "./markdown-text.js";
import { ModelPicker } from "./model-picker.js";
import { Notice } from "./notice.js";
import { counted } from "./numbers.js";
import { ownModels } from "./own-models.js";
import { Preferences } from "./preferences.js";
import { editableContent } from "./question.js";
import { RecentsView } from "./recents-view.js";
import { Recents } from "./recents.js";
import { ScrollAnchor } from "./scroll-anchor.js";
import { Settings } from "./settings.js";
import { Shortcuts } from "./shortcuts.js";
import { SystemField } from "./system-field.js";
import { PageTitle } from "./title.js";
import { Unsent } from "./unsent.js";

/** What a server takes that does not say, in bytes. */
const MESSAGE_BYTES = 8 * 1024 * 1024;

const preferences = new Preferences();
const announcer = new Announcer(byId("announcer", HTMLElement));
const notice = new Notice(byId("notice", HTMLElement), () => composer.focus());
const anchor = new ScrollAnchor(byId("log", HTMLElement), byId("content", HTMLElement), byId("to-end", HTMLElement));
const title = new PageTitle();
const connectionView = new ConnectionView(announcer, () => client.reconnect());

const client = connect(undefined, {
  client: "tributary-page",
  onState(state) {
    connectionView.show(state);
    if (state.name === "open") notice.connected();
  },
});
client.on("error", (error) => notice.show(error, true));

const settings = new Settings(preferences);
const system = new SystemField();
const keyField = new KeyField({
  check: (key, upstream) => client.checkKey(key, upstream === "" ? {} : { upstream }),
  changed: () => picker.outdate(),
  accepted() {
    picker.outdate();
    void picker.refresh();
  },
});
/** @type {ModelPicker} */
const picker = new ModelPicker({ model: preferences.get("model"), upstream: preferences.get("upstream") }, {
  ask: () => ownModels(client, picker.choice.upstream, keyField),
  changed(choice) {
    preferences.set(choice);
    keyField.upstream = choice.upstream;
  },
});
keyField.upstream = picker.choice.upstream;

const chats = new Drawer("chats", "(min-width: 60rem)", preferences.get("showsChats"),
  (showsChats) => preferences.set({ showsChats }));
const settingsDrawer = new Drawer("settings", "(min-width: 72rem)", preferences.get("showsSettings"),
  (showsSettings) => preferences.set({ showsSettings }));

/** @type {Recents} */
const recents = new Recents(() => recentsView.draw());
/** @type {RecentsView} */
const recentsView = new RecentsView(recents, {
  forgotten(id) {
    const isShown = id === undefined || id === chat.id;
    if (isShown) {
      composer.begin("");
      chat.forget();
    }
    for (const custody of custodies) if (id === undefined || custody.session === id) custody.forgetAll();
    drafts.forget(id);
    unsent.forget(id);
    system.forget(id, isShown);
    takeBack(id);
    if (isShown) openNew();
  },
});

const drafts = new Drafts();
const unsent = new Unsent();
/** @type {import("./chat.js").Page["custodies"]} */
const custodies = new Set();
const composer = new Composer({
  room: () => client.limits?.message_bytes ?? MESSAGE_BYTES,
  stop,
  ask: (content, replaces) => chat.ask(content, replaces),
  drafted: (text) => drafts.set(chat.id, text),
});

new Shortcuts({
  stop() {
    if (composer.isEditing) composer.escape();
    else if (chat.isRunning) stop();
    else return false;
    return true;
  },
  newChat,
  chooseModel: () => picker.focus(),
  settings: () => (settingsDrawer.isOpen ? settingsDrawer.close() : settingsDrawer.open()),
  editLast() {
    const turn = chat.lastAsked;
    const content = turn && editableContent(turn);
    if (turn === undefined || content == null || !composer.isEmpty || composer.isEditing) return false;
    composer.edit(turn.request, content);
    return true;
  },
});

/** @type {import("./chat.js").Page} */
const page = {
  client,
  announcer,
  places: {
    log: byId("log", HTMLElement),
    turns: byId("turns", HTMLElement),
    welcome: byId("welcome", HTMLElement),
    earlier: byId("earlier", HTMLElement),
  },
  newText: textViews(),
  asking,
  system: () => system.value,
  edit: (turn, content) => composer.edit(turn.request, content),
  offer,
  unsent,
  custodies,
  changed,
  shown,
  back: (draft) => composer.restore(draft),
  withdrawn: (text) => composer.withdraw(text),
  asked() {
    system.asked();
    anchor.toEnd();
  },
  held: (obstacle) => composer.hold(obstacle),
  outdated: () => composer.outdate(),
  said: (words) => composer.say(words),
  ended: () => title.ended(),
  noticed: (error) => notice.show(error),
};

/** The newest session that this page has made an id for. */
let made = "";
let chat = openChat();
system.begin(chat.id);
/** The newest request that the list of recent chats knows of. */
let lastRequest = "";

/** The session in the page's address, or a new one. */
function openChat() {
  const id = sessionIn(location.hash) ?? newSession();
  if (location.hash !== fragmentOf(id)) history.replaceState(null, "", fragmentOf(id));
  recentsView.current = id;
  composer.begin(drafts.get(id), drafts.pictures(id));
  return new Chat(id, page);
}

function openNew() {
  location.hash = fragmentOf(newSession());
}

function newSession() {
  made = newId();
  return made;
}

/**
 * What is written in a chat in which nothing was asked yet is in no other: no list would lead back to it. Before it is
 * joined, that is known only of one that began here.
 */
function newChat() {
  const { turns, isJoined } = chat.snapshot;
  const isNew = turns.length === 0 && (isJoined || (chat.id === made && !isListed(chat.id)));
  if (isNew) composer.invite();
  else openNew();
}

/**
 * What waits in a chat is not asked any more.
 *
 * @param {string | undefined} id all of them where it is not given
 */
function takeBack(id) {
  const sessions = client.sessions.filter((session) => id === undefined || session.id === id);
  const waiting = sessions.flatMap(({ requests }) => requests).filter(({ status }) => status === "waiting");
  for (const request of waiting) request.abort().catch(page.noticed);
}

/** @param {string} id */
function isListed(id) {
  return recents.list.some((recent) => recent.id === id);
}

addEventListener("hashchange", () => {
  const { id: from } = chat;
  if (sessionIn(location.hash) === from) return;
  drafts.keep(from, composer.leave());
  chat.leave();
  notice.hide();
  chat = openChat();
  system.changeChat({ from, to: chat.id, isNew: !isListed(chat.id) });
  anchor.toEnd();
  chats.closeIfOver();
  composer.invite();
});

byId("new", HTMLElement).addEventListener("click", () => {
  newChat();
  chats.closeIfOver();
  composer.invite();
});
byId("skip", HTMLElement).addEventListener("click", () => composer.focus());

function stop() {
  composer.stay();
  chat.stop();
}

/**
 * What waits for the chat goes also where nothing is drawn: in a hidden tab.
 *
 * @param {Chat} chat
 */
function changed(chat) {
  if (!composer.isWaiting) return; // A snapshot is made when it is looked at, and this is asked for each message.
  const { snapshot } = chat;
  if (!snapshot.isJoined) return;
  system.show(snapshot);
  const { turns, requests } = snapshot;
  composer.release({ isEmpty: turns.length === 0, isRunning: requests.length > 0, isUnderItsOwn: system.isOwn });
}

/** @param {import("../client/index.js").SessionSnapshot} snapshot */
function shown(snapshot) {
  const { turns, tabs, requests } = snapshot;
  system.show(snapshot);
  const { replaces } = composer;
  if (replaces !== undefined && !turns.some(({ request }) => request === replaces)) composer.outdate();
  if (client.limits !== null) settings.features = client.features; // It has said what it can do.
  composer.isRunning = requests.length > 0;
  const count = byId("tabs", HTMLElement);
  count.hidden = tabs === 0;
  setText(count, counted(tabs, "tab"));
  const last = turns.at(-1);
  if (last === undefined || last.request === lastRequest) return;
  lastRequest = last.request;
  recents.touch(chat.id, last.at);
  recents.entitle(chat.id, beginning(turns));
}

/** What a question is asked with now; null, and the field in question shown, where that cannot be sent. */
function asking() {
  const { options, slip } = settings.read();
  if (slip !== undefined) {
    composer.say("A setting cannot be sent as it stands.");
    settingsDrawer.open();
    slip.focus();
    return null;
  }
  const { model } = picker.choice;
  const to = addressee(picker.choice, keyField, picker.list);
  if (to === null) {
    picker.focus();
    composer.say(`Your key is for the default upstream, and “${model}” may go to another.`
      + " Choose the model from the list, or take the key out.");
    return null;
  }
  const { upstream, key } = to;
  return { ...options, ...(model && { model }), ...(upstream && { upstream }), ...(key && { key }) };
}

/** @param {import("./error-words.js").Offer} what */
function offer(what) {
  if (what === "reload") return location.reload();
  if (what === "model") return picker.focus();
  settingsDrawer.open();
  if (what === "key") keyField.focus();
  else byId("fit", HTMLElement).focus();
}
