/** What was published when and by whom, and the way back to it. */
import { Badge, Button, Card, Collapse, Group, Stack, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Journey, JourneyVersion } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { When } from "../ui/When.tsx";
import { versionQuery, versionsQuery } from "./api.ts";
import { Changes } from "./Changes.tsx";
import type { JourneyDesk } from "./useJourneyWork.ts";

export function Versions({ journey, desk }: { journey: Journey; desk: JourneyDesk }) {
  const { t } = useTranslation("journey");
  const query = useQuery(versionsQuery(journey.id));
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Card>
            <Empty icon={IconHistory} title={t("version.none")} about={t("version.noneAbout")} />
          </Card>
        ) : (
          <Stack gap="sm">
            <Text fz="sm" c="dimmed">
              {t("version.about")}
            </Text>
            {items.map((version) => (
              <Version key={version.id} version={version} journey={journey} desk={desk} />
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

interface VersionProps {
  version: JourneyVersion;
  journey: Journey;
  desk: JourneyDesk;
}

function Version({ version, journey, desk }: VersionProps) {
  const { t } = useTranslation(["journey", "common"]);
  const may = useMay("define");
  const confirm = useConfirm();
  const [open, setOpen] = useState(false);
  const query = useQuery({ ...versionQuery(journey.id, version.id), enabled: open });
  const n = version.number;
  const take = async () => {
    if (!query.data) return;
    const yes = await confirm({
      title: t("version.backTitle", { n }),
      body: t("version.backAbout"),
      action: t("version.back"),
    });
    if (yes) desk.setGraph(query.data);
  };
  return (
    <Card padding="sm">
      <Group justify="space-between">
        <div>
          <Group gap="xs">
            <Text fw={600}>{t("version.n", { n })}</Text>
            {version.id === journey.version_id && (
              <Badge color="pine">{t("version.current")}</Badge>
            )}
          </Group>
          <Text fz="sm" c="dimmed">
            <When at={version.published_at} /> {version.published_by}
          </Text>
          <Text fz="sm">{t("version.active", { n: number(version.active) })}</Text>
        </div>
        <Button size="xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t("version.compare")}
        </Button>
      </Group>
      <Collapse expanded={open}>
        {open && (
          <Loaded query={query} lines={2}>
            {(graph) => (
              <Stack mt="sm" gap="sm">
                <Text fz="xs" c="dimmed">
                  {t("version.compareAbout")}
                </Text>
                <Changes before={graph} after={desk.work.graph} />
                {may && (
                  <Button size="xs" variant="light" style={{ alignSelf: "start" }} onClick={take}>
                    {t("version.back")}
                  </Button>
                )}
              </Stack>
            )}
          </Loaded>
        )}
      </Collapse>
    </Card>
  );
}
