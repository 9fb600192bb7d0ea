import { canaryPage } from "@/tests/e2e/canary_routes/(_canary)/page.tsx";

/** Every component, with a word of 70 letters in every text that it shows. */
export default canaryPage(["Donaudampfschifffahrts".repeat(4).slice(0, 70)]).page;
