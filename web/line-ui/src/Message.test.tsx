import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { LineUi, type OnAction } from "./context.tsx";
import { MessageView } from "./Message.tsx";
import { RichMenuView } from "./parts/RichMenu.tsx";
import { messageSummary } from "./summary.ts";
import { Talk } from "./talk/Talk.tsx";
import type { Action, AnyMessage, FlexMessage, ImagemapMessage } from "./types.ts";

const say = (label: string): Action => ({ type: "message", label, text: `${label}!` });

function draw(message: AnyMessage) {
  const onAction = vi.fn<OnAction>();
  const drawn = render(
    <LineUi onAction={onAction}>
      <MessageView message={message} />
    </LineUi>,
  );
  return { onAction, ...drawn };
}

const bubble = (more: object): FlexMessage => ({
  type: "flex",
  altText: "flex",
  contents: { type: "bubble", ...more } as never,
});

describe("taps", () => {
  it("report a template's action and the very object that was tapped", async () => {
    const action = say("はい");
    const { onAction } = draw({
      type: "template",
      altText: "",
      template: { type: "confirm", text: "?", actions: [action, say("いいえ")] },
    });
    await userEvent.click(screen.getByRole("button", { name: "はい" }));
    expect(onAction).toHaveBeenCalledExactlyOnceWith(action, { source: "message", origin: action });
    expect(onAction.mock.calls[0]?.[1].origin).toBe(action);
  });

  it("translate an imagemap's action and keep where it came from", async () => {
    const area = { x: 0, y: 0, width: 520, height: 520 };
    const message: ImagemapMessage = {
      type: "imagemap",
      baseUrl: "https://example.com/map",
      altText: "地図",
      baseSize: { width: 1040, height: 520 },
      actions: [{ type: "uri", linkUri: "https://example.com/", label: "左", area }],
    };
    const { onAction, container } = draw(message);
    const left = screen.getByRole("button", { name: "左" });
    expect(left).toHaveStyle({ width: "50%", height: "100%" });
    expect(container.querySelector("img")).toHaveAttribute("src", "https://example.com/map/1040");
    await userEvent.click(left);
    expect(onAction.mock.calls[0]?.[0]).toEqual({ type: "uri", uri: "https://example.com/" });
    expect(onAction.mock.calls[0]?.[1].origin).toBe(message.actions[0]);
  });

  it("run only the innermost action", async () => {
    const { onAction } = draw(
      bubble({
        action: say("全体"),
        body: {
          type: "box",
          layout: "vertical",
          action: say("箱"),
          contents: [
            { type: "button", action: say("ボタン") },
            { type: "text", text: "文字" },
          ],
        },
      }),
    );
    await userEvent.click(screen.getByRole("button", { name: "ボタン" }));
    await userEvent.click(screen.getByText("文字"));
    expect(onAction.mock.calls.map(([action]) => (action as { label: string }).label)).toEqual([
      "ボタン",
      "箱",
    ]);
  });

  it("work from the keyboard on a tappable box", async () => {
    const { onAction } = draw(
      bubble({
        body: {
          type: "box",
          layout: "vertical",
          action: say("箱"),
          contents: [{ type: "text", text: "x" }],
        },
      }),
    );
    screen.getByRole("button").focus();
    await userEvent.keyboard("{Enter}");
    expect(onAction).toHaveBeenCalledOnce();
  });

  it("on a link open it", async () => {
    const { onAction } = draw({ type: "text", text: "https://example.com/ です" });
    await userEvent.click(screen.getByRole("button"));
    expect(onAction.mock.calls[0]).toMatchObject([
      { type: "uri", uri: "https://example.com/" },
      { source: "link" },
    ]);
  });

  it("on a rich menu tell the area", async () => {
    const onArea = vi.fn();
    render(
      <RichMenuView
        menu={{
          size: { width: 2500, height: 1000 },
          chatBarText: "メニュー",
          areas: [
            { bounds: { x: 0, y: 0, width: 1250, height: 1000 }, action: say("左") },
            { bounds: { x: 1250, y: 0, width: 1250, height: 1000 }, action: say("右") },
          ],
        }}
        imageUrl={undefined}
        onArea={onArea}
      />,
    );
    await userEvent.click(screen.getByRole("button", { name: "右" }));
    expect(onArea).toHaveBeenCalledExactlyOnceWith(1);
  });
});

