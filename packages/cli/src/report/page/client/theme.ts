/** In the head, before anything is drawn: the theme that the reader chose last, and that scripts run here. */
export function restoreTheme(): void {
  const root = document.documentElement;
  root.dataset["scripted"] = "";
  try {
    const chosen = localStorage.getItem("atoll-theme");
    if (chosen === "light" || chosen === "dark") root.dataset["theme"] = chosen;
  } catch {
    // A page without storage follows the system.
  }
}

/** The button that turns light to dark, and remembers it where there is storage. */
export function themeButton(): void {
  const root = document.documentElement;
  const button = document.querySelector<HTMLButtonElement>("button.theme");
  if (button === null) return;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset["theme"] ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    root.dataset["theme"] = isDark() ? "light" : "dark";
    show();
    try {
      localStorage.setItem("atoll-theme", root.dataset["theme"]);
    } catch {
      // Forgotten with the page.
    }
  });
  system.addEventListener("change", show);
  show();
}
