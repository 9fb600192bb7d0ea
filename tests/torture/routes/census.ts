import { server } from "@/main.ts";
import { census } from "./(_torture)/census.ts";

const { engine, pools } = server;

/** What a test wants to know of the server from within. */
export const handler = {
  GET: () => Response.json({ ...census(), load: engine.load, pools: pools.load }),
};
