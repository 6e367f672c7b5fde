// Before anything is drawn: a theme that was chosen by hand. A script of the old kind: modules run too late for that.
try {
  const { theme } = JSON.parse(localStorage.getItem("tributary.preferences") ?? "{}");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked, or holds nothing readable: the system's theme it is.
}
