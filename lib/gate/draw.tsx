import { type ComponentChildren, h, type VNode } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import type { Demo } from "@/lib/demo/blocks.tsx";
import { componentOf } from "@/lib/demo/component.ts";
import { titleOf } from "@/lib/demo/title.ts";
import type { Json } from "@/lib/value/json.ts";
import { drawn } from "@/lib/value/drawn.ts";
import type { FieldState, FieldStatus, PageGraph } from "@/lib/value/page.ts";
import { firstWords } from "@/lib/value/first_words.ts";
import { submitsOf } from "@/lib/value/submits.ts";
import { LEVELS } from "@/lib/value/words.ts";
import { EARLY_SCRIPT } from "./early_script.ts";
import { Placement } from "./placement.ts";

/** What a page shows besides the demo itself. */
export interface DrawOptions {
  /** Path of the page. */
  readonly url: string;
  /** Token of its session. */
  readonly session: string;
  /** Values by field, where they differ from the first ones. */
  readonly values?: ReadonlyMap<string, Json>;
  /** Props by field, where the session changed them. */
  readonly props?: (key: string) => Readonly<Record<string, unknown>>;
  /** What fields say about how it went. */
  readonly status?: ReadonlyMap<string, FieldStatus>;
  /** Messages that belong to no field. */
  readonly notices?: readonly Notice[] | undefined;
}

/** A message of a page that answers a form. */
export interface Notice {
  /** How grave it is. */
  readonly level: "info" | "success" | "warning" | "error";
  /** What it says. */
  readonly text: string;
  /** A title over it. */
  readonly title?: string | undefined;
  /** Key of the field that the text is of. */
  readonly field?: string | undefined;
}

type AnySlot = (props: { class?: string | undefined; children?: ComponentChildren }) => ComponentChildren;

/** Draws the page of a demo: live fields behind their doors, all others as plain HTML, in one form. */
export function draw(demo: Demo, options: DrawOptions): VNode {
  // A new page shares its fields with all others; one that answers a form has its own.
  const fields: Record<string, FieldState> = isNew(options) ? demo.live : {};
  const ui: Record<string, AnySlot> = {};
  const placement = new Placement(demo);
  const page: PageGraph = { url: options.url, session: options.session, fields, actions: demo.plans };
  for (const key in demo.fields) {
    const field = demo.fields[key] as Demo["fields"][string];
    const component = componentOf(field);
    if (component.holds === "session") {
      ui[key] = () => null;
      continue;
    }
    const props = options.props?.(key) ?? field.props;
    const value = options.values?.get(key) ?? field.initial;
    const first = value === field.initial ? undefined : { first: field.initial };
    const interactive = demo.interactive.has(key);
    const status = options.status?.get(key);
    if (demo.live[key] && component.island) {
      if (fields === demo.live) drawOnce(demo, key);
      else {
        const shown = status ?? demo.live[key]?.status;
        fields[key] = { value, props, interactive, ...first, ...(shown && { status: shown }) };
      }
      const Island = component.island;
      ui[key] = ({ class: classes, children }) => {
        placement.put(key, children);
        const own = component.contains ? { page, id: key, children } : { page, id: key };
        return h(Island, classes === undefined ? own : { ...own, class: classes });
      };
    } else {
      const View = component.view;
      ui[key] = ({ class: classes, children }) => {
        placement.put(key, children);
        if (props.visible === false && !component.contains) return null;
        return h(View, {
          id: key,
          props,
          value,
          interactive,
          status: status ?? { phase: "idle" },
          class: classes,
          children,
        });
      };
    }
  }
  return (
    <>
      {hasLive(demo)
        ? (
          <>
            <script dangerouslySetInnerHTML={{ __html: EARLY_SCRIPT }} />
            {/* Screen readers watch what was empty when the page came, see `lib/client/say.ts`. */}
            <div id="atoll-say" class="sr" role="status" aria-atomic="false" />
            <div id="atoll-toasts" class="at-toasts" />
          </>
        )
        : null}
      <form class="atoll-demo" method="post" encType="multipart/form-data" noValidate data-atoll="">
        <input type="hidden" name="$session" value={options.session} />
        <h1 class="atoll-title">{titleOf(demo, options.url)}</h1>
        {demo.description === undefined ? null : <p class="atoll-description">{demo.description}</p>}
        {options.notices?.map((notice, index) => <NoticeView key={index} notice={notice} demo={demo} />)}
        {demo.layout
          ? placement.lay(demo.layout, ui)
          : <div class="atoll-column">{Object.keys(ui).map((key) => h(ui[key] as AnySlot, { key }))}</div>}
        {h(placement.Rest, { ui })}
      </form>
    </>
  );
}

/** A message above the fields, with a way to the field that it is of. */
function NoticeView({ notice: { level, title, text, field }, demo }: { notice: Notice; demo: Demo }): VNode {
  const name = field === undefined
    ? undefined
    : firstWords.nameOf({ id: field, props: demo.fields[field]?.props ?? {} });
  return (
    <div class="at-toast" data-level={level}>
      <div>
        <span class="sr">{LEVELS[level]}:</span>
        {title && (
          <>
            <strong>{title}</strong>
            <br />
          </>
        )}
        {name && <a href={`#${field}`}>{name}</a>}
        {name && ": "}
        {text}
      </div>
    </div>
  );
}

const still: FieldStatus = { phase: "idle" };
const nothing = () => {};

// What a field of a new page looks like is the same for everybody, and drawing is most of what a page costs.
function drawOnce(demo: Demo, key: string): void {
  const state = demo.live[key] as FieldState;
  const { contains, view } = componentOf(demo.fields[key] as Demo["fields"][string]);
  if (contains || drawn.has(state) || state.props.visible === false) return;
  const html = renderToString(h(view, {
    id: key,
    ...state,
    status: state.status ?? still,
    submits: submitsOf({ actions: demo.plans }, key),
    set: state.interactive ? nothing : undefined,
    raise: nothing,
  }));
  drawn.set(state, () => jsxTemplate([html]) as VNode);
}

function isNew({ values, props, status }: DrawOptions): boolean {
  return values === undefined && props === undefined && status === undefined;
}

function hasLive(demo: Demo): boolean {
  for (const _ in demo.live) return true;
  return false;
}
