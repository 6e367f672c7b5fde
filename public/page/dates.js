const DAY_MS = 86_400_000;

/**
 * When something was, as people say it: "14:05", "Yesterday, 14:05", "3 Mar, 14:05".
 *
 * @param {number} at Unix milliseconds
 * @param {number} now
 */
export function whenWords(at, now) {
  const date = new Date(at);
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (date.toDateString() === new Date(now).toDateString()) return `Today, ${time}`;
  if (date.toDateString() === new Date(now - DAY_MS).toDateString()) return `Yesterday, ${time}`;
  return `${date.toLocaleDateString([], { day: "numeric", month: "short", year: "numeric" })}, ${time}`;
}
