const NONCE = /'nonce-[^'\s;,]*'/;
/** Stands for the nonce. No header can have it, and it is no white space, which is taken off the ends of directives. */
const PLACE = "\u0001";
const MOST_SHAPES = 200;

/**
 * What is made of policies, each looked at once: the policies of pages differ in their nonce alone. An app whose policies
 * differ in more has them looked at again.
 */
export class Shapes<T extends { readonly policy: string | null }> {
  readonly #known = new Map<string, T>();

  /** What `make` makes of a policy. `by`: on what else that depends. */
  of(policy: string, by: string, make: (policy: string) => T): T {
    const nonce = NONCE.exec(policy)?.[0];
    const shape = nonce === undefined ? policy : policy.replaceAll(nonce, PLACE);
    const key = `${by}${PLACE}${shape}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = make(shape);
      if (this.#known.size >= MOST_SHAPES) this.#known.clear();
      this.#known.set(key, known);
    }
    if (nonce === undefined || known.policy === null) return known;
    return { ...known, policy: known.policy.split(PLACE).join(nonce) };
  }
}
