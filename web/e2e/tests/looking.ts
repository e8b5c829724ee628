/** Pages as people see them: a picture for us, and what axe finds. */
import type { Page } from "playwright-core";
import { beforeEach, expect } from "vitest";
import { axeProblems, shoot } from "../src/index.ts";

/** Nothing is wrong on the page as it stands. */
export async function look(page: Page, name: string): Promise<void> {
  await shoot(page, name, "whole");
  expect(await axeProblems(page), name).toEqual([]);
}

interface Pages {
  admin: Page;
  small: Page;
  server: { url: string };
}

/** The desk's page as it stands, and the same address on the phone, dark and light. */
export async function everyWay(
  { admin, small, server }: Pages,
  path: string,
  heading: string,
  name: string,
): Promise<void> {
  await look(admin, `${name}-1440`);
  for (const scheme of ["dark", "light"]) {
    await small.evaluate(
      (value) => localStorage.setItem("mantine-color-scheme-value", value),
      scheme,
    );
    await small.goto(`${server.url}/admin${path}`);
    await small.getByRole("heading", { level: 1, name: heading }).waitFor();
    await small.getByRole("status", { name: "読み込み中" }).first().waitFor({ state: "detached" });
    await look(small, `${name}-390-${scheme}`);
  }
}

/** Leaves pictures of these pages when a test fails. */
export function shootFailed(pages: () => Record<string, Page>): void {
  beforeEach(({ onTestFailed }) => {
    onTestFailed(async ({ task }) => {
      for (const [name, page] of Object.entries(pages()))
        await shoot(page, `failed-${task.name}-${name}`, "whole");
    });
  });
}
