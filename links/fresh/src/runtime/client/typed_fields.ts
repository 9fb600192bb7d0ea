type Field = HTMLInputElement | HTMLTextAreaElement;

/** The fields whose contents the visitor has changed since the page came. */
export function typedFields(): Field[] {
  return [...document.querySelectorAll<Field>("input,textarea")].filter((
    field,
  ) =>
    isTick(field)
      ? field.checked !== field.defaultChecked
      // Of other types a browser changes the value by itself, to one that is allowed
      : /^(text|search|tel|url|email|password|number)/.test(field.type) &&
        field.value !== field.defaultValue
  );
}

/** Runs `revive` so that `fields` keep what was typed, and then tells the island of it. */
export function withTyped(fields: Field[], revive: () => void): void {
  for (const field of fields) {
    const { value } = field;
    // Preact writes to a textarea even while it takes over the server's elements
    Object.defineProperty(field, "value", {
      configurable: true,
      get: () => value,
      set() {},
    });
  }
  revive();
  for (const field of fields) {
    delete (field as Partial<Field>).value;
    const tell = (type: string) => field.dispatchEvent(new Event(type, { bubbles: true }));
    tell("input");
    if (isTick(field) || document.activeElement !== field) tell("change");
  }
}

function isTick(field: Field): field is HTMLInputElement {
  return /^(checkbox|radio)$/.test(field.type);
}
