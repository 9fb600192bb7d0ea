import { Blocks, button, Column, Fault, image, load, number, on, Row, textbox } from "atoll";
import { Board } from "./(_board)/board.ts";

const board = new Board();

export default Blocks({
  title: "Members",
  description: "A members' board. Editors can also change it, and make a poster that nobody else can fetch.",
  fields: {
    notes: textbox({ label: "On the board", lines: 6, interactive: false }),
    who: textbox({ label: "You are", interactive: false }),
    refresh: button({ label: "Look again" }),
    note: textbox({ label: "New note", maxLength: 60 }),
    add: button({ label: "Put it up", variant: "primary" }),
    which: number({ label: "Number of the note", value: 1 }),
    remove: button({ label: "Take it down", variant: "stop" }),
    print: button({ label: "Make a poster" }),
    poster: image({ label: "Poster" }),
  },
  actions: ({ notes, who, refresh, note, add, which, remove, print, poster }) => {
    const look = on([load, refresh.click], {
      outputs: { notes, who },
      fn: (_, { request: { user } }) => ({
        notes: board.text(),
        who: user ? `${user.name}: ${user.roles.join(" and ")}` : "nobody",
      }),
    });
    const putUp = on([add.click, note.submit], {
      allow: "editor",
      inputs: { note },
      outputs: { notes, note },
      fn: ({ note }) => {
        if (note.trim() === "") throw new Fault("refused", "Write something first", { field: "note" });
        board.add(note);
        return { notes: board.text(), note: "" };
      },
    });
    const takeDown = on(remove.click, {
      allow: "editor",
      inputs: { which },
      outputs: notes,
      fn: ({ which }) => {
        if (!Number.isInteger(which) || !board.remove(which ?? 0)) {
          throw new Fault("refused", "There is no note of that number", { field: "which" });
        }
        return board.text();
      },
    });
    const makePoster = on(print.click, { allow: "editor", outputs: poster, fn: () => board.poster() });
    return { look, putUp, takeDown, makePoster };
  },
  layout: (ui) => (
    <Row>
      <Column>
        <ui.notes />
        <ui.refresh />
        <ui.who />
      </Column>
      <Column>
        <ui.note />
        <ui.add />
        <ui.which />
        <ui.remove />
        <ui.print />
        <ui.poster />
      </Column>
    </Row>
  ),
});
