/** CSV取り込み: the file, what its columns mean, what would happen, and only then taking it in. */
import {
  Alert,
  Badge,
  Button,
  Card,
  Checkbox,
  FileInput,
  Group,
  List,
  Radio,
  Select,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Title,
} from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconFileDownload,
  IconFileUpload,
  IconShieldCheck,
} from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem.ts";
import type { ImportAnswer, ImportPreview } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useIntent } from "../ui/draft.ts";
import { ErrorView } from "../ui/ErrorView.tsx";
import { Waiting } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { type ImportMode, type ImportStart, importFile, previewImport, wrongRows } from "./api.ts";
import { attributesQuery } from "./definitions.ts";

interface Ask {
  file: File;
  channel: string;
  columns?: string[];
}

export default function ImportPage() {
  const { t } = useTranslation(["contact", "common"]);
  const { channel, channels } = useAccounts();
  const [account, setAccount] = useState(channel?.id ?? channels[0]?.id ?? null);
  const [file, setFile] = useState<File | null>(null);
  const [answer, setAnswer] = useState<ImportAnswer>();
  // What was found stays in sight while it is looked at again with other meanings.
  const [seen, setSeen] = useState<ImportPreview>();
  const preview = useMutation({
    mutationFn: ({ file: chosen, channel: of, columns }: Ask) => previewImport(chosen, of, columns),
    networkMode: "always",
    onSuccess: setSeen,
  });
  const look = (chosen: File | null, of: string | null, columns?: string[]) => {
    setAnswer(undefined);
    if (!columns) setSeen(undefined);
    setFile(chosen);
    setAccount(of);
    if (chosen && of)
      preview.mutate({ file: chosen, channel: of, ...(columns ? { columns } : {}) });
    else preview.reset();
  };
  return (
    <Page
      title={t("import.title")}
      about={t("import.about")}
      back={{ to: "/contacts", label: t("title") }}
      width="read"
    >
      <Stack>
        <Card>
          <Stack>
            {channels.length > 1 && (
              <Select
                label={t("import.account")}
                data={channels.map(({ id, name }) => ({ value: id, label: name }))}
                value={account}
                allowDeselect={false}
                onChange={(id) => look(file, id)}
              />
            )}
            <FileInput
              label={t("import.file")}
              description={t("import.fileAbout")}
              placeholder={t("import.choose")}
              accept=".csv,text/csv"
              leftSection={<IconFileUpload size={17} />}
              clearable
              value={file}
              onChange={(chosen) => look(chosen, account)}
            />
          </Stack>
        </Card>
        {answer && <Done answer={answer} />}
        {!answer && preview.isPending && !seen && <Waiting lines={5} />}
        {!answer && preview.isError && (
          <ErrorView problem={asProblem(preview.error)} retry={() => look(file, account)} />
        )}
        {!answer && file && account && seen && !preview.isError && (
          <Checked
            file={file}
            channel={account}
            preview={seen}
            busy={preview.isPending}
            map={(columns) => look(file, account, columns)}
            done={setAnswer}
          />
        )}
      </Stack>
    </Page>
  );
}

interface CheckedProps {
  file: File;
  channel: string;
  preview: ImportPreview;
  busy: boolean;
  map: (columns: string[]) => void;
  done: (answer: ImportAnswer) => void;
}

