import { Avatar } from "@enishi/line-ui";
import { faceOf } from "../sim/face.ts";

export function Face({ who }: { who: Parameters<typeof faceOf>[0] }) {
  return (
    <span className="lu-root ph-face">
      <Avatar author={faceOf(who)} />
    </span>
  );
}
