import type { Passage } from "./passages.ts";

/** A mistake in a passage. */
export interface Mistake {
  readonly line: number;
  /** The rule, and what to do instead. */
  readonly rule: string;
  /** The sentence. */
  readonly sentence: string;
}

/** The most words of a sentence. Code counts as one word. */
export const MOST_WORDS = 25;

/** Turns of phrase that readers stumble over, with the usual words. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\bwhat \S+ (is|was|are) told\b/i, 'say "Options for ..."'],
  [/^The word\.$/i, "say what it means, or nothing"],
  [/^(Holds none at first|Starts nothing)\.$/i, "leave it out"],
  [/\bdear(er|est|ly)?\b/i, 'say "expensive" or "slow"'],
  [/\bmend(s|ed|ing)?\b/i, 'say "fix", "repair" or "handle"'],
  [/\b(lets?|letting) go of\b/i, 'say "releases" or "forgets"'],
  [/\bof late\b/i, 'say "recently"'],
  [/\banew\b/i, 'say "again"'],
  [/\bfor ever\b/i, 'say "forever" or "without end"'],
  [/\bthough it be\b|\bbe it\b/i, "say it in the indicative"],
  [/\b(has|have|had) not (the|a|an|any|its|their)\b/i, 'say "does not have"'],
  [/\bthat there (are|is) not\b|\bthat are none\b/i, 'say "that do not exist"'],
  [/\b(of|by|for|with) (theirs|ours|yours)\b/i, "name the thing"],
  [/\b(nobody|somebody|everybody|anybody) else's\b/i, "name whose it is"],
  [/\bof version (4|6)\b/i, 'say "IPv4" or "IPv6"'],
  [/\bfinds nothing there\b/i, 'say "gets a 404"'],
  [/\bis to blame\b|\bto be had\b/i, "say what happened"],
  [/\bwhosoever\b|\bwhoever\b|\bwhomever\b/i, "name the person"],
  [
    /(?<!\b(there|here) )\b(is|are|was|were) no (?!one\b|longer\b|more\b|way\b)[a-z]+\b/i,
    'say "is not a ..."',
  ],
  [/\bso as to\b|\bsuch as it is\b|\bas it were\b/i, "leave it out"],
  [/\b(hers|his) alone\b|\btheirs alone\b/i, "name whose it is"],
];

/** Clauses whose subject is missing, as far as a program can see it. */
const NO_SUBJECT: readonly (readonly [RegExp, string])[] = [
  [/^(Who|Whose|What|Whatever|Whatsoever)\b(?!.*\?["')]*$)/, "a clause without a noun: name the subject"],
  [/^(One|Ones|Those|That) (that|who|which|whose)\b/, "a clause without a noun: name the subject"],
  [
    /(?:[;:]|\b(?:and|but|or|so|than|as|if|when|where|because|that)) who (?!(?:it|they|he|she|you|we)\b)(?!.*\?$)/,
    '"who" without a noun: name the person',
  ],
  [
    /(?:[;:,]|\b(?:and|but|or|than|as|is|are|with|for|of|to|from)) (?:one|ones) (?:that|which|whose|who)\b/,
    '"one that" without a noun: name the thing',
  ],
  [
    /\b(?:of|with|for|from|to|in|on|by|past|than|after|before|beyond|besides|beside|and|but|or|as|so|that) what (?:is|was|are|were|has|had|came|comes|goes|stays|remains|may|must|can|will|would|does|follows|hangs|waits)\b/,
    '"what is" without a noun: name the thing',
  ],
];

/** Verbs that are no nouns: a sentence that begins with one has no subject. */
const VERB =
  /^(?:Has|Have|Had|Is|Are|Was|Were|Does|Did|Holds|Takes|Gives|Says|Tells|Knows|Goes|Comes|Stays|Makes|Keeps|Becomes|Begins|Refuses|Throws|Belongs|Means|Happens|Lies|Stands)\b(?!.*\?["')]*$)/;

/** The mistakes of a passage. */
export function mistakesOf(passage: Passage): Mistake[] {
  const found: Mistake[] = [];
  const { line, kind } = passage;
  sentencesOf(passage.text).forEach((sentence, at) => {
    const say = (rule: string) => found.push({ line, rule, sentence });
    const words = countWords(sentence);
    if (words > MOST_WORDS) say(`${words} words: at most ${MOST_WORDS}`);
    for (const [turn, instead] of BANNED) {
      const match = turn.exec(sentence);
      if (match) say(`"${match[0]}": ${instead}`);
    }
    // A heading and the label of a field name a thing: "What happened".
    if (kind === "heading" || (kind === "ui" && words <= 8 && !/[.!,;:]/.test(sentence))) return;
    for (const [clause, rule] of NO_SUBJECT) if (clause.test(sentence)) say(rule);
    // The first sentence of a doc comment or a cell says what the thing does: "Opens a demo".
    if ((at > 0 || kind === "prose") && VERB.test(sentence)) say("a sentence without a subject: name it");
  });
  return found;
}

/** The sentences of a text. A colon or a semicolon ends none. */
export function sentencesOf(text: string): string[] {
  return text.trim().split(/(?<=[.!?]["')*]*)\s+(?=["'(*]*[\p{Lu}\p{N}⟦])/u).filter((sentence) =>
    sentence !== ""
  );
}

/** How many words a sentence has. A name of a file in brackets counts as none. */
export function countWords(sentence: string): number {
  return sentence.replace(/\((?:⟦⟧(?:, | and )?)+\)/g, "").split(/\s+/)
    .filter((word) => /[\p{L}\p{N}⟦]/u.test(word)).length;
}
