/** What happened with this person, newest first, in plain words. */
import { Timeline as Line, Text, ThemeIcon } from "@mantine/core";
import {
  type Icon,
  IconArrowDownLeft,
  IconClick,
  IconHeart,
  IconHeartOff,
  IconPencil,
  IconPoint,
  IconSend,
  IconSendOff,
  IconTag,
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
import { detailOf, eventKey } from "./happening.ts";

const ICONS: Partial<Record<string, Icon>> = {
  follow: IconHeart,
  unfollow: IconHeartOff,
  message: IconArrowDownLeft,
  postback: IconClick,
  click: IconClick,
  tag: IconTag,
  change: IconPencil,
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
  const { delivery } = entry;
  const refused = delivery?.state === "refused" || delivery?.state === "failed";
  const key = eventKey(entry);
  const Sign = delivery ? (refused ? IconSendOff : IconSend) : (ICONS[key] ?? IconPoint);
  const detail = detailOf(entry.payload);
  return (
    <Line.Item
      bullet={
        <ThemeIcon size={26} radius="xl" variant="light" color={refused ? "orange" : "pine"}>
          <Sign size={15} />
        </ThemeIcon>
      }
      title={
        <Text fz="sm" fw={600}>
          {delivery ? t(`cause.${delivery.cause.kind}`) : t(`happened.${key}`)}
          {delivery && ` – ${t(`common:delivery.${delivery.state}`)}`}
        </Text>
      }
    >
      {delivery?.reason && <Text fz="sm">{t(`common:reason.${delivery.reason}`)}</Text>}
      {detail && (
        <Text fz="sm" style={{ overflowWrap: "anywhere" }} lineClamp={3}>
          {detail}
        </Text>
      )}
      <Text fz="xs" c="dimmed" component="div">
        <When at={entry.at} /> <AccountName id={entry.channel_id} />
      </Text>
    </Line.Item>
  );
}
