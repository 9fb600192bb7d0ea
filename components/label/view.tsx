import type { VNode } from "preact";
import type { ViewProps } from "@/lib/value/page.ts";
import { Frame } from "@/components/ui/frame.tsx";

/** A class with its confidence. */
export interface Confidence {
  /** Name of the class. */
  readonly label: string;
  /** Share, 0 to 1. */
  readonly confidence: number;
}

/** The wire value of a label. */
export interface Ranking {
  /** The best class. */
  readonly label: string;
  /** All classes, the best first; `null` when there is only the best. */
  readonly confidences: readonly Confidence[] | null;
}

/** The props of a label that its view reads. */
export interface LabelProps {
  readonly numTopClasses?: number | undefined;
  readonly showHeading: boolean;
}

/** The best class, and a bar for each class. Empty rows keep the place until there is a value. */
export function LabelView(view: ViewProps<LabelProps, Ranking | null>): VNode | null {
  const { id, props, value } = view;
  const rows: readonly (Confidence | null)[] = value
    ? value.confidences ?? []
    : new Array<null>(Math.min(props.numTopClasses ?? 3, 10)).fill(null);
  return (
    <Frame view={view} group>
      <div class="at-out" id={id}>
        {props.showHeading && (
          <p class={value ? "at-best" : "at-best text-soft"}>{value ? value.label : "No result yet"}</p>
        )}
        <ul class="at-rank" aria-hidden={value ? undefined : "true"}>
          {rows.map((row, index) => (
            <li key={index}>
              {row && (
                <>
                  <span>{row.label}</span>
                  <span>{Math.round(row.confidence * 100)} %</span>
                  <meter value={row.confidence} aria-label={row.label} />
                </>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Frame>
  );
}
