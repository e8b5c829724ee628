import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { queryClient } from "../app/query.ts";
import { ConfirmProvider } from "../ui/confirm.tsx";
import { NewCouponForm } from "./NewCouponForm.tsx";

const made = vi.hoisted(() => vi.fn(async () => ({ coupon_id: "k1" })));
vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }));
vi.mock("../session/api.ts", () => ({ useZone: () => "Asia/Tokyo" }));
vi.mock("../asset/AssetField.tsx", () => ({ AssetField: () => null }));
vi.mock("./api.ts", () => ({ createCoupon: made }));

// What grows with its text waits for fonts, of which this browser has none.
Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });

vi.setConfig({ testTimeout: 30_000 });
const close = vi.fn();
beforeEach(() => {
  vi.clearAllMocks();
  localStorage.clear();
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queryClient}>
        <ConfirmProvider>
          <NewCouponForm account="c1" close={close} made={vi.fn()} />
        </ConfirmProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
});

const field = (name: RegExp) => screen.getByLabelText(name);
const write = (name: RegExp, value: string) => fireEvent.change(field(name), { target: { value } });
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));

it("makes none that begins at no time", async () => {
  write(/coupon.title/, "ドリンク100円引き");
  write(/coupon.starts/, "");
  press("coupon.go");
  expect(await screen.findByText("common:required")).toBeVisible();
  expect(made).not.toHaveBeenCalled();
  write(/coupon.starts/, "2026-11-22T00:00");
  press("coupon.go");
  await waitFor(() => expect(made).toHaveBeenCalledTimes(1));
});

it("asks before what was entered is gone", async () => {
  write(/coupon.title/, "ドリンク100円引き");
  fireEvent.keyDown(document.body, { key: "Escape" });
  expect(await screen.findByText("coupon.leaveBody")).toBeVisible();
  expect(close).not.toHaveBeenCalled();
  press("common:draftDrop");
  await waitFor(() => expect(close).toHaveBeenCalledTimes(1));
});

it("closes at once where nothing was entered", async () => {
  fireEvent.keyDown(document.body, { key: "Escape" });
  await waitFor(() => expect(close).toHaveBeenCalledTimes(1));
});
