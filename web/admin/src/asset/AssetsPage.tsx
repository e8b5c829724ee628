/** 登録メディア: what is kept for messages. */
import { Button, Card, Group, SegmentedControl, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { IconArchive, IconDownload, IconPencil, IconPhoto } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Asset, AssetKind } from "../api/types.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { Page } from "../ui/Page.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";
import { SearchBox, useSearch } from "../ui/SearchBox.tsx";
import { archive, assetsQuery, update } from "./api.ts";
import { DropZone } from "./DropZone.tsx";
import { Tile } from "./Tile.tsx";

const KINDS = ["image", "video", "audio", "file"] as const;

export default function AssetsPage() {
  const { t } = useTranslation(["asset", "common"]);
  const may = useMay("talk");
  const [kind, setKind] = useState<AssetKind>("image");
  const { q, box } = useSearch();
  const list = useInfiniteQuery({ ...assetsQuery({ kind, q }), placeholderData: keepPreviousData });
  return (
    <Page title={t("title")} about={t("about")}>
      <Stack>
        <Group>
          <SegmentedControl
            aria-label={t("kindLabel")}
            value={kind}
            onChange={(value) => setKind(value as AssetKind)}
            data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
          />
          <SearchBox label={t("search")} {...box} />
        </Group>
        {may && <DropZone kind={kind} onDone={() => undefined} />}
        <Loaded query={list}>
          {({ pages }) => {
            const assets = pages.flatMap((page) => page.items);
            if (assets.length === 0) {
              return (
                <Card>
                  <Empty
                    icon={IconPhoto}
                    title={t(q ? "common:nothingFound" : "none")}
                    {...(q ? {} : { about: t("noneAbout") })}
                  />
                </Card>
              );
            }
            return (
              <>
                <SimpleGrid cols={{ base: 2, xs: 3, sm: 4, lg: 6 }} spacing="sm">
                  {assets.map((asset) => (
                    <Kept key={asset.id} asset={asset} />
                  ))}
                </SimpleGrid>
                <More list={list} />
              </>
            );
          }}
        </Loaded>
      </Stack>
    </Page>
  );
}

function Kept({ asset }: { asset: Asset }) {
  const { t } = useTranslation(["asset", "common"]);
  const may = useMay("define");
  const [naming, setNaming] = useState(false);
  const confirm = useConfirm();
  const remove = useAct(() => archive(asset.id), { done: t("archived"), stale: ["asset"] });
  const ask = async () => {
    const yes = await confirm({
      title: t("archiveTitle", { name: asset.name }),
      body: t(asset.kind === "file" ? "archiveFile" : "archiveAbout"),
      action: t("archive"),
      danger: true,
    });
    if (yes) remove.mutate();
  };
  return (
    <Card padding="xs" component="article" aria-label={asset.name} pos="relative">
      <Tile asset={asset} beside={32} />
      {naming && <Rename asset={asset} close={() => setNaming(false)} />}
      <div style={{ position: "absolute", bottom: 10, right: 6 }}>
        <RowMenu
          name={asset.name}
          items={[
            {
              label: t("open"),
              icon: <IconDownload size={16} />,
              run: () => void window.open(asset.url, "_blank", "noopener"),
            },
            ...(may
              ? [
                  {
                    label: t("rename"),
                    icon: <IconPencil size={16} />,
                    run: () => setNaming(true),
                  },
                ]
              : []),
          ]}
          {...(may
            ? { danger: { label: t("archive"), icon: <IconArchive size={16} />, run: ask } }
            : {})}
        />
      </div>
    </Card>
  );
}

function Rename({ asset, close }: { asset: Asset; close: () => void }) {
  const { t } = useTranslation(["asset", "common"]);
  const [name, setName] = useState(asset.name);
  const save = useAct(() => update(asset.id, { name: name.trim() }), {
    stale: ["asset"],
    after: close,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Group gap={4} mt={4} wrap="nowrap">
        <TextInput
          size="xs"
          flex={1}
          data-autofocus
          aria-label={t("common:name")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button size="compact-xs" type="submit" loading={save.isPending}>
          {t("common:save")}
        </Button>
      </Group>
    </form>
  );
}
