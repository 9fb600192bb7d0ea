/** The one of `names` that a misspelt name most likely stands for; `undefined` when none is near. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(3, Math.floor(name.length / 4)) + 1;
  for (const other of names) {
    const far = distance(name, other);
    if (far < least) [best, least] = [other, far];
  }
  return best;
}

// Letters to put in, take out or change.
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
