/** The media type of Prometheus' text format. */
export const EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";

/** One value of a family. */
export interface Sample {
  /** The suffix of the family's name: `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
  /** Labels by name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The value. */
  readonly value: number;
}

/** Values of one name. */
export interface Family {
  /** `[a-z_]`, with its unit, `_total` at the end of a counter. */
  readonly name: string;
  /** A description in one sentence. */
  readonly help: string;
  /** The kind of the value. */
  readonly type: "counter" | "gauge" | "histogram";
  /** Its values. */
  readonly samples: readonly Sample[];
}

/** Families in Prometheus' text format 0.0.4. */
export function expose(families: readonly Family[]): string {
  let text = "";
  for (const { name, help, type, samples } of families) {
    text += `# HELP ${name} ${
      help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
    }\n# TYPE ${name} ${type}\n`;
    for (const { suffix = "", labels = {}, value } of samples) {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}="${quoted(text)}"`);
      text += `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${written(value)}\n`;
    }
  }
  return text;
}

function quoted(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function written(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

/** A value that goes up and down. */
export function gauge(name: string, help: string, value: number): Family {
  return { name, help, type: "gauge", samples: [{ value }] };
}

/** A value that only grows. */
export function counter(name: string, help: string, value: number): Family {
  return { name, help, type: "counter", samples: [{ value }] };
}
