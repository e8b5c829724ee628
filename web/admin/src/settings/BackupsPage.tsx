/** バックアップ: copies that are there, one more now, every day by itself, and how one is put back. */
import {
  Alert,
  Badge,
  Button,
  Card,
  Code,
  Group,
  List,
  Loader,
  NumberInput,
  Progress,
  Select,
  Stack,
  Switch,
  Text,
  Title,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import {
  IconAlertTriangle,
  IconDatabaseExport,
  IconDownload,
  IconInfoCircle,
  IconKey,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Backup, Backups, BackupTask } from "../api/types.ts";
import { stale } from "../app/query.ts";
import { number } from "../i18n/time.ts";
import { useAct } from "../ui/act.ts";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { Part } from "../ui/Part.tsx";
import { When } from "../ui/When.tsx";
import { backupsQuery, setBackupSchedule, startBackup } from "./api.ts";
import { bytes } from "./system/sizes.ts";

/** Commands stay whole on a phone. */
const WRAPPED = { whiteSpace: "pre-wrap", overflowWrap: "anywhere" } as const;
const TWO_DAYS = 2 * 24 * 60 * 60 * 1_000;
const busy = (task: BackupTask | null) => task?.state === "queued" || task?.state === "running";

export default function BackupsPage() {
  const { t } = useTranslation("settings");
  const query = useQuery({
    ...backupsQuery,
    refetchInterval: ({ state }) => (busy(state.data?.running ?? null) ? 1_000 : 60_000),
  });
  const isBusy = busy(query.data?.running ?? null);
  // The light on the page of the system hangs on the newest copy.
  const was = useRef(isBusy);
  useEffect(() => {
    if (was.current && !isBusy) void stale("status");
    was.current = isBusy;
  }, [isBusy]);
  return (
    <Page title={t("backups.title")} about={t("backups.about")} width="read">
      <Loaded query={query}>
        {(backups) => (
          <Stack>
            {backups.store === "postgres" ? (
              <Elsewhere backups={backups} />
            ) : (
              <>
                <Warning backups={backups} />
                {backups.is_keeper ? <Now backups={backups} /> : <NotHere />}
                <Copies backups={backups} />
                <Restore backups={backups} />
              </>
            )}
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function NotHere() {
  const { t } = useTranslation("settings");
  return <Alert color="gray">{t("backups.notKeeper")}</Alert>;
}

/** PostgreSQL is copied by whoever runs it; Enishi does not know whether they do. */
function Elsewhere({ backups }: { backups: Backups }) {
  const { t } = useTranslation("settings");
  return (
    <Card>
      <Stack gap="sm">
        <Group gap="xs">
          <Title order={2} fz="md">
            {t("backups.postgres")}
          </Title>
          <Badge color="gray">{t("health.unknown")}</Badge>
        </Group>
        <Text fz="sm">{t("backups.postgresAbout")}</Text>
        <Code
          block
          style={WRAPPED}
        >{`pg_dump --format=custom --file=enishi.dump "$DATABASE_URL"`}</Code>
        <Text fz="sm" c="dimmed">
          {t(backups.pg_dump ? "backups.pgDumpThere" : "backups.pgDumpMissing")}
        </Text>
        <Text fz="sm">
          {t("backups.postgresMedia")} <Code>{backups.folder.replace(/backups$/, "media")}</Code>
        </Text>
        <Key place={backups.key_place} />
      </Stack>
    </Card>
  );
}

function Warning({ backups }: { backups: Backups }) {
  const { t } = useTranslation("settings");
  const newest = backups.items[0];
  if (newest && backups.at - newest.made_at < TWO_DAYS) return null;
  return (
    <Alert
      color={newest ? "yellow" : "red"}
      icon={<IconAlertTriangle size={20} />}
      title={t(newest ? "backups.old" : "backups.none")}
    >
      {t("backups.oldAbout")}
    </Alert>
  );
}

function Now({ backups }: { backups: Backups }) {
  const { t } = useTranslation("settings");
  const { running } = backups;
  const start = useAct(startBackup, { stale: ["backup", "audit"] });
  return (
    <Card>
      <Stack>
        <Group justify="space-between">
          <div style={{ flex: "1 1 260px" }}>
            <Title order={2} fz="md">
              {t("backups.now")}
            </Title>
            <Text fz="sm" c="dimmed">
              {t("backups.nowAbout")}
            </Text>
          </div>
          <Button
            leftSection={<IconDatabaseExport size={17} />}
            loading={start.isPending}
            disabled={busy(running)}
            onClick={() => start.mutate()}
          >
            {t("backups.go")}
          </Button>
        </Group>
        <div aria-live="polite">{running && <Under task={running} />}</div>
        <Schedule key={JSON.stringify(backups.schedule)} backups={backups} />
      </Stack>
    </Card>
  );
}

function Under({ task }: { task: BackupTask }) {
  const { t } = useTranslation("settings");
  if (busy(task)) {
    const percent = task.total > 0 ? Math.round((task.done / task.total) * 100) : 0;
    return (
      <Stack gap={4}>
        <Group gap="xs">
          <Loader size="xs" aria-hidden />
          <Text fz="sm">
            {task.total > 0 ? t("backups.under", { percent }) : t("backups.underStart")}
          </Text>
        </Group>
        <Progress value={percent} animated aria-label={t("backups.underStart")} />
        {task.error && (
          <Text fz="sm" c="red.8">
            {task.error}
          </Text>
        )}
      </Stack>
    );
  }
  if (task.state !== "failed") return null;
  return (
    <Alert color="red" title={t("backups.failed")}>
      {task.error}
    </Alert>
  );
}

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour));

function Schedule({ backups }: { backups: Backups }) {
  const { t } = useTranslation(["settings", "common"]);
  const form = useForm({ initialValues: backups.schedule });
  const save = useAct(setBackupSchedule, {
    form,
    done: t("common:saved"),
    stale: ["backup"],
    after: (kept) => form.resetDirty(kept),
  });
  const { hour } = form.values;
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="sm">
        <Switch
          label={t("backups.daily")}
          description={t("backups.dailyAbout")}
          checked={hour !== null}
          onChange={(event) => form.setFieldValue("hour", event.currentTarget.checked ? 3 : null)}
        />
        <Group align="flex-end">
          {hour !== null && (
            <Select
              label={t("backups.hour")}
              w={120}
              allowDeselect={false}
              data={HOURS.map((one) => ({ value: one, label: t("backups.oclock", { n: one }) }))}
              value={String(hour)}
              onChange={(value) => form.setFieldValue("hour", Number(value ?? 3))}
              error={form.errors.hour}
            />
          )}
          <NumberInput
            label={t("backups.keep")}
            suffix={t("backups.keepSuffix")}
            min={1}
            max={60}
            allowDecimal={false}
            w={140}
            {...form.getInputProps("keep")}
          />
          <Button
            type="submit"
            variant="default"
            loading={save.isPending}
            disabled={!form.isDirty()}
          >
            {t("common:save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Copies({ backups }: { backups: Backups }) {
  const { t } = useTranslation("settings");
  return (
    <Part title={t("backups.list")} gap="sm">
      {backups.items.length === 0 ? (
        <Empty icon={IconDatabaseExport} title={t("backups.listEmpty")} />
      ) : (
        <Stack gap="sm">
          {backups.items.map((one) => (
            <Copy key={one.name} one={one} mayFetch={backups.may_fetch} />
          ))}
        </Stack>
      )}
      <Text fz="xs" c="dimmed">
        {t(backups.may_fetch ? "backups.fetchAbout" : "backups.fetchNot")}
      </Text>
    </Part>
  );
}

function Copy({ one, mayFetch }: { one: Backup; mayFetch: boolean }) {
  const { t } = useTranslation("settings");
  return (
    <Group justify="space-between" gap="xs">
      <div>
        <Text fz="sm" fw={600}>
          <When at={one.made_at} />
        </Text>
        <Text fz="sm" c="dimmed">
          {t("backups.size", { size: bytes(one.bytes), files: number(one.media_files) })}{" "}
          {one.checked && (
            <Badge color="pine" variant="light" size="sm">
              {t("backups.checked")}
            </Badge>
          )}
        </Text>
      </div>
      {mayFetch && (
        <Button
          component="a"
          href={`/api/v1/backups/${one.name}/file`}
          download
          variant="default"
          size="xs"
          leftSection={<IconDownload size={16} />}
        >
          {t("backups.fetch")}
        </Button>
      )}
    </Group>
  );
}

function Key({ place }: { place: string }) {
  const { t } = useTranslation("settings");
  return (
    <Alert color="yellow" icon={<IconKey size={20} />} title={t("backups.key")}>
      {t("backups.keyAbout")} <Code style={{ overflowWrap: "anywhere" }}>{place}</Code>
    </Alert>
  );
}

function Restore({ backups }: { backups: Backups }) {
  const { t } = useTranslation("settings");
  const from = `${backups.folder}/${backups.items[0]?.name ?? "20260101-030000"}`;
  return (
    <Part title={t("backups.restore")} about={t("backups.restoreAbout")} gap="sm">
      <List type="ordered" fz="sm" spacing="sm" styles={{ itemWrapper: { display: "block" } }}>
        <List.Item>{t("backups.step.stop")}</List.Item>
        <List.Item>
          {t("backups.step.empty")}
          <Code
            block
            mt={4}
          >{`mkdir /srv/enishi-new\nexport ENISHI_DATA_DIR=/srv/enishi-new`}</Code>
        </List.Item>
        <List.Item>
          {t("backups.step.key")}
          <Code block mt={4} style={WRAPPED}>{`export ENISHI_KEY=…`}</Code>
        </List.Item>
        <List.Item>
          {t("backups.step.restore")}
          <Code block mt={4} style={WRAPPED}>{`enishi restore ${from}`}</Code>
        </List.Item>
        <List.Item>{t("backups.step.start")}</List.Item>
        <List.Item>{t("backups.step.release")}</List.Item>
      </List>
      <Key place={backups.key_place} />
      <Alert color="gray" icon={<IconInfoCircle size={20} />}>
        {t("backups.plain")}
      </Alert>
      <Text fz="sm">
        {t("backups.folder")} <Code style={{ overflowWrap: "anywhere" }}>{backups.folder}</Code>
      </Text>
    </Part>
  );
}
