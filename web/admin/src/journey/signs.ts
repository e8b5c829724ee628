/** A picture for each kind of step. */
import {
  type Icon,
  IconArrowsSplit2,
  IconBolt,
  IconClock,
  IconDoorExit,
  IconFlag,
  IconMessage,
} from "@tabler/icons-react";
import type { JourneyNode } from "../api/types.ts";

export const SIGNS: Record<JourneyNode["do"], Icon> = {
  message: IconMessage,
  wait: IconClock,
  branch: IconArrowsSplit2,
  choose: IconArrowsSplit2,
  actions: IconBolt,
  goal: IconFlag,
  exit: IconDoorExit,
};
