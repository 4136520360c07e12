// A button on each block of code that copies it.

import { element } from "./tools";

const SAID_MILLISECONDS = 1600;

/** Add a button to every block of code in `root` that has none. */
export function addCopyButtons(root: ParentNode): void {
  if (!navigator.clipboard) return;
  for (const code of root.querySelectorAll<HTMLElement>("pre > code:not(.language-mermaid)")) {
    const block = code.parentElement;
    if (!block || block.parentElement?.classList.contains("copyable")) continue;
    const frame = element("div", "copyable");
    block.replaceWith(frame);
    frame.append(block, copyButton(code));
    // It scrolls sideways, so it must be reachable by keys.
    block.tabIndex = 0;
  }
}

function copyButton(code: HTMLElement): HTMLButtonElement {
  const button = element("button", "button small copy", "Copy");
  button.type = "button";
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(withoutPrompts(code.textContent ?? "")).then(
      () => say(button, "Copied"),
      () => say(button, "Not allowed"),
    );
  });
  return button;
}

/** Return commands as they are typed: without the `$ ` in front of each, where a block shows it. */
export function withoutPrompts(text: string): string {
  const trimmed = text.replace(/\n+$/, "");
  const commands = trimmed.split("\n").filter((line) => line.startsWith("$ "));
  return commands.length > 0 ? commands.map((line) => line.slice(2)).join("\n") : trimmed;
}

function say(button: HTMLButtonElement, text: string): void {
  button.textContent = text;
  setTimeout(() => { button.textContent = "Copy"; }, SAID_MILLISECONDS);
}
