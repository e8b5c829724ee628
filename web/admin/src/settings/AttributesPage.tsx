import {
  Autocomplete,
  Badge,
  Button,
  Card,
  Code,
  Group,
  Modal,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconForms, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Attribute, AttributeType } from "../api/types.ts";
import {
  attributesQuery,
  createAttribute,
  deleteAttribute,
  unusedQuery,
  updateAttribute,
} from "../contact/definitions.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";

const TYPES = ["text", "number", "date", "datetime", "choice", "yesno"] as const;

export default function AttributesPage() {
  const { t } = useTranslation(["settings", "common"]);
  const query = useQuery(attributesQuery);
  const may = useMay("define");
  const [editing, setEditing] = useState<Attribute | "new">();
  const add = may && (
    <Button leftSection={<IconPlus size={17} />} onClick={() => setEditing("new")}>
      {t("attributes.add")}
    </Button>
  );
  const [onlyUnused, setOnlyUnused] = useState(false);
  const unused = useQuery({ ...unusedQuery, enabled: onlyUnused });
  const finder = (query.data?.items.length ?? 0) > 0 && (
    <Button variant="default" onClick={() => setOnlyUnused(!onlyUnused)}>
      {t(onlyUnused ? "attributes.showAll" : "attributes.unused")}
    </Button>
  );
  const columns: Column<Attribute>[] = [
    {
      key: "label",
      head: t("common:name"),
      cell: (one) => (
        <Text fz="sm" fw={600}>
          {one.label}
        </Text>
      ),
    },
    { key: "type", head: t("attributes.type"), cell: (one) => <Kind attribute={one} /> },
    { key: "key", head: t("attributes.key"), cell: (one) => <Code>{one.key}</Code> },
    ...(may
      ? [
          {
            key: "menu",
            head: "",
            kind: "menu" as const,
            cell: (one: Attribute) => <FieldMenu attribute={one} edit={setEditing} />,
          },
        ]
      : []),
  ];
  const folders = foldersOf(query.data?.items ?? []).filter(Boolean);
  return (
    <Page
      title={t("attributes.title")}
      about={t("attributes.about")}
      actions={
        <>
          {finder}
          {add}
        </>
      }
      width="read"
    >
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <Empty
                icon={IconForms}
                title={t("attributes.none")}
                about={t("attributes.noneAbout")}
                action={add}
              />
            </Card>
          ) : (
            <Stack gap="lg">
              {onlyUnused && (
                <Text fz="sm" c="dimmed" role="status">
                  {t(
                    unused.data?.attributes.length === 0
                      ? "attributes.unusedNone"
                      : "attributes.unusedAbout",
                  )}
                </Text>
              )}
              {foldersOf(items).map((folder) => (
                <Folder
                  key={folder}
                  folder={folder}
                  columns={columns}
                  rows={items.filter(
                    (one) =>
                      one.folder === folder &&
                      (!onlyUnused || unused.data?.attributes.includes(one.id)),
                  )}
                />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Modal
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={t(editing === "new" ? "attributes.add" : "attributes.edit")}
      >
        {editing === "new" && <NewField folders={folders} done={() => setEditing(undefined)} />}
        {editing && editing !== "new" && (
          <EditField folders={folders} attribute={editing} done={() => setEditing(undefined)} />
        )}
      </Modal>
    </Page>
  );
}

const foldersOf = (fields: Attribute[]) => [...new Set(fields.map(({ folder }) => folder))].sort();

interface FolderProps {
  folder: string;
  columns: Column<Attribute>[];
  rows: Attribute[];
}

function Folder({ folder, columns, rows }: FolderProps) {
  const { t } = useTranslation();
  if (rows.length === 0) return null;
  const name = folder || t("unfiled");
  return (
    <section>
      <Title order={2} fz="sm" mb="xs" c="dimmed">
        {name}
      </Title>
      <DataTable label={name} columns={columns} rows={rows} idOf={(one) => one.id} />
    </section>
  );
}

function Kind({ attribute }: { attribute: Attribute }) {
  const { t } = useTranslation("settings");
  return (
    <Group gap={6}>
      <Text fz="sm">{t(`attributes.types.${attribute.type}`)}</Text>
      {attribute.options.slice(0, 4).map((option) => (
        <Badge key={option} color="gray">
          {option}
        </Badge>
      ))}
    </Group>
  );
}

function FieldMenu({ attribute, edit }: { attribute: Attribute; edit: (one: Attribute) => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const confirm = useConfirm();
  const remove = useAct(() => deleteAttribute(attribute.id), {
    done: t("common:deleted"),
    stale: ["attribute", "contact"],
  });
  const ask = async () => {
    const yes = await confirm({
      title: t("attributes.deleteTitle", { name: attribute.label }),
      body: t("attributes.deleteAbout"),
      action: t("common:deleteNow"),
      danger: true,
    });
    if (yes) remove.mutate();
  };
  return (
    <RowMenu
      name={attribute.label}
      items={[
        { label: t("common:edit"), icon: <IconPencil size={16} />, run: () => edit(attribute) },
      ]}
      danger={{ label: t("common:delete"), icon: <IconTrash size={16} />, run: ask }}
    />
  );
}

function NewField({ folders, done }: { folders: string[]; done: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const form = useForm({
    initialValues: {
      label: "",
      key: "",
      folder: "",
      type: "text" as AttributeType,
      options: [] as string[],
    },
    validate: {
      label: (value) => (value.trim() ? null : t("common:required")),
      key: (value) => (/^[a-z0-9_]{1,40}$/.test(value) ? null : t("attributes.keyHint")),
      options: (value, { type }) =>
        type === "choice" && value.length === 0 ? t("attributes.optionsHint") : null,
    },
  });
  const save = useAct(
    ({ options, ...rest }: typeof form.values) =>
      createAttribute(rest.type === "choice" ? { ...rest, options } : rest),
    { form, done: t("common:saved"), stale: ["attribute"], after: done },
  );
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <TextInput
          label={t("common:name")}
          placeholder={t("attributes.labelExample")}
          data-autofocus
          {...form.getInputProps("label")}
        />
        <Select
          label={t("attributes.type")}
          description={t("attributes.typeHint")}
          data={TYPES.map((type) => ({ value: type, label: t(`attributes.types.${type}`) }))}
          allowDeselect={false}
          {...form.getInputProps("type")}
        />
        {form.values.type === "choice" && (
          <TagsInput
            label={t("attributes.options")}
            description={t("attributes.optionsHint")}
            {...form.getInputProps("options")}
          />
        )}
        <TextInput
          label={t("attributes.key")}
          description={t("attributes.keyHint")}
          placeholder="birthday"
          {...form.getInputProps("key")}
        />
        <Autocomplete
          label={t("common:folder")}
          data={folders}
          placeholder={t("common:unfiled")}
          {...form.getInputProps("folder")}
        />
        <Buttons done={done} busy={save.isPending} />
      </Stack>
    </form>
  );
}

function EditField(props: { attribute: Attribute; folders: string[]; done: () => void }) {
  const { attribute, folders, done } = props;
  const { t } = useTranslation(["settings", "common"]);
  const form = useForm({
    initialValues: {
      label: attribute.label,
      options: attribute.options,
      folder: attribute.folder,
    },
  });
  const save = useAct(
    ({ options, ...rest }: typeof form.values) =>
      updateAttribute(attribute.id, attribute.type === "choice" ? { ...rest, options } : rest),
    { form, done: t("common:saved"), stale: ["attribute"], after: done },
  );
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <TextInput
          label={t("common:name")}
          required
          data-autofocus
          {...form.getInputProps("label")}
        />
        {attribute.type === "choice" && (
          <TagsInput
            label={t("attributes.options")}
            description={t("attributes.optionsHint")}
            {...form.getInputProps("options")}
          />
        )}
        <Autocomplete
          label={t("common:folder")}
          data={folders}
          placeholder={t("common:unfiled")}
          {...form.getInputProps("folder")}
        />
        <Buttons done={done} busy={save.isPending} />
      </Stack>
    </form>
  );
}

function Buttons({ done, busy }: { done: () => void; busy: boolean }) {
  const { t } = useTranslation();
  return (
    <Group justify="space-between">
      <Button variant="default" onClick={done}>
        {t("cancel")}
      </Button>
      <Button type="submit" loading={busy}>
        {t("save")}
      </Button>
    </Group>
  );
}
