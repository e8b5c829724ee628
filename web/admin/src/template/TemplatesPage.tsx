import { messageSummary } from "@enishi/line-ui";
import { Button, Card, Group, Select, Text } from "@mantine/core";
import {
  IconArchive,
  IconCopy,
  IconFileText,
  IconFolder,
  IconPencil,
  IconPlus,
} from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Template } from "../api/types.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { Page } from "../ui/Page.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";
import { SearchBox, useSearch } from "../ui/SearchBox.tsx";
import { When } from "../ui/When.tsx";
import { archive, create, templatesQuery, useFolders } from "./api.ts";

export default function TemplatesPage() {
  const { t } = useTranslation(["template", "common"]);
  const may = useMay("define");
  const { q, box } = useSearch();
  const [folder, setFolder] = useState<string | null>(null);
  const folders = useFolders();
  const list = useInfiniteQuery({
    ...templatesQuery({ q, folder: folder ?? "" }),
    placeholderData: keepPreviousData,
  });
  const narrowed = q !== "" || folder !== null;
  const add = may && (
    <Button component={Link} to="/templates/new" leftSection={<IconPlus size={17} />}>
      {t("add")}
    </Button>
  );
  const columns: Column<Template>[] = [
    { key: "name", head: t("common:name"), cell: (one) => <Name template={one} /> },
    { key: "folder", head: t("common:folder"), cell: (one) => one.folder || t("common:unfiled") },
    {
      key: "size",
      head: t("size"),
      cell: (one) => t("sizeN", { n: one.messages.length }),
      wideOnly: true,
    },
    {
      key: "updated",
      head: t("common:updated"),
      cell: (one) => <When at={one.updated_at} form="day" />,
    },
    ...(may
      ? [
          {
            key: "menu",
            head: "",
            kind: "menu" as const,
            cell: (one: Template) => <TemplateMenu template={one} />,
          },
        ]
      : []),
  ];
  return (
    <Page title={t("title")} about={t("about")} actions={add}>
      <Group mb="md" gap="sm">
        <SearchBox label={t("search")} {...box} />
        {folders.length > 0 && (
          <Select
            aria-label={t("common:folder")}
            placeholder={t("allFolders")}
            clearable
            flex="0 1 200px"
            leftSection={<IconFolder size={17} />}
            data={folders}
            value={folder}
            onChange={setFolder}
          />
        )}
      </Group>
      <Loaded query={list}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items);
          if (rows.length === 0) {
            return (
              <Card>
                <Empty
                  icon={IconFileText}
                  title={t(narrowed ? "common:nothingFound" : "none")}
                  {...(narrowed ? {} : { about: t("noneAbout"), action: add })}
                />
              </Card>
            );
          }
          return (
            <>
              <DataTable label={t("title")} columns={columns} rows={rows} idOf={(one) => one.id} />
              <More list={list} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Name({ template }: { template: Template }) {
  const first = template.messages[0];
  return (
    <div style={{ minWidth: 0 }}>
      <Text
        component={Link}
        to={`/templates/${template.id}`}
        fz="sm"
        fw={600}
        c="var(--mantine-color-text)"
      >
        {template.name}
      </Text>
      {first && (
        <Text fz="xs" c="dimmed" lineClamp={1}>
          {messageSummary(first)}
        </Text>
      )}
    </div>
  );
}

function TemplateMenu({ template }: { template: Template }) {
  const { t } = useTranslation(["template", "common"]);
  const confirm = useConfirm();
  const navigate = useNavigate();
  const remove = useAct(() => archive(template.id), { done: t("archived"), stale: ["template"] });
  const copy = useAct(
    () => {
      const { name, folder, messages } = template;
      return create({ name: t("copyOf", { name }), folder, messages });
    },
    {
      done: t("copiedTemplate"),
      stale: ["template"],
      after: ({ id }) => navigate({ to: "/templates/$id", params: { id } }),
    },
  );
  const ask = async () => {
    const yes = await confirm({
      title: t("archiveTitle", { name: template.name }),
      body: t("archiveAbout"),
      action: t("archive"),
      danger: true,
    });
    if (yes) remove.mutate();
  };
  return (
    <RowMenu
      name={template.name}
      items={[
        {
          label: t("common:edit"),
          icon: <IconPencil size={16} />,
          run: () => void navigate({ to: "/templates/$id", params: { id: template.id } }),
        },
        {
          label: t("common:duplicate"),
          icon: <IconCopy size={16} />,
          run: () => copy.mutate(),
        },
      ]}
      danger={{ label: t("archive"), icon: <IconArchive size={16} />, run: ask }}
    />
  );
}
