import { fireEvent, render } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Face } from "./Face.tsx";

vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }));

it("shows the letter when LINE's picture is gone", () => {
  const person = { display_name: "田中", picture_url: "https://profile.line-scdn.net/x" };
  const { container } = render(<Face person={person} />);
  const picture = container.querySelector("img");
  expect(picture).not.toBeNull();
  if (picture) fireEvent.error(picture);
  expect(container.querySelector("img")).toBeNull();
  expect(container.textContent).toBe("田");
});
