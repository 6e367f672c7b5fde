import { Client } from "../../../public/client/client.js";
import { Clock } from "./clock.mjs";
import { fakeSockets } from "./socket.mjs";
import { Surroundings } from "./surroundings.mjs";
import { SESSION, joined, welcome } from "./frames.mjs";

/** A client with a clock, a network and a page of the test's own. */
export class World {
  clock = new Clock();
  Socket = fakeSockets();
  page = new Surroundings();
  states = [];
  errors = [];

  constructor(options = {}, { random = () => 1 } = {}) {
    const parts = { clock: this.clock, random, lifecycle: this.page.lifecycle };
    this.client = new Client("ws://here/v1/ws", { WebSocket: this.Socket, ...options }, parts);
    this.states.push(this.client.state);
    this.client.on("state", (state) => this.states.push(state));
    this.client.on("error", (error) => this.errors.push(error));
  }

  get socket() {
    return this.Socket.latest;
  }

  get state() {
    return this.states.at(-1);
  }

  /** A session, joined in `epoch` with nothing in it. What was sent for that is forgotten. */
  joined(epoch = "e", id = SESSION) {
    const session = this.client.session(id);
    if (this.client.state.name !== "open") this.socket.say(welcome());
    this.answerJoin(joined(epoch, 0, undefined, { session: id }));
    this.socket.sent = [];
    return session;
  }

  /** Answers the newest join of that session. */
  answerJoin(frame, ...more) {
    const join = this.socket.ofType("join").findLast(({ session }) => session === frame.session);
    this.socket.say({ ...frame, id: join.id }, ...more);
  }

  /** The connection is lost, and the next one is there and welcomed. */
  cut(fields = {}) {
    this.socket.die(1006);
    this.client.reconnect();
    this.socket.say(welcome(`c${this.Socket.made.length}`, fields));
  }
}

/** Lets promises that are settled be heard. */
export function settle() {
  return new Promise((resolve) => setImmediate(resolve));
}
