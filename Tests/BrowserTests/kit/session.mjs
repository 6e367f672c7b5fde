/** A session whose events a test tells. */
export function sessionOf(fields = {}) {
  const listeners = new Map();
  return {
    turns: [],
    isJoined: true,
    on(type, listener) {
      const heard = listeners.get(type) ?? new Set();
      listeners.set(type, heard.add(listener));
      return () => heard.delete(listener);
    },
    tell(type, event = {}) {
      for (const listener of listeners.get(type) ?? []) listener({ type, ...event });
    },
    ...fields,
  };
}
