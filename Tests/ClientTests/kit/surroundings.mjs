import { Lifecycle } from "../../../public/client/lifecycle.js";

/** A global object with a page that can lose its network, be hidden, and be seen again. */
export class Surroundings extends EventTarget {
  navigator = { onLine: true };
  document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  #listeners = 0;
  lifecycle = new Lifecycle(this);

  constructor() {
    super();
    for (const target of [this, this.document]) {
      const { addEventListener, removeEventListener } = EventTarget.prototype;
      target.addEventListener = (...args) => {
        this.#listeners += 1;
        addEventListener.apply(target, args);
      };
      target.removeEventListener = (...args) => {
        this.#listeners -= 1;
        removeEventListener.apply(target, args);
      };
    }
  }

  /** How many listeners there are. */
  get listeners() {
    return this.#listeners;
  }

  goOffline() {
    this.navigator.onLine = false;
    this.dispatchEvent(new Event("offline"));
  }

  goOnline() {
    this.navigator.onLine = true;
    this.dispatchEvent(new Event("online"));
  }

  /** Out of the back-forward cache. */
  comeBack() {
    this.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  }

  hide() {
    this.document.visibilityState = "hidden";
    this.document.dispatchEvent(new Event("visibilitychange"));
  }

  show() {
    this.document.visibilityState = "visible";
    this.document.dispatchEvent(new Event("visibilitychange"));
  }
}
