import type { ComponentType, JSX } from "preact";
import type { isEnter } from "@/components/ui/enter.ts";

/**
 * What the view of a dropdown hands over. This script is loaded by itself and imports nothing: what it imported would be
 * taken out of the script that all pages load, and be one more request for each of them.
 */
export interface Tools {
  readonly h: typeof import("preact").h;
  readonly useEffect: typeof import("preact/hooks").useEffect;
  readonly useState: typeof import("preact/hooks").useState;
  readonly isEnter: typeof isEnter;
}

/** Props of what {@linkcode comboboxOf} makes. All that is not named here goes to its input. */
export interface ComboboxProps
  extends Omit<JSX.HTMLAttributes<HTMLInputElement>, "value" | "onInput" | "onKeyDown"> {
  readonly id: string;
  /** What the choices are called, in their order. */
  readonly labels: readonly string[];
  /** Index of the chosen one, -1 for none. */
  readonly chosen: number;
  /** Text of the empty box, and of the entry for nothing. */
  readonly placeholder: string;
  /** Whether nothing may be chosen. */
  readonly nullable: boolean;
  /** Called with the index of a choice, -1 for none. */
  readonly choose: (index: number) => void;
  /** Says words to screen readers. */
  readonly say?: ((words: string) => void) | undefined;
  readonly [attribute: string]: unknown;
}

/** Most entries that are drawn at once, the one that Enter takes among them. */
const MOST = 200;

/** A box that searches a list of choices: the combobox of the ARIA Authoring Practices, with a list that is filtered. */
export function comboboxOf({ h, useEffect, useState, isEnter }: Tools): ComponentType<ComboboxProps> {
  return function Combobox({ labels, chosen, placeholder, nullable, choose, say, ...control }) {
    const { id } = control;
    /** What the person searches for; `undefined`: the box shows what is chosen. */
    const [typed, setTyped] = useState<string>();
    const [open, setOpen] = useState(false);
    /** Place in `found` of the entry that Enter takes. */
    const [active, setActive] = useState(-1);
    const found = open ? search(labels, typed, nullable) : [];
    /** Place in `found` of the first entry that is drawn. */
    const first = Math.max(active + 1 - MOST, 0);

    useEffect(() => {
      document.getElementById(`${id}-${found[active]}`)?.scrollIntoView({ block: "nearest" });
    });

    const close = () => {
      setOpen(false);
      setTyped(undefined);
      setActive(-1);
    };
    const show = () => {
      setOpen(true);
      setActive(search(labels, undefined, nullable).indexOf(chosen));
    };
    const take = (index: number | undefined) => {
      if (index !== undefined && index !== chosen) choose(index);
      close();
    };

    const leave = () => {
      // A text that was emptied, or written out, is a choice too.
      const written = typed ? labels.findIndex((label) => plain(label) === plain(typed)) : -1;
      take(typed === "" && nullable ? -1 : written === -1 ? undefined : written);
    };
    const seek = (value: string) => {
      const fits = search(labels, value, nullable);
      setTyped(value);
      setOpen(true);
      setActive(value && fits.length ? 0 : -1);
      if (value) say?.(fits.length === 1 ? "1 choice" : `${fits.length} choices`);
    };
    const press = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
      if (step) {
        if (!open) show();
        else if (found.length) {
          const next = active + step;
          const last = found.length - 1;
          // By one it goes round, by many it stops at the ends.
          setActive(
            Math.abs(step) > 1 ? Math.min(Math.max(next, 0), last) : next < 0 ? last : next > last ? 0 : next,
          );
        }
      } else if (isEnter(event)) {
        if (open) take(typed === "" && nullable ? -1 : found[active]);
      } else if (event.key === "Escape" && open) close();
      else return;
      event.preventDefault();
    };
    return h("div", { class: "at-select" }, [
      h("input", {
        ...control,
        type: "text",
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-expanded": open,
        "aria-controls": id + "-list",
        "aria-activedescendant": active in found ? `${id}-${found[active]}` : undefined,
        autoComplete: "off",
        spellcheck: false,
        placeholder,
        value: typed ?? labels[chosen] ?? "",
        onClick: () => open || show(),
        onFocus: (event) => {
          event.currentTarget.select();
          control.onFocus?.(event);
        },
        onBlur: (event) => {
          leave();
          control.onBlur?.(event);
        },
        onInput: ({ currentTarget }) => seek(currentTarget.value),
        onKeyDown: press,
      }),
      h("ul", {
        id: id + "-list",
        class: "at-list",
        role: "listbox",
        "aria-label": placeholder,
        hidden: !open,
      }, [
        found.slice(first, first + MOST).map((index, place) =>
          h("li", {
            key: index,
            id: `${id}-${index}`,
            role: "option",
            "aria-selected": first + place === active,
            "data-chosen": index === chosen ? "" : undefined,
            onMouseDown: (event) => event.preventDefault(),
            onClick: () => take(index),
          }, labels[index] ?? placeholder)
        ),
        open && found.length === 0 && h("li", { role: "presentation" }, "No choice has this text"),
        found.length > MOST &&
        h("li", { role: "presentation" }, `${found.length - MOST} more: type to find them`),
      ]),
    ]);
  };
}

/** The choices that have a text in their names, those first whose names begin with it; -1 stands for nothing. */
function search(labels: readonly string[], typed: string | undefined, nullable: boolean): number[] {
  const sought = plain(typed ?? "");
  const all = labels.map((_, index) => index);
  if (!sought) return nullable ? [-1, ...all] : all;
  const place = labels.map((label) => plain(label).indexOf(sought));
  return [...all.filter((index) => place[index] === 0), ...all.filter((index) => (place[index] ?? -1) > 0)];
}

// Small letters without accents: "é" is found by "e".
function plain(text: string): string {
  return text.trim().normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
