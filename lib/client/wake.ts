type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What the page's inline script notes before the fields of the page are alive, see `lib/gate/early_script.ts`. */
interface Early {
  /** Buttons that were pressed. */
  pressed?: Set<HTMLElement>;
  /** Controls that were used, each with the last event that it had: `input` or `change`. */
  used?: Map<Control, string>;
  /** Ends the noting of `used`. */
  end?: () => void;
}

/** What a control, or an option of one, holds of the visitor's. */
const STATE = ["value", "checked", "selected"];

const early = (): Early => (globalThis as { atollEarly?: Early }).atollEarly ?? {};

/**
 * Holds what the visitor wrote and chose in a field since the page came, while Preact takes the field over: it would write
 * the value that the server knew over it. The result, to be called once the field is alive, tells the view.
 */
export function keepTyped(id: string): () => void {
  const field = `[data-field="${CSS.escape(id)}"] `;
  const all = document.querySelectorAll<Control>(`${field}input,${field}textarea,${field}select`);
  const kept = [...all].flatMap((control) => {
    const told = early().used?.get(control) ?? (isChanged(control) && "change");
    return told ? [{ control, told }] : [];
  });
  const held = kept.flatMap(({ control }) => [control, ..."options" in control ? control.options : []]);
  for (const node of held) {
    for (const name of STATE) {
      const value: unknown = node[name as "value"];
      Object.defineProperty(node, name, { configurable: true, get: () => value, set() {} });
    }
  }
  return () => {
    for (const node of held) for (const name of STATE) delete (node as Partial<typeof node>)[name as "value"];
    for (const { control, told } of kept) {
      for (const type of ["input", "change"]) {
        if (type === "input" || told === type) control.dispatchEvent(new Event(type, { bubbles: true }));
      }
    }
  };
}

/** Gives the buttons of a page the presses that came before they were alive. Called when all fields are. */
export function givePresses(alive: ReadonlySet<string>): void {
  const { pressed, used, end } = early();
  end?.();
  used?.clear();
  for (const button of pressed ?? []) {
    if (alive.has(button.id) && pressed?.delete(button)) button.click();
  }
}

/** Whether a control has something else than the server drew: the browser puts back what was there before a reload. */
export function isChanged(control: Control): boolean {
  const form = document.createElement("form");
  const drawn = form.appendChild(control.cloneNode(true)) as Control;
  form.reset();
  return control.type !== "file" && STATE.some((name) => drawn[name as "value"] !== control[name as "value"]);
}
