import { Blocks, button, Column, Fault, json, load, markdown, on, reset, Row, state, textbox } from "atoll";

/** How many messages the server keeps for one page. */
const KEPT = 20;

export default Blocks({
  title: "Chat of state",
  description: "A conversation with a memory. The messages stay on the server, for this page alone: " +
    "a second tab starts a conversation of its own.",
  fields: {
    message: textbox({ label: "Message", placeholder: "The tide is out" }),
    send: button({ label: "Send", variant: "primary" }),
    forget: button("Forget everything"),
    conversation: markdown({ label: "Conversation", showLabel: true, value: talk([], 0) }),
    held: json({ label: "What the server holds for this page", value: { count: 0, said: [] } }),
    count: state(0),
    said: state<string[]>([]),
  },
  actions: ({ message, send, forget, conversation, held, count, said }) => {
    const show = on(load, {
      inputs: { count, said },
      outputs: { conversation, held },
      api: false,
      fn: ({ count, said }) => ({ conversation: talk(said, count), held: { count, said } }),
    });
    const say = on([send.click, message.submit], {
      inputs: { message, count, said },
      outputs: { message, conversation, held, count, said },
      fn: ({ message, count, said }) => {
        if (message.trim() === "") throw new Fault("bad_input", "Say something first", { field: "message" });
        const now = { count: count + 1, said: [...said, message.trim()].slice(-KEPT) };
        return { ...now, message: "", conversation: talk(now.said, now.count), held: now };
      },
    });
    const clear = on(forget.click, {
      outputs: { conversation, held, count, said },
      fn: () => ({ conversation: reset(), held: reset(), count: reset(), said: reset() }),
    });
    return { show, say, clear };
  },
  layout: (ui) => (
    <Row>
      <Column scale={2}>
        <ui.conversation />
        <ui.message />
        <div class="flex flex-wrap gap-2">
          <ui.send />
          <ui.forget />
        </div>
      </Column>
      <Column>
        <ui.held />
      </Column>
    </Row>
  ),
});

// The answers follow from what is held, so that the conversation can be drawn again from that alone.
function talk(said: readonly string[], count: number): string {
  if (said.length === 0) return "*Nothing has been said yet.*";
  return said.map((message, i) => {
    const number = count - said.length + i + 1;
    const before = said[i - 1];
    const answer = before === undefined
      ? `That was message ${number}.`
      : `That was message ${number}. Before it you said “${before}”.`;
    return `**You:** ${message}\n\n**Atoll:** ${answer}`;
  }).join("\n\n");
}
