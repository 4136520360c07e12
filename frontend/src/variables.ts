// What may be chosen of a dashboard's variables.

import { popover } from "./popover";
import { element } from "./tools";
import type { VariableView } from "./wire";

const ALL = "$__all";

type Chosen = (name: string, values: string[]) => void;

/** Return a control for a variable; `chosen` is told every choice. */
export function control(variable: VariableView, chosen: Chosen): HTMLElement {
  const made = element("div", "variable");
  const id = `variable-${variable.name}`;
  const label = element("label", "", variable.title || variable.name);
  label.htmlFor = id;
  const box = variable.kind === "text" ? text(variable, chosen) : variable.multi ? several(variable, chosen, made) : one(variable, chosen);
  box.id = id;
  made.prepend(label, box);
  return made;
}

function text(variable: VariableView, chosen: Chosen): HTMLInputElement {
  const box = element("input");
  box.value = variable.current[0] ?? "";
  box.addEventListener("change", () => chosen(variable.name, [box.value]));
  return box;
}

function one(variable: VariableView, chosen: Chosen): HTMLSelectElement {
  const box = element("select");
  for (const value of variable.values) box.append(new Option(shown(value), value));
  box.value = variable.current[0] ?? "";
  box.addEventListener("change", () => chosen(variable.name, [box.value]));
  return box;
}

/** A button that opens a list with a box for each value; what was ticked is taken when the list closes. */
function several(variable: VariableView, chosen: Chosen, place: HTMLElement): HTMLButtonElement {
  const button = element("button", "button small", summary(variable.current));
  button.type = "button";
  place.append(button);
  const list = popover(button, "choices", variable.title || variable.name);
  const boxes = variable.values.map((value) => ticked(value, variable.current.includes(value)));
  list.append(...boxes.map(({ label }) => label));
  let before = variable.current;
  list.addEventListener("change", (event) => exclude(boxes, event.target));
  list.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState === "open") return;
    const now = picked(boxes);
    button.textContent = summary(now);
    if (now.join("\n") !== before.join("\n")) chosen(variable.name, now);
    before = now;
  });
  return button;
}

interface Ticked { value: string; box: HTMLInputElement; label: HTMLLabelElement }

function ticked(value: string, yes: boolean): Ticked {
  const label = element("label");
  const box = element("input");
  box.type = "checkbox";
  box.checked = yes;
  label.append(box, element("span", "", shown(value)));
  return { value, box, label };
}

/** All and single values exclude each other. */
function exclude(boxes: readonly Ticked[], target: EventTarget | null): void {
  const hit = boxes.find(({ box }) => box === target);
  if (!hit?.box.checked) return;
  for (const { value, box } of boxes) {
    if ((value === ALL) !== (hit.value === ALL)) box.checked = false;
  }
}

function picked(boxes: readonly Ticked[]): string[] {
  const values = boxes.filter(({ box }) => box.checked).map(({ value }) => value);
  const all = boxes.find(({ value }) => value === ALL);
  if (values.length > 0 || !all) return values;
  all.box.checked = true;
  return [ALL];
}

function shown(value: string): string {
  return value === ALL ? "All" : value || "(empty)";
}

function summary(values: readonly string[]): string {
  if (values.length > 2) return `${values.length} chosen`;
  return values.map(shown).join(", ") || "None";
}
