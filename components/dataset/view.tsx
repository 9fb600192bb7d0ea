import type { ComponentChild, VNode } from "preact";
import type { Json } from "@/lib/value/json.ts";
import type { ViewProps } from "@/lib/value/page.ts";
import { Frame } from "@/components/ui/frame.tsx";

/** What the view of a dataset reads of its props. */
export interface DatasetProps {
  readonly headers: readonly string[];
  readonly samples: readonly (readonly Json[])[];
  readonly summaries?: readonly (readonly string[])[] | undefined;
}

/** Addresses of pictures of this site, as browsers read them, and pictures that are in their address. */
const HERE = /^(\/(?![/\\])|data:image\/\w+;base64,)[^\s\\]*$/;

/** Examples to start from: rows of a table, or chips when there is one column. */
export function DatasetView(view: ViewProps<DatasetProps, number | null>): VNode | null {
  const { id, props: { headers, samples, summaries }, value, submits, set, raise } = view;
  const read = (row: number, column: number): readonly [words: string, drawn: ComponentChild] => {
    const sample = samples[row]?.[column] ?? "";
    const { url, mime, name } = sample as { url?: string; mime?: string; name?: string };
    const isPicture = /^image\//.test(mime ?? "");
    const own = isPicture ? name : typeof sample === "string" ? sample : JSON.stringify(sample);
    const words = summaries?.[row]?.[column] || own || "(empty)";
    // A picture of another site would tell that site who looks: words stand for it.
    const drawn = isPicture && HERE.test(url ?? "") ? <img src={url} alt={words} loading="lazy" /> : words;
    return [words, drawn];
  };
  const button = (row: number, look: string | undefined): VNode => (
    <button
      type={submits ? "submit" : "button"}
      id={row === 0 ? id : undefined}
      name={submits}
      value={row}
      class={look}
      aria-pressed={row === value ? "true" : "false"}
      aria-label={headers.map((_, column) => read(row, column)[0]).join(", ")}
      onClick={(event) => {
        event.preventDefault();
        set?.(row);
        raise?.("click", row);
      }}
    >
      {read(row, 0)[1]}
    </button>
  );
  return (
    <Frame view={view} group>
      {headers.length > 1
        ? (
          <div class="at-rows">
            <table>
              <thead>
                <tr>{headers.map((header, at) => <th key={at} scope="col">{header}</th>)}</tr>
              </thead>
              <tbody>
                {samples.map((_, row) => (
                  <tr key={row}>
                    {headers.map((_, column) => (
                      <td key={column}>{column === 0 ? button(row, undefined) : read(row, column)[1]}</td>
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
