import type { ComponentChildren } from "preact";
import type { Json } from "./json.ts";
import type { FileRef } from "./file_ref.ts";

/** The phase of the action that fills a field. */
export type FieldPhase = "idle" | "queued" | "running" | "failed";

/** The state of the action that fills a field, as the field shows it. */
export interface FieldStatus {
  /** The phase of the action. */
  readonly phase: FieldPhase;
  /** The message for the person: an error, or the progress note. */
  readonly message?: string | undefined;
  /** Share done, 0 to 1, when the handler tells it. */
  readonly progress?: number | undefined;
  /** Place in the queue, 1 is next. */
  readonly position?: number | undefined;
  /** Key of the action that failed: the failure goes away when a run of it succeeds, or fails elsewhere. */
  readonly by?: string | undefined;
  /** Whether the value is older than the failure of the action that fills the field. */
  readonly stale?: true | undefined;
  /** For what only stops actions: none of them runs, so there is nothing to stop. */
  readonly off?: true | undefined;
}

/** An action as the browser needs to know it: its events, inputs and outputs. */
export interface ActionPlan {
  /** `"<field>:<event>"` for each thing that starts it; `":load"` for the opening of the page. */
  readonly when: readonly string[];
  /** Argument name to field key. */
  readonly takes: Readonly<Record<string, string>>;
  /** Keys of further fields that actions chained to this one take. */
  readonly rest: readonly string[];
  /**
   * Keys of the fields that it and its chained actions may write, without containers, which show no state of a run.
   */
  readonly gives: readonly string[];
  /** Where actions are chained to it: what each of them may write, by its key. Progress of one is shown there only. */
  readonly steps?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The effect of another event while it runs: dropped unless it is new, run in parallel, or run once more afterwards. */
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
  /** The author's first value, where the page that answers a form shows another one. */
  readonly first?: Json | undefined;
  /** Its first status, when the page is the answer to a form. */
  readonly status?: FieldStatus | undefined;
}

/**
 * The object that all doors of one page share. It is transferred once, so every door of the page sees the same
 * object. In the browser the session of the page hangs on it.
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

/** Props of a door: the page and the field to draw. */
export interface DoorProps {
  /** The object that all doors of the page share. */
  readonly page: PageGraph;
  /** Key of the field. */
  readonly id: string;
  /** Author's classes from the layout, put on the field's outer element. */
  readonly class?: string | undefined;
  /** The content of a container. */
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
  /** `false` removes the field from the page; `"hidden"` leaves it in the document, but hidden. */
  readonly visible?: boolean | "hidden" | undefined;
  /** Whether the person may change it. Left out, a field that is only given is read-only. */
  readonly interactive?: boolean | undefined;
}

/**
 * Props of a view. A view is a pure function of them: on the server, in the browser and in the docs. `set` and
 * `raise` are absent where nothing may happen (plain HTML); a view without them still draws everything.
 */
export interface ViewProps<P, V> {
  /** Key of the field; the id of the element that takes the focus, and its name in a form. */
  readonly id: string;
  /** The component's props and those that every field has. */
  readonly props: P & CommonProps;
  /** The wire value to show. */
  readonly value: V;
  /** The author's first value. */
  readonly first?: V | undefined;
  /** Whether the person may change the value. `false` draws it to be read. */
  readonly interactive: boolean;
  /** The state of the action that fills it. */
  readonly status: FieldStatus;
  /** Name of the submit button that stands for this field's events in a form without script. */
  readonly submits?: string | undefined;
  /** Author's classes for the outer element. */
  readonly class?: string | undefined;
  /**
   * Changes the value as the person does: raises `input` and `change`. A draft is a text that the person has not finished,
   * such as half a number. It raises nothing, and the schema refuses it when an action takes the field.
   */
  readonly set?: { (value: V): void; (typed: Json, draft: true): void } | undefined;
  /** Raises an event of this component, with its data. */
  readonly raise?: ((event: string, detail?: Json) => void) | undefined;
  /** The content of a container. */
  readonly children?: ComponentChildren;
  /** Changes props of a container as the person does: opens it, folds it, selects a tab. */
  readonly move?: ((props: Readonly<Record<string, unknown>>) => void) | undefined;
  /** Announces a short text to screen readers, once: a visible change such as "Copied". */
  readonly say?: ((words: string) => void) | undefined;
  /** Puts a text into the clipboard. */
  readonly copy?: CopyText | undefined;
  /** Sends a file to the server. Rejects with a `Fault` that says what is allowed. */
  readonly upload?:
    | ((
      file: Blob & { name?: string } | Promise<Blob & { name?: string }>,
      options?: UploadOptions,
    ) => Promise<FileRef>)
    | undefined;
}

/** Puts a text into the clipboard, says beside the pressed button and to screen readers whether it is there, and gives that. */
export type CopyText = (text: string, button: HTMLElement) => Promise<boolean>;

/** Options of an upload. */
export interface UploadOptions {
  /** Ends the upload. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the share sent, 0 to 1. */
  readonly progress?: ((share: number) => void) | undefined;
}
