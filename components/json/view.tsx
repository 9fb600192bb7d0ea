import type { VNode } from "preact";
import type { Json } from "@/lib/value/json.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import { CopyButton } from "@/components/ui/copy_button.tsx";
import { Frame, nameOf } from "@/components/ui/frame.tsx";

/** What the view of a JSON value reads of its props. */
export interface JsonProps {
  readonly open: number;
  readonly buttons: readonly "copy"[];
}

// Longer lists and objects are cut: a page with 100,000 lines helps nobody.
const MOST = 200;

/** A value as a tree that opens and closes without script. */
export function JsonView(view: ViewProps<JsonProps, Json>): VNode | null {
  const { id, props, value, raise } = view;
  return (
    <Frame
      view={view}
      group
      tools={raise && props.buttons.includes("copy") && (
        <CopyButton name={nameOf(view)} text={JSON.stringify(value, null, 2)} copy={view.copy} />
      )}
    >
      <div class="at-out at-tree" id={id} tabIndex={0} role="group" aria-labelledby={id + "-label"}>
        <Branch value={value} open={props.open} />
      </div>
    </Frame>
  );
}

function Branch({ name, value, open }: { name?: string; value: Json; open: number }): VNode {
  const head = name === undefined ? null : <b>{name}:</b>;
  if (value === null || typeof value !== "object") {
    return (
      <div>
        {head} <i>{JSON.stringify(value)}</i>
      </div>
    );
  }
  const entries = Object.entries(value);
  const [from, to] = Array.isArray(value) ? "[]" : "{}";
  if (entries.length === 0) return <div>{head} {from}{to}</div>;
  return (
    <details open={open > 0}>
      <summary>
        {head} {from} {entries.length} {to}
      </summary>
      <div>
        {entries.slice(0, MOST).map(([key, inner]) => (
          <Branch key={key} name={key} value={inner ?? null} open={open - 1} />
        ))}
        {entries.length > MOST && <div>… {entries.length - MOST} more</div>}
      </div>
    </details>
  );
}
