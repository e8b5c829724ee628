import { type CSSProperties, useState } from "react";
import { useHere } from "../context.tsx";
import { Icon } from "./icons.tsx";

/** A picture by address; while it is missing or broken a neutral field of the same size stands there. */
export function Picture(props: { url: string | undefined; alt?: string; style?: CSSProperties }) {
  const { resolveUrl } = useHere();
  const [failed, setFailed] = useState<string>();
  const { url, alt = "", style } = props;
  if (!url || failed === url) {
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
