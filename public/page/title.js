const TITLE = "Tributary";

/**
 * The page's title. Browsers keep titles in their history, so nothing of a conversation is in it: only a mark, where an
 * answer is complete and nobody has looked yet.
 */
export class PageTitle {
  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) document.title = TITLE;
    });
  }

  ended() {
    if (document.hidden) document.title = `● ${TITLE}`;
  }
}
