/** Called by a payload that runs, with the name of what ran. Tests put it into the page. */
export const CANARY = "canary";

/** Host that no page may ask for anything. */
export const ELSEWHERE = "elsewhere.test";

const call = `${CANARY}(1)`;
const there = `http://${ELSEWHERE}/`;
const deep = (tag: string, inner: string) => `${`<${tag}>`.repeat(120)}${inner}`;

/**
 * Hostile texts by name. The first group runs by itself where it is taken for markup, the second sends something away,
 * the third needs a person to press it, or a browser or a sanitiser that reads it otherwise than the other.
 */
export const payloads = {
  runs: {
    script: `<script>${call}</script>`,
    scriptEndsIsland: `</script><script>${call}</script><!--`,
    scriptEndsString: `'-${call}-'"-${call}-"\`-${call}-\`;${call}//</script><script>${call}</script>`,
    scriptOddCase: `<sCrIpT\n>${call}</ScRiPt >`,
    scriptSlash: `<script/x>${call}</script/x>`,
    scriptInComment: `<!--><script>${call}</script>-->`,
    lineSeparators: `\u2028${call}\u2029</script><img src=x: onerror=${call}>\u2028`,
    imageError: `<img src=x: onerror=${call}>`,
    imageNoSpace: `<img/src="x:"/onerror=${call}>`,
    imageQuotes: `"><img src='x:' onerror='${call}'>'>`,
    imageEntities: `<img src=x: onerror=&#99;anary&lpar;1&rpar;>`,
    imageUnfinished: `<img src=x: onerror=${call} `,
    brokenTags: `<<img src=x: onerror=${call}>><</p><p><img src=x: onerror=${call}//`,
    attributeBreak: `" autofocus onfocus=${call} x="'><img src=x: onerror=${call}>`,
    titleEnds: `</title></head><body><img src=x: onerror=${call}>`,
    textareaEnds: `</textarea></select></option></button><img src=x: onerror=${call}>`,
    commentEnds: `--><img src=x: onerror=${call}><!--`,
    cdata: `<![CDATA[><img src=x: onerror=${call}>]]>`,
    processing: `<?xml><img src=x: onerror=${call}>?>`,
    svgLoad: `<svg onload=${call}></svg>`,
    svgScript: `<svg><script>${call}</script></svg>`,
    svgForeign: `<svg><foreignObject><img src=x: onerror=${call}></foreignObject></svg>`,
    svgAnimate: `<svg><animate onbegin=${call} attributeName=x dur=1s></animate></svg>`,
    svgStyle: `<svg><style><img src=x: onerror=${call}></style></svg>`,
    mathText: `<math><mtext><img src=x: onerror=${call}></mtext></math>`,
    mathNest:
      `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x: onerror=${call}&gt;"><img src=x: onerror=${call}>`,
    details: `<details open ontoggle=${call}>x</details>`,
    focus: `<input autofocus onfocus=${call}>`,
    media: `<audio src=x: onerror=${call}></audio><video><source onerror=${call} src=x:></video>`,
    frame: `<iframe srcdoc="<script>parent.${call}</script>"></iframe>`,
    frameScript: `<iframe src="javascript:parent.${call}"></iframe>`,
    object: `<object data=x:><img src=x: onerror=${call}></object>`,
    embed: `<embed src="javascript:${call}"><iframe onload=${call}></iframe>`,
    noscript: `<noscript><p title="</noscript><img src=x: onerror=${call}>"></noscript>`,
    xmp: `<xmp><p title="</xmp><img src=x: onerror=${call}>"></xmp>`,
    textareaNest: `<textarea><p title="</textarea><img src=x: onerror=${call}>"></textarea>`,
    styleNest: `<style><p title="</style><img src=x: onerror=${call}>"></style>`,
    animated:
      `<style>@keyframes k{from{top:0}}</style><p style="animation:k 1s" onanimationstart=${call}>x</p>`,
    deepForms: deep("form", `<img src=x: onerror=${call}>`),
  },
  leaves: {
    image: `<img src=${there}a>`,
    imageHidden:
      `<img src="\t\\\\${ELSEWHERE}/b" alt=x><img src="/\\${ELSEWHERE}/b"><img src="//${ELSEWHERE}/c">`,
    imageScheme: `<img src="https:${ELSEWHERE}/b"><img src="ht\ntp://${ELSEWHERE}/b">`,
    imageMarkdown: `![x](${there}m) ![y](//${ELSEWHERE}/m)`,
    sourceSet: `<img srcset="${there}d 2x"><picture><source srcset=${there}e><img></picture>`,
    style: `<style>@import "${there}f"; body { background: url(${there}g) }</style>`,
    styleAttribute: `<p style="background:url(${there}h)">x</p><table background=${there}i><td>x</table>`,
    link: `<link rel=stylesheet href=${there}j><link rel=preload as=image href=${there}k>`,
    base: `<base href=${there}><img src=relative>`,
    refresh: `<meta http-equiv=refresh content="0;url=${there}l">`,
    media: `<video poster=${there}n src=${there}o></video><audio src=${there}p></audio>`,
    frame: `<iframe src=${there}q></iframe><embed src=${there}r><object data=${there}s></object>`,
    svgImage: `<svg><image href=${there}t /><use href=${there}u#x /></svg>`,
    input: `<input type=image src=${there}v>`,
  },
  waits: {
    link: `<a href="javascript:${call}">x</a>`,
    linkMarkdown:
      `[x](javascript:${call}) [y](<java\nscript:${call}>) [z](&#x6A;avascript&colon;${call}) <javascript:${call}>`,
    linkSpaced: `<a href=" \u0001 java\tscr\nipt:${call}">x</a><a href="&#1;javascript:${call}">y</a>`,
    linkEntities:
      `<a href="&#106;&#97;vascript&colon;${call}">x</a><a href="jAvAsCrIpT&#0000058${call}">y</a>`,
    linkData: `<a href="data:text/html,<script>${call}</script>">x</a><a href="vbscript:${call}">y</a>`,
    linkBlob:
      `<a href="blob:null/x">x</a><a href="view-source:javascript:${call}">y</a><a href="feed:javascript:${call}">z</a>`,
    linkSvg: `<svg><a xlink:href="javascript:${call}"><text y=20>x</text></a></svg>`,
    linkMath: `<math><mi href="javascript:${call}">x</mi></math>`,
    area: `<map name=m><area href="javascript:${call}"></map><img usemap=#m>`,
    form:
      `<form action=${there}w><button>x</button></form><button formaction="javascript:${call}">y</button>`,
    formElsewhere:
      `<input form=f name=x><button form=f formaction=${there}x>x</button><input type=submit formaction=${there}>`,
    clobber:
      `<a id=FRSH_STATE></a><img name=body><img name=getElementById><form id=config><input name=root></form>`,
    clobberOurs:
      `<div id=atoll-toasts></div><input name=$session value=x><a id=atollEarly name=atollEarly></a>`,
    overlay: `<div class="at-toast atoll-notice" style="position:fixed;inset:0">x</div>`,
    prototype: `{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}`,
    template:
      `<template><img src=x: onerror=${call}></template><template shadowrootmode=open><slot></slot></template>`,
    popover: `<button popovertarget=p>x</button><div popover id=p onbeforetoggle=${call}>y</div>`,
    contentEditable: `<p contenteditable onpaste=${call} accesskey=x onclick=${call}>x</p>`,
    plaintext: `<plaintext><img src=x: onerror=1>`,
    dollars: `$& $1 $' $\` \\x3C \\u003c %3Cscript%3E &lt;script&gt; {{7*7}} \${7*7}`,
  },
} as const;

/** All payloads: name and text. */
export const allPayloads: readonly (readonly [name: string, text: string])[] = Object.entries(payloads)
  .flatMap(([group, texts]) =>
    Object.entries(texts).map(([name, text]) => [`${group}.${name}`, text] as const)
  );

/** The payloads in groups: some at a time go into one page, since a page takes a second. No group is over 900 letters. */
export const payloadGroups: readonly (readonly string[])[] = allPayloads.reduce<string[][]>(
  (groups, [, text]) => {
    const last = groups.at(-1);
    if (last && [...last, text].join(" ").length <= 900) last.push(text);
    else groups.push([text]);
    return groups;
  },
  [],
);
