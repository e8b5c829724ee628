/** Chooses a kept file, or keeps a new one. */
import { Modal, SimpleGrid, Stack, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFileText, IconPhoto, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Asset, AssetKind } from "../api/types.ts";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { assetsQuery } from "./api.ts";
import { DropZone } from "./DropZone.tsx";
import { Tile } from "./Tile.tsx";

interface AssetPickerProps {
  kind: AssetKind;
  opened: boolean;
  onClose: () => void;
  onPick: (asset: Asset) => void;
}

export function AssetPicker({ kind, opened, onClose, onPick }: AssetPickerProps) {
  const { t } = useTranslation("asset");
  const pick = (asset: Asset) => {
    onPick(asset);
    onClose();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t(`choose.${kind}`)} size="lg">
      <Stack>
        <DropZone kind={kind} onDone={pick} />
        {opened && <Shelf kind={kind} pick={pick} />}
      </Stack>
    </Modal>
  );
}

function Shelf({ kind, pick }: { kind: AssetKind; pick: (asset: Asset) => void }) {
  const { t } = useTranslation(["asset", "common"]);
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 250);
  const list = useInfiniteQuery({ ...assetsQuery({ kind, q }), placeholderData: keepPreviousData });
  return (
    <>
      <TextInput
        type="search"
        aria-label={t("search")}
        placeholder={t("search")}
        leftSection={<IconSearch size={17} />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Loaded query={list}>
        {({ pages }) => {
          const assets = pages.flatMap((page) => page.items);
          if (assets.length === 0) {
            const icon = kind === "file" ? IconFileText : IconPhoto;
            return <Empty icon={icon} title={t(q ? "common:nothingFound" : "none")} />;
          }
          return (
            <>
              <SimpleGrid cols={{ base: 2, xs: 3, sm: 4 }} spacing="sm">
                {assets.map((asset) => (
                  <UnstyledButton
                    key={asset.id}
                    aria-label={t("use", { name: asset.name })}
                    onClick={() => pick(asset)}
                  >
                    <Tile asset={asset} />
                  </UnstyledButton>
                ))}
              </SimpleGrid>
              <More list={list} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}
