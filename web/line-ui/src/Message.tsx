/** One message, whatever its type. Nothing that a message holds may break the page around it. */
import { Component, type ReactNode } from "react";
import { useHere } from "./context.tsx";
import { Flex } from "./flex/Flex.tsx";
import { Coupon } from "./parts/Coupon.tsx";
import { Imagemap } from "./parts/Imagemap.tsx";
import { Icon } from "./parts/icons.tsx";
import { Location } from "./parts/Location.tsx";
import { Audio, File, Image, Video } from "./parts/media.tsx";
import { Sticker } from "./parts/Sticker.tsx";
import { TemplateView } from "./parts/template.tsx";
import { TextBubble } from "./text/TextBubble.tsx";
import type { AnyMessage, Message } from "./types.ts";

export function MessageView({ message }: { message: AnyMessage }) {
  return (
    <Fence message={message}>
      <Drawing message={message as Message} />
    </Fence>
  );
}

function Drawing({ message }: { message: Message }) {
  const { words } = useHere();
  switch (message.type) {
    case "text":
    case "textV2":
      return <TextBubble message={message} />;
    case "sticker":
      return <Sticker message={message} />;
    case "image":
      return <Image message={message} />;
    case "video":
      return <Video message={message} />;
    case "audio":
      return <Audio message={message} />;
    case "file":
      return <File message={message} />;
    case "location":
      return <Location message={message} />;
    case "coupon":
      return <Coupon message={message} />;
    case "imagemap":
      return <Imagemap message={message} />;
    case "template":
      return <TemplateView message={message} />;
    case "flex":
      return <Flex contents={message.contents} />;
    default:
      return <Foreign>{words.unknown(String((message as AnyMessage).type))}</Foreign>;
  }
}

function Foreign({ children }: { children: ReactNode }) {
  return (
    <div className="lu-foreign">
      <Icon name="info" />
      <span>{children}</span>
    </div>
  );
}

function Broken() {
  const { words } = useHere();
  return <Foreign>{words.broken}</Foreign>;
}

/** Draws a notice in place of a message that cannot be drawn, until another message comes. */
class Fence extends Component<{ message: AnyMessage; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidUpdate(before: { message: AnyMessage }) {
    if (this.state.failed && before.message !== this.props.message)
      this.setState({ failed: false });
  }

  override render() {
    return this.state.failed ? <Broken /> : this.props.children;
  }
}
