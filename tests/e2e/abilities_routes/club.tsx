import { Blocks, browserState, button, cached, load, on, state, textbox, unload } from "atoll";

/** What pages that were left had been called. */
export const left: string[] = [];
/** Resolves when one has been left. */
export const someoneLeft = Promise.withResolvers<void>();

export default Blocks({
  title: "Club",
  fields: {
    name: textbox({ label: "Name" }),
    mail: textbox({ label: "Mail" }),
    answer: textbox({ label: "Answer" }),
    shout: textbox({ label: "Shout" }),
    member: state(""),
    remembered: browserState({ visits: 0 }, { key: "club" }),
    visits: textbox({ label: "Visits" }),
    members: textbox({ label: "Members" }),
    join: button("Join"),
    ask: button("Ask"),
  },
  actions: ({ name, mail, answer, shout, member, members, remembered, visits, join, ask }) => {
    const joining = on(join.click, {
      inputs: { name, mail },
      outputs: { answer, member },
      validate: {
        name: (name) => name.length < 2 ? "A name has two letters or more" : undefined,
        mail: async (mail) => mail.includes("@") ? undefined : "An address has an @",
      },
      fn: ({ name }) => ({ answer: `Welcome, ${name}`, member: name }),
    });
    return {
      joining,
      told: on(member.change, { inputs: member, outputs: members, fn: (member) => `${member} is in` }),
      asking: on(ask.click, {
        inputs: name,
        outputs: shout,
        fn: cached((name: string) => name.toUpperCase()),
      }),
      opening: on(load, {
        inputs: remembered,
        outputs: { remembered, visits },
        fn: (before) => ({ remembered: { visits: before.visits + 1 }, visits: `${before.visits + 1}` }),
      }),
      leaving: on(unload, { inputs: member, fn: leave }),
    };
  },
});

function leave(member: string): void {
  left.push(member);
  if (member === "Bob") someoneLeft.resolve();
}