function Checked(props: CheckedProps) {
  const { t } = useTranslation("contact");
  const { file, channel, preview, busy, map, done } = props;
  const [mode, setMode] = useState<ImportMode>("good-rows");
  const [start, setStart] = useState<ImportStart>("nothing");
  const intent = useIntent("import");
  const wish = { channel, columns: preview.columns, mode, start };
  const known = { name: file.name, size: file.size, at: file.lastModified };
  const take = useAct(() => importFile(file, wish, intent.keyFor({ wish, known })), {
    stale: ["contact", "tag", "attribute"],
    after: (answer) => {
      intent.done();
      done(answer);
    },
  });
  const identified = preview.columns.includes("line_user_id");
  const blocked =
    !identified || preview.rows === 0 || (preview.rejected > 0 && mode !== "good-rows");
  return (
    <>
      <Mapping preview={preview} map={map} busy={busy} />
      {!identified && (
        <Alert color="orange" icon={<IconAlertTriangle />} title={t("import.noUser")}>
          {t("import.noUserAbout")}
        </Alert>
      )}
      {identified && (
        <>
          <Card>
            <Title order={2} fz="sm" mb="sm">
              {t("import.what")}
            </Title>
            <SimpleGrid cols={{ base: 2, sm: 4 }}>
              <Figure label={t("import.created")} n={preview.created} />
              <Figure label={t("import.known")} n={preview.known} />
              <Figure label={t("import.rejected")} n={preview.rejected} />
              <Figure label={t("import.erased")} n={preview.erased} />
            </SimpleGrid>
          </Card>
          {preview.rejected > 0 && (
            <Wrong file={file} channel={channel} preview={preview} mode={mode} setMode={setMode} />
          )}
          <Starts preview={preview} start={start} setStart={setStart} />
          <Group justify="flex-end">
            <Button
              size="md"
              leftSection={<IconFileUpload size={18} />}
              disabled={blocked || busy}
              loading={take.isPending}
              onClick={() => take.mutate()}
            >
              {t("import.go", { n: number(preview.created + preview.known) })}
            </Button>
          </Group>
        </>
      )}
    </>
  );
}

function Figure({ label, n }: { label: string; n: number }) {
  return (
    <div>
      <Text fz="xs" c="dimmed">
        {label}
      </Text>
      <Text fz="xl" fw={650} style={{ fontVariantNumeric: "tabular-nums" }}>
        {number(n)}
      </Text>
    </div>
  );
}

const OWN = ["line_user_id", "display_name", "friend_since", "tags"] as const;

interface MappingProps {
  preview: ImportPreview;
  map: (columns: string[]) => void;
  busy: boolean;
}

