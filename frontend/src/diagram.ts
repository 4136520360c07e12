// In the frame: Mermaid measures with a style sheet inside the page, which the policy of the other pages forbids.

import mermaid from "mermaid";
import type { Answer, Colors, Drawn, Wish } from "./drawing";

// A drawing follows the one before: Mermaid keeps its settings in one place.
let before: Promise<void> = Promise.resolve();

addEventListener("message", (event: MessageEvent<Wish>) => {
  if (event.origin !== location.origin || event.source !== parent || event.data.kind !== "draw") return;
  const wish = event.data;
  before = before.then(async () => answer(await drawn(wish)));
});
answer({ kind: "ready" });

function answer(said: Answer): void {
  parent.postMessage(said, location.origin);
}

async function drawn(wish: Wish): Promise<Answer> {
  try {
    mermaid.initialize(settings(wish.colors));
    const { svg } = await mermaid.render(wish.id, wish.text);
    return withoutStyles(wish.id, svg);
  } catch (error) {
    return { kind: "failed", id: wish.id, message: error instanceof Error ? error.message : String(error) };
  }
}

function settings(colors: Colors): Parameters<typeof mermaid.initialize>[0] {
  return {
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    fontFamily: colors.font,
    theme: "base",
    themeVariables: {
      darkMode: colors.dark,
      background: colors.surface,
      fontFamily: colors.font,
      fontSize: "15px",
      primaryColor: colors.paper,
      primaryTextColor: colors.ink,
      primaryBorderColor: colors.line,
      lineColor: colors.line,
      textColor: colors.ink,
      edgeLabelBackground: colors.surface,
      secondaryColor: colors.surface,
      tertiaryColor: colors.surface,
      noteBkgColor: colors.paper,
      noteTextColor: colors.ink,
      noteBorderColor: colors.accent,
    },
  };
}

function withoutStyles(id: string, svg: string): Drawn {
  const place = document.createElement("div");
  place.innerHTML = svg;
  const sheets = [...place.querySelectorAll("style")];
  const css = sheets.map((sheet) => sheet.textContent ?? "").join("\n");
  sheets.forEach((sheet) => sheet.remove());
  for (const styled of place.querySelectorAll("[style]")) {
    styled.setAttribute("data-style", styled.getAttribute("style") ?? "");
    styled.removeAttribute("style");
  }
  const root = place.querySelector("svg");
  return { kind: "drawn", id, svg: root ? new XMLSerializer().serializeToString(root) : "", css };
}
