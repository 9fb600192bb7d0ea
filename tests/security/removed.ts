/** A guard, how it is taken out, and the test that has to notice. */
export interface Removal {
  readonly guard: string;
  readonly file: string;
  /** Text of the guard; stands in the file once. */
  readonly text: string;
  /** What stands there without it. */
  readonly without: string;
  readonly test: string;
}

/** The guards outside of `lib/gate/guard/`, whose own test leaves each rule out in turn. */
export const REMOVALS: readonly Removal[] = [
  {
    guard: "keys that reach a prototype",
    file: "lib/gate/body.ts",
    text: "if (KEYS.has(key)) throw",
    without: "if (KEYS.has(key) && false) throw",
    test: "lib/gate/body_test.ts",
  },
  {
    guard: "the depth of JSON",
    file: "lib/gate/body.ts",
    text: "if (depth === maxDepth)",
    without: "if (depth === -1)",
    test: "lib/gate/body_test.ts",
  },
  {
    guard: "numbers that are finite",
    file: "lib/gate/body.ts",
    text: "!Number.isFinite(value)",
    without: "value === undefined",
    test: "lib/gate/body_test.ts",
  },
  {
    guard: "the length of a body while it comes",
    file: "lib/gate/arrival.ts",
    text: "if (size > maxBytes)",
    without: "if (size < 0)",
    test: "lib/gate/files_test.ts",
  },
  {
    guard: "whose upload it is",
    file: "lib/gate/uploads.ts",
    text: "if (upload?.owner !== owner)",
    without: "if (upload === undefined)",
    test: "lib/gate/uploads_test.ts",
  },
  {
    guard: "files that are no programs",
    file: "lib/gate/file_readers.ts",
    text: 'if (PROGRAMS.has(use) || headers.get("service-worker") !== null)',
    without: "if (use === null)",
    test: "lib/gate/uploads_test.ts",
  },
  {
    guard: "links in the place of files",
    file: "lib/store/disk_file.ts",
    text: "if (!before.isFile || await Deno.realPath(path) !== path)",
    without: "if (!before.isFile)",
    test: "lib/store/blobs_disk_test.ts",
  },
  {
    guard: "paths that a login leads to",
    file: "lib/gate/auth_path.ts",
    text: 'PATH.test(path) && path.length <= 1024 ? path : "/"',
    without: "path",
    test: "lib/gate/auth_oidc_test.ts",
  },
  {
    guard: "a cookie that is there twice",
    file: "lib/gate/auth_cookie.ts",
    text: "if (found !== undefined) return undefined;",
    without: "",
    test: "lib/gate/auth_test.ts",
  },
  {
    guard: "the realm and the end of a login",
    file: "lib/accounts/logins.ts",
    text: "if (!this.#isOn(realm, kept, times)) return undefined;",
    without: "",
    test: "lib/accounts/logins_test.ts",
  },
  {
    guard: "addresses that are locked",
    file: "lib/accounts/attempts.ts",
    text: "if (count && count.lockedUntilMs > nowMs)",
    without: "if (count && count.lockedUntilMs < 0)",
    test: "lib/accounts/attempts_test.ts",
  },
  {
    guard: "the length of a password",
    file: "lib/accounts/password.ts",
    text: "bytes.length > 0 && bytes.length <= MAX_PASSWORD_BYTES",
    without: "bytes.length >= 0",
    test: "lib/accounts/password_test.ts",
  },
  {
    guard: "the signature of a session",
    file: "lib/engine/sessions.ts",
    text: "if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;",
    without: "void given; void right; void timingSafeEqual;",
    test: "lib/engine/engine_test.ts",
  },
  {
    guard: "whose run it is",
    file: "lib/engine/engine.ts",
    text: "if (run?.call.session.id === owner.session && run.call.page === owner.page) return run;",
    without: "if (run?.call.page === owner.page) return run;",
    test: "lib/engine/engine_test.ts",
  },
  {
    guard: "the page of a run",
    file: "lib/engine/engine.ts",
    text: " && run.call.page === owner.page) return run;",
    without: ") return run;",
    test: "lib/engine/engine_test.ts",
  },
  {
    guard: "the page of a run that is kept",
    file: "lib/engine/engine.ts",
    text: "past?.session === owner.session && past.demo === owner.page",
    without: "past?.session === owner.session",
    test: "lib/engine/journaled_test.ts",
  },
  {
    guard: "the roles that a right was opened with",
    file: "lib/accounts/standing.ts",
    text: "if (!known || !user.roles.every((role) => known.roles.includes(role))) return",
    without: "if (!known) return",
    test: "lib/accounts/opened_test.ts",
  },
  {
    guard: "the shape of a person",
    file: "lib/accounts/users.ts",
    text: "known(personOf(await check(name, password, context),",
    without: "known(((given: unknown, _: string) => given as Person)(await check(name, password, context),",
    test: "lib/gate/auth_source_test.ts",
  },
  {
    guard: "places of their own for each realm",
    file: "lib/accounts/accounts.ts",
    text: "let places = this.#places.get(realm);",
    without: "let places = this.#places.values().next().value;",
    test: "lib/gate/auth_source_test.ts",
  },
  {
    guard: "control characters in passwords",
    file: "lib/accounts/password.ts",
    text: "if (hasControls(password)) throw",
    without: 'if (hasControls("")) throw',
    test: "lib/accounts/password_test.ts",
  },
  {
    guard: "the time of issue of an ID token",
    file: "lib/accounts/oidc.ts",
    text: "      checkIssued(claims);\n",
    without: "",
    test: "lib/accounts/oidc_test.ts",
  },
  {
    guard: "the user of a session that is known",
    file: "lib/engine/sessions.ts",
    text: "return known.user === user ? known.id : undefined;",
    without: "return known.id;",
    test: "lib/engine/sessions_test.ts",
  },
  {
    guard: "the schemas of inputs",
    file: "lib/engine/values.ts",
    text: 'throw new Fault("bad_input", missing ?',
    without: 'void new Fault("bad_input", missing ?',
    test: "lib/engine/engine_test.ts",
  },
  {
    guard: "fields that are their author's",
    file: "lib/gate/fixed.ts",
    text: "if (fixed.has(names === undefined ? name : names[name] as string))",
    without: "if (fixed.has(name) && false)",
    test: "lib/gate/fixed_test.ts",
  },
  {
    guard: "the positions of a slider",
    file: "components/slider/mod.ts",
    text: "(value) => isPosition(value, { min, max, step }),",
    without: "(value) => isPosition(value, { min, max, step }) || true,",
    test: "components/slider/mod_test.ts",
  },
  {
    guard: "the list of tags",
    file: "lib/content/safe_html.ts",
    text: "blockquote ul ol",
    without: "blockquote form iframe script style ul ol",
    test: "lib/content/safe_html_test.ts",
  },
  {
    guard: "where links lead",
    file: "lib/content/address.ts",
    text: '["http:", "https:", "mailto:"].includes(url.protocol)',
    without: "url.protocol",
    test: "lib/content/safe_html_test.ts",
  },
  {
    guard: "names of files",
    file: "lib/store/name.ts",
    text: "DEVICE.test(short) ? shorten(`_${short}`) : short",
    without: "short",
    test: "lib/store/name_test.ts",
  },
];
