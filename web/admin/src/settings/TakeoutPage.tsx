/** まるごと書き出し: everything of the shop in one file, for leaving or keeping. */
import { Alert, Button, Card, Group, List, Stack, Text, Title } from "@mantine/core";
import { IconDownload, IconInfoCircle, IconPackageExport } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ask } from "../api/client.ts";
import type { Takeout } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { useAct } from "../ui/act.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { When } from "../ui/When.tsx";

const takeoutsQuery = queryOptions({
  queryKey: ["takeout", "list"],
  queryFn: () => ask(api.GET("/takeouts")),
});
const working = ({ state }: Takeout) => state === "queued" || state === "running";
const PARTS = ["friends", "consent", "positions", "definitions", "settings"] as const;

export default function TakeoutPage() {
  const { t } = useTranslation("settings");
  const query = useQuery({
    ...takeoutsQuery,
    refetchInterval: ({ state }) => (state.data?.items.some(working) ? 1_000 : false),
  });
  const start = useAct(() => ask(api.POST("/takeouts")), { stale: ["takeout"] });
  const busy = query.data?.items.some(working) ?? false;
  return (
    <Page title={t("takeout.title")} about={t("takeout.about")} width="read">
      <Stack>
        <Card>
          <Stack>
            <List spacing={6} fz="sm">
              {PARTS.map((part) => (
                <List.Item key={part}>{t(`takeout.part.${part}`)}</List.Item>
              ))}
            </List>
            <Alert color="gray" icon={<IconInfoCircle />}>
              {t("takeout.care")}
            </Alert>
            <Group>
              <Button
                leftSection={<IconPackageExport size={17} />}
                loading={start.isPending}
                disabled={busy}
                onClick={() => start.mutate()}
              >
                {t("takeout.go")}
              </Button>
            </Group>
          </Stack>
        </Card>
        <Loaded query={query}>
          {({ items }) =>
            items.length > 0 && (
              <section aria-live="polite">
                <Title order={2} fz="sm" mb="xs">
                  {t("takeout.done")}
                </Title>
                <Stack gap="xs">
                  {items.map((one) => (
                    <One key={one.id} one={one} />
                  ))}
                </Stack>
              </section>
            )
          }
        </Loaded>
      </Stack>
    </Page>
  );
}

const MEGA = 1_000_000;

function One({ one }: { one: Takeout }) {
  const { t } = useTranslation("settings");
  const state = working(one) ? "running" : one.state === "failed" ? "failed" : "ready";
  return (
    <Card padding="sm" radius="md">
      <Group justify="space-between">
        <Stack gap={2}>
          <Text fz="sm" fw={600}>
            <When at={one.created_at} />
          </Text>
          <Text fz="sm" c="dimmed">
            {t(`takeout.state.${state}`, {
              n: number(one.contacts),
              size: number(Math.max(0.1, Math.round((one.bytes ?? 0) / (MEGA / 10)) / 10)),
            })}
          </Text>
          {state === "ready" && (
            <Text fz="xs" c="dimmed">
              {one.until === null ? (
                t("takeout.over")
              ) : (
                <>
                  {t("takeout.until")} <When at={one.until} form="short" />
                </>
              )}
            </Text>
          )}
        </Stack>
        {one.until !== null && (
          <Button
            component="a"
            href={`/api/v1/takeouts/${one.id}/file`}
            download
            variant="default"
            leftSection={<IconDownload size={16} />}
          >
            {t("takeout.fetch")}
          </Button>
        )}
      </Group>
    </Card>
  );
}
