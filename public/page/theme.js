/**
 * Light, dark, or as the system has it.
 *
 * @param {"system" | "light" | "dark"} theme
 */
export function applyTheme(theme) {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
}
