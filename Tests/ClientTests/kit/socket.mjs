/** Makes a WebSocket class of which the test plays the server: all that were made are in `made`. */
export function fakeSockets() {
  return class FakeSocket {
    static made = [];
    static get latest() {
      return this.made.at(-1);
    }

    sent = [];
    isClosed = false;
    bufferedAmount = 0;
    onmessage = null;
    onclose = null;
    onerror = null;

    constructor(url, protocols) {
      Object.assign(this, { url, protocols });
      this.constructor.made.push(this);
    }

    send(data) {
      this.sent.push(data);
      this.onsent?.(data);
    }

    close(code) {
      this.isClosed = true;
      this.closeCode = code;
      this.onclosed?.(code);
    }

    /** All commands that were sent, in order. */
    get commands() {
      return this.sent.flatMap((data) => data.split("\n").map((line) => JSON.parse(line)));
    }

    ofType(type) {
      return this.commands.filter((command) => command.type === type);
    }

    say(...frames) {
      this.onmessage?.({ data: frames.map((frame) => JSON.stringify(frame)).join("\n") });
    }

    die(code) {
      this.onclose?.({ code });
    }
  };
}
