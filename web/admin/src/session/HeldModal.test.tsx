import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { HeldModal } from "./HeldModal.tsx";
import { RecoveryCodes } from "./SecondStepSetup.tsx";

vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }));

const page = (content: React.ReactNode) => {
  const close = vi.fn();
  render(
    <MantineProvider env="test">
      <HeldModal opened onClose={close} closeButtonProps={{ "aria-label": "閉じる" }}>
        {content}
      </HeldModal>
    </MantineProvider>,
  );
  return close;
};

it("is closed by Escape as long as nothing would be lost", () => {
  const close = page(<p>password</p>);
  fireEvent.keyDown(document.body, { key: "Escape" });
  expect(close).toHaveBeenCalledTimes(1);
  expect(screen.getByRole("button", { name: "閉じる" })).toBeVisible();
});

it("keeps recovery codes until somebody says that they are kept", () => {
  const kept = vi.fn();
  const close = page(<RecoveryCodes codes={["abcd-efgh"]} done={kept} />);
  fireEvent.keyDown(document.body, { key: "Escape" });
  expect(close).not.toHaveBeenCalled();
  expect(screen.queryByRole("button", { name: "閉じる" })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "recovery.kept" }));
  expect(kept).toHaveBeenCalledTimes(1);
});
