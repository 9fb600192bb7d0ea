import type { ComponentChildren } from "preact";
import type { Json } from "./json.ts";
import type { FileRef } from "./file_ref.ts";

/** How a field takes part in the page at the moment. */
export type FieldPhase = "idle" | "queued" | "running" | "failed";

/** What a field shows about the action that fills it. */
export interface FieldStatus {
  /** What is going on. */
  readonly phase: FieldPhase;
  /** What to tell the person: an error, or the progress note. */
  readonly message?: string | undefined;
  /** Share done, 0 to 1, when the handler tells it. */
  readonly progress?: number | undefined;
  /** Place in the queue, 1 is next. */
  readonly position?: number | undefined;
}

/** What an action needs from the page and does to it, as the browser has to know it. */
export interface ActionPlan {
  /** `"<field>:<event>"` for each thing that starts it; `":load"` for the opening of the page. */
  readonly when: readonly string[];
  /** Argument name to field key. */
  readonly takes: Readonly<Record<string, string>>;
  /** Keys of further fields that actions chained to this one take. */
  readonly rest: readonly string[];
  /** Keys of the fields that it and the actions chained to it may write, less containers: they show nothing of a run. */
  readonly gives: readonly string[];
  /** What happens when it is raised again while running: dropped, run beside, or run once more after. */
  readonly mode: "once" | "multiple" | "alwaysLast";
  /** Keys of actions whose runs it cancels. */
  readonly cancels: readonly string[];
}

/** A live field of a page. */
export interface FieldState {
  /** Wire value to draw first. */
  readonly value: Json;
  /** Props to draw it with. */
  readonly props: Readonly<Record<string, unknown>>;
  /** Whether the person may change it. */
  readonly interactive: boolean;
  /** What it shows at first, when the page is the answer to a form. */
  readonly status?: FieldStatus | undefined;
}

/**
 * What all doors of one page share. It travels once, as one object, so every door of the page sees the same one;
 * in the browser the page's session hangs on it.
 */
export interface PageGraph {
  /** Path that the page posts its events to. */
  readonly url: string;
  /** The session, minted by the server when it drew the page. */
  readonly session: string;
  /** Live fields by key. */
  readonly fields: Readonly<Record<string, FieldState>>;
  /** Actions by key. */
  readonly actions: Readonly<Record<string, ActionPlan>>;
}

/** What a door is given: the page and which of its fields to draw. */
export interface DoorProps {
  /** What all doors of the page share. */
  readonly page: PageGraph;
  /** Key of the field. */
  readonly id: string;
  /** Author's classes from the layout, put on the field's outer element. */
  readonly class?: string | undefined;
  /** What stands in a container. */
  readonly children?: ComponentChildren;
}

/** Props that every field has besides its own. */
export interface CommonProps {
  /** Name shown above the field. */
  readonly label?: string | undefined;
  /** `false` keeps the label for screen readers only. */
  readonly showLabel?: boolean | undefined;
  /** One sentence of help under the label. */
  readonly info?: string | undefined;
  /** `false` takes the field out of the page; `"hidden"` leaves it in the document, unseen. */
  readonly visible?: boolean | "hidden" | undefined;
  /** Whether the person may change it. Left out, a field that is only given is read-only. */
  readonly interactive?: boolean | undefined;
}

/**
 * What a view is given. A view is a pure function of this: on the server, in the browser and in the docs.
 * `set` and `raise` are absent where nothing may happen (plain HTML); a view without them still draws everything.
 */
export interface ViewProps<P, V> {
  /** Key of the field; the id of the element that takes the focus, and its name in a form. */
  readonly id: string;
  /** The component's props and those that every field has. */
  readonly props: P & CommonProps;
  /** The wire value to show. */
  readonly value: V;
  /** Whether the person may change the value. `false` draws it to be read. */
  readonly interactive: boolean;
  /** What to say about the action that fills it. */
  readonly status: FieldStatus;
  /** Name of the submit button that stands for this field's events in a form without script. */
  readonly submits?: string | undefined;
  /** Author's classes for the outer element. */
  readonly class?: string | undefined;
  /** Changes the value as the person does: raises `input` and `change`. */
  readonly set?: ((value: V) => void) | undefined;
  /** Raises an event of this component, with what happened. */
  readonly raise?: ((event: string, detail?: Json) => void) | undefined;
  /** What stands in a container. */
  readonly children?: ComponentChildren;
  /** Changes props of a container as the person does: opens it, folds it, selects a tab. */
  readonly move?: ((props: Readonly<Record<string, unknown>>) => void) | undefined;
  /** Says a few words to screen readers, once: what happened that only the eye would notice, such as "Copied". */
  readonly say?: ((words: string) => void) | undefined;
  /** Sends a file to the server. Rejects with a `Fault` that says what is allowed. */
  readonly upload?:
    | ((
      file: Blob & { name?: string } | Promise<Blob & { name?: string }>,
      options?: UploadOptions,
    ) => Promise<FileRef>)
    | undefined;
}

/** Options of an upload. */
export interface UploadOptions {
  /** Ends the upload. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the share sent, 0 to 1. */
  readonly progress?: ((share: number) => void) | undefined;
}
