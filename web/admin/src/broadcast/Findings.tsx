/** 内容の確認: one line per check, with what to do where something was found. */
import { Card, Checkbox, Group, Loader, Stack, Text, Title } from "@mantine/core";
import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconInfoCircle,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Finding, FoundPlace } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import style from "./Findings.module.css";
import { type Level, sorted, warningsOf, worstOf } from "./findings.ts";

const SIGNS: Record<Level, Icon> = {
  ok: IconCircleCheck,
  info: IconInfoCircle,
  warn: IconAlertTriangle,
  stop: IconCircleX,
};

interface FindingsProps {
  findings: Finding[] | undefined;
  /** Asks to say that the warnings were read; not where nobody sends. */
  seen?: { value: boolean; set: (value: boolean) => void };
}

export function Findings({ findings, seen }: FindingsProps) {
  const { t } = useTranslation("broadcast");
  const warnings = warningsOf(findings ?? []);
  return (
    <Card component="section" aria-label={t("check.title")}>
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2} fz="sm">
          {t("check.title")}
        </Title>
        {findings ? (
          <LevelWord level={worstOf(findings)} />
        ) : (
          <Loader size="xs" aria-label={t("check.looking")} />
        )}
      </Group>
      <Stack gap="sm" role="list">
        {sorted(findings ?? []).map((finding) => (
          <Line key={finding.check} finding={finding} />
        ))}
      </Stack>
      {seen && warnings.n > 0 && (
        <Checkbox
          mt="md"
          label={t("check.seen", { n: warnings.n })}
          checked={seen.value}
          onChange={(event) => seen.set(event.currentTarget.checked)}
        />
      )}
    </Card>
  );
}

function LevelWord({ level }: { level: Level }) {
  const { t } = useTranslation("broadcast");
  return (
    <Text fz="sm" fw={650} className={style[level]} role="status">
      {t(`check.level.${level}`)}
    </Text>
  );
}

function Line({ finding }: { finding: Finding }) {
  const { t } = useTranslation("broadcast");
  const Sign = SIGNS[finding.level];
  const quiet = finding.level === "ok";
  return (
    <Group gap={10} wrap="nowrap" align="flex-start" role="listitem">
      <Sign
        size={19}
        className={style[finding.level]}
        style={{ flex: "none", marginTop: 1 }}
        aria-hidden
      />
      <div style={{ minWidth: 0, flex: 1 }}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text fz="sm" fw={quiet ? 400 : 600}>
            {t(`check.name.${finding.check}`)}
          </Text>
          {/* The sign alone says nothing to who does not see it. */}
          <Text
            fz="xs"
            className={style[quiet ? "quiet" : finding.level]}
            style={{ whiteSpace: "nowrap" }}
          >
            {t(`check.level.${finding.level}`)}
          </Text>
        </Group>
        {finding.places.map((place) => (
          <Text
            key={`${place.what} ${place.bubble} ${place.text}`}
            fz="sm"
            style={{ overflowWrap: "anywhere" }}
          >
            <Sentence place={place} />
          </Text>
        ))}
      </div>
    </Group>
  );
}

function Sentence({ place }: { place: FoundPlace }) {
  const { t } = useTranslation("broadcast");
  const where = place.bubble > 0 ? t("check.bubble", { n: place.bubble }) : "";
  return (
    <>
      {where}
      {t(`check.what.${place.what}`, {
        text: place.text,
        detail: place.detail,
        n: number(place.people),
      })}
    </>
  );
}
