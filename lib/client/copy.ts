import { say } from "./say.ts";

/** How long the words stay beside the button. */
const DONE_MS = 2000;
const FAILED_MS = 8000;

/**
 * Puts a text into the clipboard, says beside the button and to screen readers whether it is there, and gives whether it is.
 * Pages that are served by http, under another name than localhost, have no clipboard of their own; there the text is
 * selected in a field and copied as a person does.
 */
export async function copy(
  text: string,
  button: HTMLElement,
): Promise<boolean> {
  const copied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => undefined,
  ) ??
    copyField(text);
  const words = copied ? "Copied" : "Cannot copy here: select the text and copy it";
  button.dataset.done = words;
  say(words);
  setTimeout(() => delete button.dataset.done, copied ? DONE_MS : FAILED_MS);
  return copied;
}

function copyField(text: string): boolean {
  const before = document.activeElement as HTMLElement | null;
  const field = document.createElement("textarea");
  field.className = "sr";
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  before?.focus();
  return copied;
}
