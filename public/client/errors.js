/** @typedef {import("./index.js").ErrorFields} ErrorFields */

/** What went wrong, with the protocol's code (docs/protocol.md, "Errors"). Members that are not known are undefined. */
export class TributaryError extends Error {
  /** @param {ErrorFields} fields an `error` frame, or the `error` of a snapshot's message */
  constructor({ code, message, retryable, retry_after_ms, stage, status, field, upstream, request, session }) {
    super(message ?? code);
    this.name = /** @type {const} */ ("TributaryError");
    /** @readonly */ this.code = code;
    /** @readonly */ this.retryable = retryable === true;
    /** @readonly */ this.retryAfterMs = retry_after_ms;
    /** @readonly */ this.stage = stage;
    /** @readonly */ this.status = status;
    /** @readonly */ this.field = field;
    /** @readonly */ this.upstream = upstream;
    /** @readonly */ this.request = request;
    /** @readonly */ this.session = session;
  }
}

/** An answer was lost, and the command was sent again: nothing has failed yet. */
export class AskedAgain extends TributaryError {
  /** @param {string} session */
  constructor(session) {
    const message = "The server did not answer what it was asked in this session, and was asked again.";
    super({ code: "internal", message, retryable: true, session });
  }
}

/**
 * A request that is lost, as far as this tab knows.
 * @param {string} message
 */
export function interrupted(message) {
  return new TributaryError({ code: "interrupted", message, retryable: true });
}

/**
 * A question whose id another one has.
 * @param {string} request
 * @param {string} session
 */
export function taken(request, session) {
  const message = "Another question was asked under this id.";
  return new TributaryError({ code: "request_exists", message, request, session });
}

/**
 * Tells an error that nobody can catch to whoever watches the page or the program.
 * @param {unknown} error
 */
export function report(error) {
  if (typeof reportError === "function") {
    reportError(error);
  } else {
    queueMicrotask(() => {
      throw error;
    });
  }
}
