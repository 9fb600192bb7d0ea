import { usersFile } from "@/lib/accounts/users_file.ts";

const CHECK_MS = 5000;

/**
 * Why the file of users in the server's folder for data cannot be used; `undefined` when it can, or there is none: users may
 * come from elsewhere, or nobody logs in.
 */
export async function usersProblem(data: string): Promise<unknown> {
  try {
    await usersFile().ready?.({ signal: AbortSignal.timeout(CHECK_MS), data });
    return undefined;
  } catch (error) {
    return error instanceof Error && error.cause instanceof Deno.errors.NotFound ? undefined : error;
  }
}
