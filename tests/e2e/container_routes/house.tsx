import {
  accordion,
  Blocks,
  button,
  column,
  Fault,
  group,
  on,
  row,
  sidebar,
  Tab,
  tab,
  Tabs,
  tabs,
  textbox,
  update,
} from "atoll";

/** A demo in which handlers change containers of every kind, and fields live within two of them. */
export default Blocks({
  title: "House",
  fields: {
    side: sidebar({ label: "Garden", open: false }),
    rooms: tabs({ selected: "hall" }),
    hall: tab("Hall"),
    attic: tab("Attic"),
    wing: column({ visible: false }),
    shelf: row({ visible: "hidden" }),
    box: group({ visible: false }),
    chest: accordion({ label: "Chest", open: false }),
    note: textbox({ label: "Note" }),
    still: column(),
    show: button("Show"),
    hide: button("Hide"),
    open: button("Open"),
    up: button("Go up"),
    climb: button("Climb"),
    lock: button("Lock the attic"),
    burn: button("Burn"),
    said: textbox({ label: "Said" }),
    heard: textbox({ label: "Heard" }),
    opened: textbox({ label: "Opened" }),
  },
  actions: ({ side, rooms, attic, wing, shelf, box, chest, show, hide, open, up, lock, burn, ...all }) => {
    const { note, said, heard, opened } = all;
    const places = { wing, shelf, box };
    const seen = (visible: boolean) => ({
      wing: update({ visible }),
      shelf: update({ visible }),
      box: update({ visible }),
    });
    return {
      show: on(show.click, { outputs: places, fn: () => seen(true) }),
      hide: on(hide.click, { outputs: places, fn: () => seen(false) }),
      open: on(open.click, {
        outputs: { chest, side },
        fn: () => ({ chest: update({ open: true }), side: update({ open: true, label: "Wide garden" }) }),
      }),
      climb: on(all.climb.click, { outputs: rooms, fn: () => update({ selected: "attic" }) }),
      up: on(up.click, { outputs: rooms, fn: () => update({ selected: "attic" }) }),
      lock: on(lock.click, {
        outputs: attic,
        fn: () => update({ interactive: false, label: "Locked attic" }),
      }),
      burn: on(burn.click, {
        outputs: { wing },
        fn: () => {
          throw new Fault("refused", "No fire in the house");
        },
      }),
      say: on(note.change, { inputs: note, outputs: said, fn: (text) => text.toUpperCase() }),
      hear: on(rooms.change, {
        outputs: heard,
        fn: (_, { event }) => `${event?.detail.id} ${event?.detail.index} ${event?.detail.value}`,
      }),
      expanded: on([chest.expand, attic.select], { outputs: opened, fn: () => "Something opened" }),
      collapsed: on(chest.collapse, { outputs: opened, fn: () => "Shut again" }),
    };
  },
  layout: (ui) => (
    <>
      <ui.side>
        <ui.still>
          <p>Nothing changes this column.</p>
        </ui.still>
      </ui.side>
      <ui.rooms>
        <ui.hall>
          <ui.wing>
            <ui.shelf>
              <ui.box>
                <ui.chest>
                  <ui.note />
                </ui.chest>
              </ui.box>
            </ui.shelf>
          </ui.wing>
          <ui.climb />
        </ui.hall>
        <ui.attic>
          <p>Dust</p>
        </ui.attic>
        <Tab label="Cellar" id="cellar">
          <Tabs>
            <Tab label="Coal">Black</Tab>
            <Tab label="Wine">Red</Tab>
          </Tabs>
        </Tab>
      </ui.rooms>
      <div class="flex gap-2">
        <ui.show />
        <ui.hide />
        <ui.open />
        <ui.up />
        <ui.lock />
        <ui.burn />
      </div>
      <ui.said />
      <ui.heard />
      <ui.opened />
    </>
  ),
});