/** Each column with its first values, and what it is taken to mean. */
function Mapping({ preview, map, busy }: MappingProps) {
  const { t } = useTranslation("contact");
  const { data } = useQuery(attributesQuery);
  const meanings = [
    ...OWN.map((value) => ({ value: value as string, label: t(`import.column.${value}`) })),
    ...(data?.items ?? []).map(({ key, label }) => ({ value: `attr.${key}`, label })),
  ];
  const choose = (index: number, meant: string) =>
    map(
      preview.columns.map((now, at) => {
        if (at === index) return meant;
        // A meaning stands once: it moves.
        return now === meant ? "" : now;
      }),
    );
  return (
    <Card>
      <Group justify="space-between" mb="xs">
        <Title order={2} fz="sm">
          {t("import.mapping")}
        </Title>
        <Badge color="gray">
          {t(`import.encoding.${preview.encoding as "utf8" | "shift_jis"}`)}
        </Badge>
      </Group>
      <Text fz="sm" c="dimmed" mb="sm">
        {t("import.mappingAbout")}
      </Text>
      <Table.ScrollContainer minWidth={300} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table aria-label={t("import.mapping")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("import.head")}</Table.Th>
              <Table.Th visibleFrom="sm">{t("import.sample")}</Table.Th>
              <Table.Th>{t("import.means")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {preview.header.map((head, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have the same head
              <Table.Tr key={`${index} ${head}`}>
                <Table.Td fw={600}>{head}</Table.Td>
                <Table.Td c="dimmed" fz="xs" maw={220} visibleFrom="sm">
                  <Text fz="xs" lineClamp={2}>
                    {preview.sample
                      .flatMap((row) => row[index] || [])
                      .slice(0, 3)
                      .join(" / ")}
                  </Text>
                </Table.Td>
                <Table.Td miw={{ base: 150, sm: 190 }}>
                  <Select
                    aria-label={t("import.meansOf", { head })}
                    placeholder={t("import.ignore")}
                    clearable
                    disabled={busy}
                    data={meanings}
                    value={preview.columns[index] || null}
                    onChange={(meant) => choose(index, meant ?? "")}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

interface WrongProps {
  file: File;
  channel: string;
  preview: ImportPreview;
  mode: ImportMode;
  setMode: (mode: ImportMode) => void;
}

/** Rows to mend, as a file of their own; and what to do with the good ones meanwhile. */
function Wrong({ file, channel, preview, mode, setMode }: WrongProps) {
  const { t } = useTranslation("contact");
  const fetchRows = useAct(async () => {
    const blob = await wrongRows(file, channel, preview.columns);
    const address = URL.createObjectURL(blob);
    const link = Object.assign(document.createElement("a"), {
      href: address,
      download: t("import.wrongName"),
    });
    link.click();
    URL.revokeObjectURL(address);
  });
  return (
    <Alert
      color="orange"
      icon={<IconAlertTriangle />}
      title={t("import.wrong", { n: number(preview.rejected) })}
    >
      <Stack gap="sm">
        <List fz="sm">
          {preview.errors.slice(0, 5).map((error) => (
            <List.Item key={`${error.line} ${error.column} ${error.message}`}>
              {t("import.line", { line: error.line })} {error.message}
            </List.Item>
          ))}
        </List>
        <Group>
          <Button
            variant="default"
            leftSection={<IconFileDownload size={16} />}
            loading={fetchRows.isPending}
            onClick={() => fetchRows.mutate()}
          >
            {t("import.wrongFetch")}
          </Button>
        </Group>
        <Radio.Group
          label={t("import.mode")}
          value={mode}
          onChange={(next) => setMode(next as ImportMode)}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="good-rows" label={t("import.goodRows", { n: number(preview.rows) })} />
            <Radio value="all-or-nothing" label={t("import.nothing")} />
          </Stack>
        </Radio.Group>
      </Stack>
    </Alert>
  );
}

interface StartsProps {
  preview: ImportPreview;
  start: ImportStart;
  setStart: (start: ImportStart) => void;
}

/** Nothing is sent unless somebody says so here, and sees to how many. */
function Starts({ preview, start, setStart }: StartsProps) {
  const { t } = useTranslation("contact");
  const may = useMay("send_broadcast");
  const journeys = preview.journeys.reduce((sum, one) => sum + one.people, 0);
  const greets = start.includes("greeting");
  const walks = start.includes("journeys");
  const set = (greeting: boolean, journey: boolean) => {
    const both = [...(greeting ? ["greeting"] : []), ...(journey ? ["journeys"] : [])].join(",");
    setStart((both || "nothing") as ImportStart);
  };
  return (
    <Alert color="pine" icon={<IconShieldCheck />} title={t("import.quiet")}>
      <Stack gap="sm">
        {!may || preview.greetings + journeys === 0 ? (
          <Text fz="sm">{t("import.quietNone")}</Text>
        ) : (
          <>
            <Text fz="sm">{t("import.quietAbout")}</Text>
            {preview.greetings > 0 && (
              <Checkbox
                label={t("import.greeting", { n: number(preview.greetings) })}
                checked={greets}
                onChange={() => set(!greets, walks)}
              />
            )}
            {journeys > 0 && (
              <Checkbox
                label={t("import.journeys", { n: number(journeys) })}
                description={preview.journeys
                  .map((one) => t("bulk.start", { name: one.name, n: number(one.people) }))
                  .join(" / ")}
                checked={walks}
                onChange={() => set(greets, !walks)}
              />
            )}
          </>
        )}
      </Stack>
    </Alert>
  );
}

function Done({ answer }: { answer: ImportAnswer }) {
  const { t } = useTranslation("contact");
  return (
    <Alert color="pine" icon={<IconCircleCheck />} title={t("import.done")} role="status">
      <Stack gap="sm">
        <Text fz="sm">
          {t("import.result", {
            created: number(answer.created),
            updated: number(answer.updated),
            unchanged: number(answer.unchanged),
          })}
        </Text>
        {answer.started > 0 && (
          <Text fz="sm">{t("import.started", { n: number(answer.started) })}</Text>
        )}
        {answer.rejected > 0 && (
          <Text fz="sm">{t("import.left", { n: number(answer.rejected) })}</Text>
        )}
        <Group>
          <Button component={Link} to="/contacts" variant="default">
            {t("import.toList")}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
