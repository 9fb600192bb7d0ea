/** An answer that is not upstream's, and why. */
export interface Difference {
  /** Key of the recorded answer. */
  readonly probe: string;
  /** Why it is right that it differs. */
  readonly reason: string;
  /**
   * What is here in place of what upstream has: pairs of parts of the body, and headers. A header of null is absent,
   * one of `"*"` has any value.
   */
  readonly expected: {
    readonly body?: readonly (readonly [upstream: string, here: string])[];
    readonly headers?: Readonly<Record<string, string | null>>;
  };
}

const NO_PARTIALS = "Partials are not part of this stand-in";

/** All differences of HTTP answers there are. The test fails when one is missing here and when one is no more. */
export const HTTP_DIFFERENCES: readonly Difference[] = [
  {
    probe: "GET /slots",
    reason: "Keys in the markup only serve partials",
    expected: { body: [['<p data-frsh-key="k1">', "<p >"]] },
  },
  {
    probe: "GET /partials/list",
    reason: NO_PARTIALS,
    expected: {
      body: [
        ["<!--frsh:partial:list:0:-->", ""],
        ["<!--/frsh:partial--><!--frsh:partial:log:1:0-->", ""],
        ["</li><!--/frsh:partial-->", "</li>"],
      ],
    },
  },
  {
    probe: "GET /partials/list?fresh-partial=true&n=2",
    reason: NO_PARTIALS,
    expected: {
      headers: { "x-fresh-id": null },
      body: [
        ["<!--frsh:partial:list:0:-->", ""],
        ["<!--/frsh:partial--><!--frsh:partial:log:1:2-->", ""],
        ["</li><!--/frsh:partial-->", "</li>"],
        [
          `<script id="__FRSH_STATE_UUID" type="application/json" nonce="N">{"islands":[{"exportName":"default","chunk":"/_fresh/js/BUILD/Counter.js","name":"Counter"}],"props":"[[1],{\\"slots\\":2,\\"props\\":3},[],{\\"id\\":4,\\"n\\":5},\\"pc\\",[\\"Signal\\",6],7]"}</script>`,
          `<boot Counter [ { id: "pc", n: { signal: 0, value: 7 } } ]>`,
        ],
      ],
    },
  },
  {
    probe: "GET /docs/a?fresh-partial=true",
    reason: NO_PARTIALS,
    expected: {
      headers: { "x-fresh-id": null },
      body: [[
        `<script id="__FRSH_STATE_UUID" type="application/json" nonce="N">{"islands":[],"props":"[[]]"}</script>`,
        "",
      ]],
    },
  },
  {
    probe: "GET /a.css",
    reason: "The build's hash, which is part of the contents, has 16 places where upstream's has 40",
    expected: { headers: { etag: "*", "content-length": "57" } },
  },
];

/** All differences in the browser. */
export const BROWSER_DIFFERENCES: readonly { check: string; reason: string; expected: unknown }[] = [
  { check: "partial click", reason: NO_PARTIALS, expected: "n=1,7,row 1,,/partials/list?n=1" },
];
