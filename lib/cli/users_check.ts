import { usersFile } from "@/lib/accounts/users_file.ts";

const CHECK_MS = 5000;

/**
 * Why the users file in the data folder cannot be used; `undefined` if it can, or does not exist. Users may come
 * from another source, or nobody logs in.
 */
export async function usersProblem(data: string): Promise<unknown> {
  try {
    await usersFile().ready?.({ signal: AbortSignal.timeout(CHECK_MS), data });
    return undefined;
  } catch (error) {
    return error instanceof Error && error.cause instanceof Deno.errors.NotFound ? undefined : error;
  }
}
