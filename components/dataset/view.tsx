import type { ComponentChild, VNode } from "preact";
import type { Json, JsonObject } from "@/lib/value/json.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import { Frame } from "@/components/ui/frame.tsx";

/** What the view of a dataset reads of its props. */
export interface DatasetProps {
  readonly headers: readonly string[];
  readonly samples: readonly (readonly Json[])[];
  readonly summaries?: readonly (readonly string[])[] | undefined;
}

/** Paths of this site, as browsers read them. */
const HERE = /^\/(?![/\\])[^\s\\]*$/;

/** Examples to start from: rows of a table, or chips when there is one column. */
export function DatasetView(view: ViewProps<DatasetProps, number | null>): VNode | null {
  const { id, props: { headers, samples, summaries }, value, submits, set, raise } = view;
  const cell = (row: number, column: number): ComponentChild => {
    const sample = samples[row]?.[column];
    const said = summaries?.[row]?.[column];
    const { url, mime, name } = (sample ?? {}) as JsonObject;
    if (typeof url === "string" && `${mime}`.startsWith("image/")) {
      const words = said ?? `${name}`;
      // A picture of another site would tell that site who looks: words stand for it.
      return HERE.test(url) ? <img src={url} alt={words} loading="lazy" /> : words;
    }
    return said ?? (typeof sample === "string" ? sample : JSON.stringify(sample));
  };
  const button = (row: number, look: string | undefined): VNode => (
    <button
      type={submits ? "submit" : "button"}
      id={row === 0 ? id : undefined}
      name={submits}
      value={row}
      class={look}
      aria-pressed={row === value ? "true" : undefined}
      onClick={(event) => {
        event.preventDefault();
        set?.(row);
        raise?.("click", row);
      }}
    >
      {cell(row, 0)}
    </button>
  );
  return (
    <Frame view={view} group>
      {headers.length > 1
        ? (
          <div class="at-rows">
            <table>
              <thead>
                <tr>{headers.map((header) => <th key={header} scope="col">{header}</th>)}</tr>
              </thead>
              <tbody>
                {samples.map((_, row) => (
                  <tr key={row}>
                    {headers.map((header, column) => (
                      <td key={header}>{column === 0 ? button(row, undefined) : cell(row, column)}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )
        : <div class="at-chips">{samples.map((_, row) => button(row, "at-btn"))}</div>}
    </Frame>
  );
}
