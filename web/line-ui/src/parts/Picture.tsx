import { type CSSProperties, type ReactNode, useState } from "react";
import { useHere } from "../context.tsx";
import { Icon } from "./icons.tsx";

/** A picture by address; when it is missing or broken, `instead` or a neutral field stands there. */
export function Picture(props: {
  url: string | undefined;
  alt?: string;
  style?: CSSProperties;
  instead?: ReactNode;
}) {
  const { resolveUrl } = useHere();
  const [failed, setFailed] = useState<string>();
  const { url, alt = "", style, instead } = props;
  if (!url || failed === url) {
    if (instead) return instead;
    return (
      <span className="lu-picture lu-picture--missing" style={style}>
        <Icon name="picture" />
      </span>
    );
  }
  return (
    <img
      className="lu-picture"
      src={resolveUrl(url)}
      alt={alt}
      style={style}
      decoding="async"
      draggable={false}
      onError={() => setFailed(url)}
    />
  );
}
