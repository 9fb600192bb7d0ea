/** What the compiler says of the commonest slips: the first line of each message names what would be right. */
import assert from "node:assert/strict";

const config = decodeURI(new URL("../deno.json", import.meta.url).pathname);

/** Programs that do not compile, with what the message has to say, and what it must not begin with. */
const slips: Readonly<Record<string, { readonly code: string; readonly says: readonly RegExp[] }>> = {
  "a wrong type for the only output": {
    code: `Interface({ inputs: textbox(), outputs: textbox(), fn: (text) => text.length })`,
    says: [/^Type 'number' is not assignable to type 'Result<string \|/],
  },
  "a wrong type for a named output": {
    code: `Interface({ inputs: { name: textbox() }, outputs: { greeting: textbox() },
      fn: ({ name }) => ({ greeting: name.length }) })`,
    says: [/^Type 'number' is not assignable to type 'string \|/],
  },
  "a wrong key of an output": {
    code: `Interface({ inputs: { name: textbox() }, outputs: { greeting: textbox() },
      fn: ({ name }) => ({ greting: name }) })`,
    says: [/^Type '\{ greting: string; \}' .* '(?:Result<)?\{ readonly greeting\?: string \|/],
  },
  "a wrong key of an output of a promise": {
    code: `Interface({ inputs: { name: textbox() }, outputs: { greeting: textbox() },
      fn: async ({ name }) => ({ greting: await Promise.resolve(name) }) })`,
    says: [
      /Type '\{ greting: string; \}' has no properties in common with type '\{ readonly greeting\?: string \|/,
    ],
  },
  "a prop that a field has not": {
    code: `Blocks({ fields: { a: textbox(), go: button("Go") }, actions: ({ a, go }) => ({
      act: on(go.click, { outputs: { a }, fn: () => ({ a: update({ choices: ["x"] }) }) }) }) })`,
    says: [/'\{ readonly choices: readonly \["x"\]; \}' has no properties in common with type 'Changes</],
  },
  "a misspelt option": {
    code: `Interface({ inputs: textbox({ lable: "Name" }), outputs: textbox(), fn: (text) => text })`,
    says: [/Did you mean to write 'label'\?/],
  },
  "a misspelt input": {
    code: `Interface({ inputs: { name: textbox() }, outputs: textbox(), fn: ({ nmae }) => nmae })`,
    says: [/^Property 'nmae' does not exist on type/],
  },
};

Deno.test("The compiler names the type or the key that would be right", async () => {
  const folder = await Deno.makeTempDir({ prefix: "atoll_slips_" });
  try {
    const names = Object.keys(slips);
    const files = names.map((_, at) => `${folder}/slip${at}.tsx`);
    for (const [at, name] of names.entries()) {
      const code = `import { Blocks, button, Interface, on, textbox, update } from "atoll";\n` +
        `void [Blocks, button, Interface, on, textbox, update];\nexport default ${slips[name]?.code};\n`;
      await Deno.writeTextFile(files[at] as string, code);
    }
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", config, ...files],
      env: { NO_COLOR: "1" },
    }).output();
    const messages = new TextDecoder().decode(stderr).split(/^TS\d+ \[ERROR\]: /m);
    for (const [at, name] of names.entries()) {
      const own = messages.filter((message) => message.includes(`/slip${at}.tsx:`)).join("\n");
      assert.ok(own !== "", `${name} compiles`);
      for (const phrase of slips[name]?.says ?? []) assert.match(own, phrase, name);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
