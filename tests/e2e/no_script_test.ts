import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launch, open } from "@/tests/browser.ts";
import { serveRoutes } from "@/tests/served.ts";
import { startServer } from "@/tests/server.ts";

Deno.test("Without script a demo is a form: inputs are kept, outputs filled, errors at their field", async () => {
  await using server = await startServer();
  const browser = await launch();
  try {
    await using watched = await open(browser, `${server.base}/demos/calculator`, {
      javaScriptEnabled: false,
    });
    const { page } = watched;
    await page.getByLabel("First number").fill("84");
    await page.getByLabel("Second number").fill("2");
    await page.getByRole("button", { name: "Submit" }).click();
    await filled(page, "#result", "42");
    assert.equal(await page.getByLabel("First number").inputValue(), "84");

    await page.getByLabel("Second number").fill("0");
    await page.getByRole("button", { name: "Submit" }).click();
    await page.locator("#b-error", { hasText: "Cannot divide by zero" }).waitFor();
    assert.equal(await page.locator("#b").getAttribute("aria-invalid"), "true");
    assert.equal(await page.getByLabel("First number").inputValue(), "84");
    assert.equal(await page.getByLabel("Second number").inputValue(), "0");

    await page.getByLabel("Operation").selectOption("add");
    await page.getByRole("button", { name: "Submit" }).click();
    await filled(page, "#result", "84");
  } finally {
    await browser.close();
  }
});

Deno.test("Without script all that checks object to stands at its field", async () => {
  await using served = await serveRoutes("tests/e2e/abilities_routes");
  const browser = await launch();
  try {
    await using watched = await open(browser, `${served.base}/club`, { javaScriptEnabled: false });
    const { page } = watched;
    await page.getByLabel("Name").fill("A");
    await page.getByRole("button", { name: "Join" }).click();
    await page.locator("#name-error", { hasText: "A name has two letters or more" }).waitFor();
    await page.locator("#mail-error", { hasText: "An address has an @" }).waitFor();
    for (const id of ["name", "mail"]) {
      assert.equal(await page.locator(`#${id}`).getAttribute("aria-invalid"), "true");
    }
    assert.equal(await page.getByLabel("Answer").getAttribute("aria-invalid"), null);
  } finally {
    await browser.close();
  }
});

Deno.test("Without script an example fills the fields, and text and slider give the greeting", async () => {
  await using server = await startServer();
  const browser = await launch();
  try {
    await using watched = await open(browser, `${server.base}/demos/greeter`, { javaScriptEnabled: false });
    const { page } = watched;
    await page.getByRole("button", { name: /Grace/ }).click();
    await filled(page, "#name", "Grace");
    await page.getByRole("button", { name: "Submit" }).click();
    await filled(page, "#greeting", "Hello, Grace!!!!!!!");
  } finally {
    await browser.close();
  }
});

Deno.test("Without script a picture goes with the form and stays over a second one", async () => {
  await using server = await startServer();
  const browser = await launch();
  try {
    await using watched = await open(browser, `${server.base}/demos/digits`, { javaScriptEnabled: false });
    const { page } = watched;
    await page.locator("#picture").setInputFiles(
      new URL("../../static/samples/digit_3.png", import.meta.url).pathname,
    );
    for (let round = 0; round < 2; round++) {
      await page.getByRole("button", { name: /Submit|Classify/ }).click();
      await page.locator("[data-field=digit]").getByText("%").first().waitFor();
      assert.equal(await page.locator("[data-field=picture] img").count(), 1);
    }
  } finally {
    await browser.close();
  }
});

/** Waits for the page on which the server has written a value into a field. */
async function filled(page: Page, field: string, value: string): Promise<void> {
  const written = page.locator(`${field}[value=${JSON.stringify(value)}]`);
  await written.or(page.locator(field, { hasText: value })).waitFor();
  assert.equal(await page.locator(field).inputValue(), value);
}
