/** Whether a text holds control characters: some systems end a text at the first of them, others leave them out. */
export function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
