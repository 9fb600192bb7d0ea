// deno-lint-ignore-file no-console -- a command talks to whoever started it
/** `deno task user`: makes and changes the users of a file, and their keys. See `user_command.ts`. */
import { readSettings } from "@/lib/gate/settings.ts";
import { openStore } from "@/lib/store/records_open.ts";
import { refuseOldDeno } from "./needs.ts";
import { readPassword } from "./password_input.ts";
import { userCommand } from "./user_command.ts";

refuseOldDeno("user");
try {
  const { data, store } = readSettings((name) => Deno.env.get(name));
  await userCommand(Deno.args, {
    data,
    store,
    say: (text) => console.log(text),
    note: (text) => console.error(text),
    uid: Deno.uid(),
    password: readPassword,
    open: openStore,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  Deno.exit(1);
}
