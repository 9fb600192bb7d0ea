import type { Context } from "../../src/context.ts";

export default (ctx: Context<unknown>) => ctx.next();
