// In the page's head, before anything is drawn: the theme, so that none flashes, and that scripts run at all.

{
  const root = document.documentElement;
  root.classList.add("scripted");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // A browser that keeps nothing shows the system's theme.
  }
}

export {};
