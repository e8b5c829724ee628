/** Each fact with its light, one sentence, and what to do. */
import { Anchor, Divider, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { Health, HealthSign } from "../../api/types.ts";
import { number } from "../../i18n/time.ts";
import { useMay } from "../../session/api.ts";
import { AccountName } from "../../ui/AccountDot.tsx";
import { Part } from "../../ui/Part.tsx";
import { Light } from "./Light.tsx";
import { bytes, span } from "./sizes.ts";

const SIZES: HealthSign["topic"][] = ["disk", "database"];

export function Signs({ health }: { health: Health }) {
  const { t } = useTranslation("settings");
  return (
    <Part title={t("health.signs")} gap="sm">
      {health.signs.map((sign, n) => (
        <Fragment key={`${sign.topic} ${sign.channel_id}`}>
          {n > 0 && <Divider />}
          <Line sign={sign} now={health.at} />
        </Fragment>
      ))}
    </Part>
  );
}

function Line({ sign, now }: { sign: HealthSign; now: number }) {
  const { t } = useTranslation("settings");
  const age = span(sign.at === null ? 0 : now - sign.at);
  const n = sign.n ?? 0;
  const values = {
    n: SIZES.includes(sign.topic) ? bytes(n) : number(sign.topic === "clock" ? n / 1_000 : n),
    age: t(`health.age.${age.unit}`, { n: age.n }),
  };
  const never = sign.at === null && sign.topic === "webhook" && sign.light === "care";
  return (
    <Group wrap="nowrap" align="flex-start" gap="sm">
      {/* An account that only sends is not connected; nothing about it is unknown. */}
      <Light
        light={sign.light}
        {...(sign.topic === "webhook" && sign.light === "unknown" ? { name: "none" } : {})}
      />
      <div style={{ minWidth: 0 }}>
        <Text fz="sm" fw={600}>
          {t(`health.topic.${sign.topic}`)}
          {sign.channel_id && (
            <>
              {" "}
              <AccountName id={sign.channel_id} />
            </>
          )}
        </Text>
        <Text fz="sm">
          {t(never ? "health.say.webhook.never" : `health.say.${sign.topic}.${sign.light}`, values)}
        </Text>
        {(sign.light === "bad" || sign.light === "care") && <ToDo sign={sign} />}
      </div>
    </Group>
  );
}

const PLACES = {
  webhook: { to: "/channels", word: "health.open.webhook" },
  backup: { to: "/settings/backups", word: "health.open.backup" },
} as const;

function placeOf(topic: HealthSign["topic"], may: boolean) {
  if (topic === "webhook") return PLACES.webhook;
  return topic === "backup" && may ? PLACES.backup : undefined;
}

function ToDo({ sign }: { sign: HealthSign }) {
  const { t } = useTranslation("settings");
  const may = useMay("settings");
  const place = placeOf(sign.topic, may);
  return (
    <Text fz="sm" c="dimmed">
      {t(`health.do.${sign.topic}`)}{" "}
      {place && (
        <Anchor component={Link} to={place.to} fz="sm" underline="always">
          {t(place.word)}
        </Anchor>
      )}
    </Text>
  );
}