it.each<[AnyMessage, string]>([
  [{ type: "audio", duration: 65_400 }, "1:05"],
  [{ type: "video", duration: 9_600 }, "0:10"],
  [{ type: "file", fileName: "a.pdf", fileSize: 900 }, "900 B"],
  [{ type: "file", fileName: "a.pdf", fileSize: 1536 }, "1.5 KB"],
  [{ type: "file", fileName: "a.pdf", fileSize: 5_242_880 }, "5.0 MB"],
])("%o says how long or how large it is", (message, label) => {
  draw(message);
  expect(screen.getByText(label)).toBeInTheDocument();
});

describe("what cannot be drawn", () => {
  it.each<[string, unknown]>([
    ["an unknown type", { type: "hologram" }],
    ["a flex without contents", { type: "flex", altText: "" }],
    ["a carousel without bubbles", { type: "flex", altText: "", contents: { type: "carousel" } }],
    ["a template without a body", { type: "template", altText: "" }],
    ["a bare type", { type: "text" }],
    ["an imagemap without sizes", { type: "imagemap", baseUrl: "x" }],
    ["an image without addresses", { type: "image" }],
    ["a box without contents", bubble({ body: { type: "box", layout: "vertical" } })],
    [
      "an unknown component",
      bubble({ body: { type: "box", layout: "vertical", contents: [{ type: "spinner" }] } }),
    ],
    ["a location without coordinates", { type: "location" }],
    ["a file without a name", { type: "file" }],
  ])("%s never breaks the page", (_, message) => {
    const quiet = vi.spyOn(console, "error").mockImplementation(() => undefined);
    render(
      <>
        <MessageView message={message as AnyMessage} />
        <p>まだある</p>
      </>,
    );
    expect(screen.getByText("まだある")).toBeInTheDocument();
    quiet.mockRestore();
  });

  it("is drawn again when the message was mended", () => {
    const quiet = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { rerender } = render(<MessageView message={{ type: "flex" } as AnyMessage} />);
    expect(screen.getByText(/形が正しくない/)).toBeInTheDocument();
    rerender(<MessageView message={{ type: "text", text: "直った" }} />);
    expect(screen.getByText("直った")).toBeInTheDocument();
    quiet.mockRestore();
  });

  it("never becomes markup", () => {
    const { container } = draw({ type: "text", text: '<img src=x onerror="alert(1)">' });
    expect(container.querySelector("img")).toBeNull();
  });
});

describe("a talk", () => {
  const quickReply = {
    items: [{ type: "action" as const, action: { type: "camera" as const, label: "カメラ" } }],
  };
  it("shows authors, read marks, withdrawn messages and quick replies", () => {
    render(
      <Talk
        now={0}
        items={[
          {
            id: "1",
            at: 0,
            from: "them",
            author: { name: "店" },
            unsent: true,
            message: { type: "text", text: "秘密" },
          },
          { id: "2", at: 0, from: "me", read: true, message: { type: "text", text: "こんにちは" } },
          {
            id: "3",
            at: 0,
            from: "them",
            author: { name: "店" },
            message: { type: "text", text: "写真を", quickReply },
          },
        ]}
      />,
    );
    expect(screen.queryByText("秘密")).toBeNull();
    expect(screen.getByText("店がメッセージの送信を取り消しました")).toBeInTheDocument();
    expect(screen.getByText("既読")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "カメラ" })).toBeInTheDocument();
  });
});

describe("summaries", () => {
  it.each<[AnyMessage, string]>([
    [{ type: "text", text: "やあ" }, "やあ"],
    [{ type: "sticker", packageId: "1", stickerId: "2" }, "[スタンプ]"],
    [{ type: "image" }, "[写真]"],
    [{ type: "location", latitude: 0, longitude: 0, title: "店" }, "[店]"],
    [
      { type: "flex", altText: "お知らせ", contents: { type: "carousel", contents: [] } },
      "お知らせ",
    ],
    [{ type: "hologram" }, "この種類のメッセージは表示できません（hologram）"],
  ])("%o", (message, expected) => expect(messageSummary(message)).toBe(expected));
});
