import type { PageProps } from "fresh";
import type { VNode } from "preact";
import type { Account } from "atoll";

/** The slim bar above every page, and what stands below. */
export default function Layout({ Component, state }: PageProps<unknown, { account?: Account }>): VNode {
  const account = state?.account;
  return (
    <div class="flex flex-col min-h-screen">
      <a class="at-skip" href="#main">Skip to content</a>
      <header class="border-b border-line bg-surface">
        <nav class="flex items-center justify-between h-12 max-w-6xl px-4 mx-auto" aria-label="Site">
          <a class="flex items-center gap-2 py-2 font-semibold no-underline" href="/">
            <svg
              class="w-5 h-5 text-accent"
              viewBox="0 0 16 16"
              fill="none"
              stroke="currentColor"
              aria-hidden="true"
            >
              <path d="M13 5.2A5.8 5.8 0 1 1 8 2.2" stroke-width="2.2" stroke-linecap="round" />
              <circle cx="8" cy="8" r="1.6" fill="currentColor" />
            </svg>
            Atoll
          </a>
          {account && (
            <form class="flex items-center gap-3 text-sm" method="post" action={account.logout}>
              <a class="py-2" href={account.url}>{account.user.name}</a>
              <button class="at-btn" type="submit" data-size="sm">Log out</button>
            </form>
          )}
        </nav>
      </header>
      <main id="main" class="flex-1 w-full max-w-6xl px-4 py-6 mx-auto" tabIndex={-1}>
        <Component />
      </main>
      <footer class="w-full max-w-6xl px-4 py-6 mx-auto text-xs text-soft">
        Made with Atoll
      </footer>
    </div>
  );
}
