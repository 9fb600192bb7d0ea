/** Something that goes on round the answer to a request, such as measuring it. */
export type Around = (request: Request, answer: () => Promise<Response>) => Promise<Response>;

/** One for several, the first outermost; none for none, so that what is off costs nothing. */
export function around(...all: readonly (Around | undefined)[]): Around | undefined {
  return all.filter((one) => one !== undefined).reduceRight<Around | undefined>(
    (inner, outer) => inner ? (request, answer) => outer(request, () => inner(request, answer)) : outer,
    undefined,
  );
}
