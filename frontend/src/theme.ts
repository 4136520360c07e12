// Light, dark, or as the system is: the choice is kept, and `early.ts` applies it before the next page is drawn.

import { tool } from "./tools";

export type Theme = "system" | "light" | "dark";

const ORDER: readonly Theme[] = ["system", "light", "dark"];
const NAMES: Record<Theme, string> = { system: "as the system", light: "light", dark: "dark" };
const SIGNS: Record<Theme, string> = {
  system: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
  light: "M8 5a3 3 0 1 0 .01 0M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1",
  dark: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7",
};

let button: HTMLButtonElement | undefined;

/** Return what was chosen. */
export function chosen(): Theme {
  const theme = document.documentElement.dataset["theme"];
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** Take the next theme, and tell what draws by itself with the event `themechange`. */
export function nextTheme(): void {
  apply(ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length] ?? "system");
}

/** Put the button that changes the theme into the bar. */
export function addThemeButton(): void {
  button = tool("Theme", SIGNS[chosen()], nextTheme);
  name(chosen());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (chosen() === "system") announce();
  });
}

function apply(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // It holds for this page, then.
  }
  name(theme);
  announce();
}

function name(theme: Theme): void {
  if (!button) return;
  button.title = `Theme: ${NAMES[theme]} (t)`;
  button.setAttribute("aria-label", `Theme: ${NAMES[theme]}`);
  button.querySelector("path")?.setAttribute("d", SIGNS[theme]);
}

function announce(): void {
  document.dispatchEvent(new CustomEvent("themechange", { bubbles: true }));
}
