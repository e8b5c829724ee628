/** What this person got and did not get, each with one plain sentence why. */
import { Alert, Badge, Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BroadcastFate, Contact, DeliveryState, Why } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { When } from "../ui/When.tsx";
import { whyQuery } from "./api.ts";
import { Mend } from "./Mend.tsx";

/** `none`: was not among the recipients. */
type Fate = DeliveryState | "none";

const COLORS: Record<Fate, string> = {
  none: "gray",
  queued: "gray",
  sending: "blue",
  accepted: "pine",
  failed: "red",
  unknown: "yellow",
  refused: "orange",
};

/** A broadcast's fate in the words of a delivery. */
const FATES: Record<BroadcastFate, Fate> = {
  sent: "accepted",
  refused: "refused",
  failed: "failed",
  unknown: "unknown",
  open: "sending",
  waiting: "queued",
  not_addressed: "none",
};

export function Deliveries({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const query = useQuery(whyQuery(contact.id));
  return (
    <Loaded query={query}>
      {(why) => (
        <Stack gap="lg">
          <Now why={why} contact={contact} />
          <Stack gap="xs">
            <Title order={3} fz="sm">
              {t("deliveredSoFar")}
            </Title>
            {why.deliveries.length + why.broadcasts.length === 0 && (
              <Empty icon={IconSend} title={t("noDeliveries")} />
            )}
            {why.broadcasts.filter(concerned).map((one) => (
              <Broadcast key={one.broadcast_id} one={one} />
            ))}
            {why.deliveries.map((one) => (
              <Told
                key={one.id}
                badge={one.state}
                head={t(`cause.${one.cause}`)}
                at={one.done_at ?? one.due_at}
              >
                {one.because ?? t(`sentence.${one.state}`)}
              </Told>
            ))}
            <Others others={why.broadcasts.filter((one) => !concerned(one))} />
          </Stack>
        </Stack>
      )}
    </Loaded>
  );
}

type BroadcastWhy = Why["broadcasts"][number];
const concerned = (one: BroadcastWhy) => one.state !== "not_addressed";

function Broadcast({ one }: { one: BroadcastWhy }) {
  return (
    <Told badge={FATES[one.state]} head={one.name} at={one.at}>
      {one.sentence}
    </Told>
  );
}

/** Broadcasts to others: asked for seldom, and many. */
function Others({ others }: { others: BroadcastWhy[] }) {
  const { t } = useTranslation("contact");
  if (others.length === 0) return null;
  return (
    <details>
      <Text component="summary" fz="sm" c="dimmed" py={8} style={{ cursor: "pointer" }}>
        {t("toOthers", { n: number(others.length) })}
      </Text>
      <Stack gap="xs" mt="xs">
        {others.map((one) => (
          <Broadcast key={one.broadcast_id} one={one} />
        ))}
      </Stack>
    </details>
  );
}

/** What would happen if something were sent this minute. */
function Now({ why, contact }: { why: Why; contact: Contact }) {
  const { t } = useTranslation(["contact", "common"]);
  if (why.now.length === 0) return null;
  return (
    <Alert color="gray" title={t("ifSentNow")}>
      <Stack gap="xs">
        {why.now.map((one) => (
          <Group key={`${one.channel_id} ${one.lane}`} gap="xs" wrap="nowrap" align="flex-start">
            {one.refused === null ? (
              <IconCircleCheck
                size={18}
                color="var(--mantine-color-pine-7)"
                style={{ flex: "none" }}
              />
            ) : (
              <IconCircleX
                size={18}
                color="var(--mantine-color-orange-7)"
                style={{ flex: "none" }}
              />
            )}
            <Text fz="sm">
              <strong>{t(`common:lane.${one.lane}`)}</strong> <AccountName id={one.channel_id} />{" "}
              {one.because ?? (one.later === null ? t("wouldSend") : t("wouldWait"))}{" "}
              {one.later !== null && <When at={one.later} form="short" />}
              {one.refused !== null && (
                <Mend reason={one.refused} channel={one.channel_id} contact={contact} />
              )}
            </Text>
          </Group>
        ))}
      </Stack>
    </Alert>
  );
}

function Told(props: { badge: Fate; head: string; at: number | null; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Card padding="sm" radius="md">
      <Group justify="space-between" gap="xs" mb={4}>
        <Text fz="sm" fw={600}>
          {props.head}
        </Text>
        <Badge color={COLORS[props.badge]}>{t(`delivery.${props.badge}`)}</Badge>
      </Group>
      <Text fz="sm">{props.children}</Text>
      {props.at !== null && (
        <Text fz="xs" c="dimmed">
          <When at={props.at} />
        </Text>
      )}
    </Card>
  );
}
