/** Only ever loaded on demand. */
export function heavy(): string {
  return "heavy code";
}
