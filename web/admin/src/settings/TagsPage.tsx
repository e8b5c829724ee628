import {
  Autocomplete,
  Button,
  Card,
  Group,
  Modal,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPencil, IconPlus, IconTags, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Tag } from "../api/types.ts";
import { createTag, deleteTag, tagsQuery, unusedQuery, updateTag } from "../contact/definitions.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";

export default function TagsPage() {
  const { t } = useTranslation(["settings", "common"]);
  const query = useQuery(tagsQuery);
  const may = useMay("define");
  const [editing, setEditing] = useState<Tag | "new">();
  const [onlyUnused, setOnlyUnused] = useState(false);
  const unused = useQuery({ ...unusedQuery, enabled: onlyUnused });
  const add = may && (
    <Button leftSection={<IconPlus size={17} />} onClick={() => setEditing("new")}>
      {t("tags.add")}
    </Button>
  );
  const finder = (query.data?.items.length ?? 0) > 0 && (
    <Button variant="default" onClick={() => setOnlyUnused(!onlyUnused)}>
      {t(onlyUnused ? "tags.showAll" : "tags.unused")}
    </Button>
  );
  return (
    <Page
      title={t("tags.title")}
      about={t("tags.about")}
      actions={
        <>
          {finder}
          {add}
        </>
      }
      width="read"
    >
      <Loaded query={query}>
        {({ items }) => (
          <>
            {items.length === 0 ? (
              <Card>
                <Empty
                  icon={IconTags}
                  title={t("tags.none")}
                  about={t("tags.noneAbout")}
                  action={add}
                />
              </Card>
            ) : onlyUnused ? (
              <Loaded query={unused}>
                {({ tags }) => (
                  <Unused tags={items.filter(({ id }) => tags.includes(id))} edit={setEditing} />
                )}
              </Loaded>
            ) : (
              <Folders tags={items} edit={setEditing} />
            )}
            <Modal
              opened={editing !== undefined}
              onClose={() => setEditing(undefined)}
              title={t(editing === "new" ? "tags.add" : "tags.edit")}
            >
              {editing && (
                <TagForm
                  tag={editing === "new" ? undefined : editing}
                  folders={[...new Set(items.map((tag) => tag.folder))].filter(Boolean)}
                  done={() => setEditing(undefined)}
                />
              )}
            </Modal>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Unused({ tags, edit }: { tags: Tag[]; edit: (tag: Tag) => void }) {
  const { t } = useTranslation("settings");
  if (tags.length === 0) {
    return (
      <Card>
        <Empty icon={IconTags} title={t("tags.unusedNone")} />
      </Card>
    );
  }
  return (
    <Stack>
      <Text fz="sm" c="dimmed">
        {t("tags.unusedAbout")}
      </Text>
      <Folders tags={tags} edit={edit} />
    </Stack>
  );
}

function Folders({ tags, edit }: { tags: Tag[]; edit: (tag: Tag) => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const may = useMay("define");
  const folders = [...new Set(tags.map((tag) => tag.folder))].sort();
  const columns: Column<Tag>[] = [
    {
      key: "name",
      head: t("common:name"),
      cell: (tag) => (
        <Link
          to="/contacts"
          search={{ tags: [tag.id] }}
          style={{ color: "inherit", fontWeight: 600 }}
        >
          {tag.name}
        </Link>
      ),
    },
    {
      key: "contacts",
      head: t("tags.contacts"),
      kind: "end",
      cell: (tag) => t("common:unit.people", { n: number(tag.contacts) }),
    },
    ...(may
      ? [
          {
            key: "menu",
            head: "",
            kind: "menu" as const,
            cell: (tag: Tag) => <TagMenu tag={tag} edit={edit} />,
          },
        ]
      : []),
  ];
  return (
    <Stack gap="lg">
      {folders.map((folder) => (
        <section key={folder}>
          <Title order={2} fz="sm" mb="xs" c="dimmed">
            {folder || t("common:unfiled")}
          </Title>
          <DataTable
            label={folder || t("common:unfiled")}
            columns={columns}
            rows={tags.filter((tag) => tag.folder === folder)}
            idOf={(tag) => tag.id}
          />
        </section>
      ))}
    </Stack>
  );
}

function TagMenu({ tag, edit }: { tag: Tag; edit: (tag: Tag) => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const confirm = useConfirm();
  const remove = useAct(() => deleteTag(tag.id), {
    done: t("common:deleted"),
    stale: ["tag", "contact"],
  });
  const ask = async () => {
    const yes = await confirm({
      title: t("tags.deleteTitle", { name: tag.name }),
      body: t("tags.deleteAbout", { n: number(tag.contacts) }),
      action: t("common:deleteNow"),
      danger: true,
    });
    if (yes) remove.mutate();
  };
  return (
    <RowMenu
      name={tag.name}
      items={[{ label: t("common:edit"), icon: <IconPencil size={16} />, run: () => edit(tag) }]}
      danger={{ label: t("common:delete"), icon: <IconTrash size={16} />, run: ask }}
    />
  );
}

function TagForm(props: { tag: Tag | undefined; folders: string[]; done: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const { tag, folders, done } = props;
  const form = useForm({
    initialValues: { name: tag?.name ?? "", folder: tag?.folder ?? "" },
    validate: { name: (value) => (value.trim() ? null : t("common:required")) },
  });
  const save = useAct(
    async (values: typeof form.values) => {
      if (tag) await updateTag(tag.id, values);
      else await createTag(values);
    },
    { form, done: t("common:saved"), stale: ["tag"], after: done },
  );
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <TextInput
          label={t("common:name")}
          description={t("tags.nameHint")}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <Autocomplete
          label={t("common:folder")}
          data={folders}
          placeholder={t("common:unfiled")}
          {...form.getInputProps("folder")}
        />
        <Group justify="space-between">
          <Button variant="default" onClick={done}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("common:save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
