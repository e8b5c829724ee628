/** What happened with this person, newest first, in plain words. */
import { Group, Timeline as Line, Text, ThemeIcon } from "@mantine/core";
import {
  type Icon,
  IconArrowDownLeft,
  IconClick,
  IconHeart,
  IconHeartOff,
  IconPencil,
  IconPoint,
  IconRoute,
  IconSend,
  IconSendOff,
  IconSpeakerphone,
} from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Contact, TimelineEntry } from "../api/types.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { When } from "../ui/When.tsx";
import { timelineQuery } from "./api.ts";
import { detailOf, happeningOf } from "./happening.ts";

const ICONS: Partial<Record<string, Icon>> = {
  follow: IconHeart,
  unfollow: IconHeartOff,
  message: IconArrowDownLeft,
  postback: IconClick,
  click: IconClick,
  changed: IconPencil,
  enroll: IconRoute,
};

export function Timeline({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const list = useInfiniteQuery(timelineQuery(contact.id));
  return (
    <Loaded query={list}>
      {({ pages }) => {
        const entries = pages.flatMap((page) => page.items);
        if (entries.length === 0) return <Empty icon={IconPoint} title={t("timelineEmpty")} />;
        return (
          <>
            <Line bulletSize={26} lineWidth={2} color="gray">
              {entries.map((entry) => (
                <Entry key={entry.id} entry={entry} />
              ))}
            </Line>
            <More list={list} />
          </>
        );
      }}
    </Loaded>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation(["contact", "common"]);
  const { sign: Sign, color, title, detail } = useLine(entry);
  return (
    <Line.Item
      bullet={
        <ThemeIcon size={26} radius="xl" variant="light" color={color}>
          <Sign size={15} />
        </ThemeIcon>
      }
      title={
        <Text fz="sm" fw={600}>
          {title}
        </Text>
      }
    >
      {detail && (
        <Text fz="sm" style={{ overflowWrap: "anywhere" }} lineClamp={3}>
          {detail}
        </Text>
      )}
      <Group fz="xs" c="dimmed" gap={8}>
        <When at={entry.at} />
        <AccountName id={entry.channel_id} />
        {entry.type !== "event" && t(`common:lane.${entry.lane}`)}
      </Group>
    </Line.Item>
  );
}

/** An entry as a sign, a head and words. */
function useLine(entry: TimelineEntry): {
  sign: Icon;
  color: string;
  title: string;
  detail?: string;
} {
  const { t } = useTranslation(["contact", "common"]);
  if (entry.type === "broadcast") {
    return {
      sign: IconSpeakerphone,
      color: "pine",
      title: t("cause.broadcast"),
      detail: entry.name,
    };
  }
  if (entry.type === "delivery") {
    const lost = entry.state === "refused" || entry.state === "failed";
    const detail = entry.reason ? t(`why.${entry.reason}`) : undefined;
    return {
      sign: lost ? IconSendOff : IconSend,
      color: lost ? "orange" : "pine",
      title: `${t(`cause.${entry.cause}`)}: ${t(`common:delivery.${entry.state}`)}`,
      ...(detail ? { detail } : {}),
    };
  }
  const known = happeningOf(entry.kind);
  const detail = detailOf(entry.payload);
  return {
    sign: ICONS[known] ?? IconPoint,
    color: "gray",
    title:
      known === "custom" ? t("happened.customNamed", { name: entry.kind }) : t(`happened.${known}`),
    ...(detail ? { detail } : {}),
  };
}
