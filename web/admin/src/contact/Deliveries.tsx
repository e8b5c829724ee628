/** What this person got and did not get, each with one plain sentence why and the button that mends it. */
import { Alert, Badge, Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck, IconCircleX, IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BroadcastFate, Contact, DeliveryState, Reason, Why } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { When } from "../ui/When.tsx";
import { whyQuery } from "./api.ts";
import { Mend, NOW } from "./Mend.tsx";
import { conditionNamed, lineSaid } from "./said.ts";

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
      {(why) => {
        const told = new Set(why.deliveries.map((one) => one.cause_id));
        const [others, elsewhere] = split(
          why.broadcasts.filter((one) => !told.has(one.broadcast_id)),
        );
        return (
          <Stack gap="lg">
            <Now why={why} contact={contact} />
            <Stack gap="xs">
              <Title order={3} fz="sm">
                {t("deliveredSoFar")}
              </Title>
              {why.deliveries.length + elsewhere.length === 0 && (
                <Empty icon={IconSend} title={t("noDeliveries")} />
              )}
              {elsewhere.map((one) => (
                <Broadcast key={one.broadcast_id} one={one} />
              ))}
              {why.deliveries.map((one) => (
                <Delivery key={one.id} one={one} contact={contact} />
              ))}
              <Others others={others} />
            </Stack>
          </Stack>
        );
      }}
    </Loaded>
  );
}

type BroadcastWhy = Why["broadcasts"][number];
type DeliveryWhy = Why["deliveries"][number];

/** Broadcasts to others, and those to this person that LINE addressed itself. */
function split(broadcasts: BroadcastWhy[]): [BroadcastWhy[], BroadcastWhy[]] {
  const others = broadcasts.filter((one) => one.state === "not_addressed");
  return [others, broadcasts.filter((one) => one.state !== "not_addressed")];
}

function Delivery({ one, contact }: { one: DeliveryWhy; contact: Contact }) {
  const { t } = useTranslation("contact");
  const kind = t(`cause.${one.cause}`);
  const name = one.cause_name ?? one.template?.name;
  const said = one.mends.includes("resume")
    ? t("heldPaused")
    : one.state === "queued" && one.mends.includes("channel")
      ? t("heldStopped")
      : one.reason
        ? t(`why.${one.reason}`)
        : t(`sentence.${one.state}`);
  return (
    <Told
      badge={one.state}
      head={name ? t("headNamed", { kind, name }) : kind}
      at={one.done_at ?? one.due_at}
      mends={one.mends.map((mend) => (
        <Mend
          key={mend}
          mend={mend}
          channel={one.channel_id}
          contact={contact}
          template={one.template?.id}
          broadcast={one.cause === "broadcast" ? one.cause_id : undefined}
        />
      ))}
    >
      {said}
    </Told>
  );
}

function Broadcast({ one }: { one: BroadcastWhy }) {
  const { t } = useTranslation("contact");
  const head = t("headNamed", { kind: t("cause.broadcast"), name: one.name });
  return (
    <Told badge={FATES[one.state]} head={head} at={one.at}>
      {one.reason ? t(`why.${one.reason as Reason}`) : t(`fate.${one.state}`)}
      {one.state === "failed" && ` ${lineSaid(one.sentence)}`}
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
  const standing = ({ refused, because, later }: Why["now"][number]) => {
    if (refused === null) return t(later === null ? "wouldSend" : "wouldWait");
    // Which of the shop's conditions it is, only the server knows.
    const name = refused === "excluded_group" && conditionNamed(because);
    return name ? t("holdNamed", { name }) : t(`hold.${refused}`);
  };
  return (
    <Alert color="gray" title={t("ifSentNow")}>
      <Stack gap="xs">
        {why.now.map((one) => {
          const mend = one.refused === null ? undefined : NOW[one.refused];
          return (
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
              <div>
                <Text fz="sm">
                  <strong>{t(`common:lane.${one.lane}`)}</strong>{" "}
                  <AccountName id={one.channel_id} /> {standing(one)}{" "}
                  {one.later !== null && <When at={one.later} form="short" />}
                </Text>
                {mend && <Mend mend={mend} channel={one.channel_id} contact={contact} />}
              </div>
            </Group>
          );
        })}
      </Stack>
    </Alert>
  );
}

interface ToldProps {
  badge: Fate;
  head: string;
  at: number | null;
  mends?: ReactNode[];
  children: ReactNode;
}

function Told({ badge, head, at, mends = [], children }: ToldProps) {
  const { t } = useTranslation();
  return (
    <Card padding="sm" radius="md" component="article" aria-label={head}>
      <Group justify="space-between" gap="xs" mb={4} wrap="nowrap" align="flex-start">
        <Text fz="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
          {head}
        </Text>
        <Badge color={COLORS[badge]} style={{ flex: "none" }}>
          {t(`delivery.${badge}`)}
        </Badge>
      </Group>
      <Text fz="sm">{children}</Text>
      {at !== null && (
        <Text fz="xs" c="dimmed">
          <When at={at} />
        </Text>
      )}
      {mends.length > 0 && (
        <Group gap="xs" mt={8}>
          {mends}
        </Group>
      )}
    </Card>
  );
}
