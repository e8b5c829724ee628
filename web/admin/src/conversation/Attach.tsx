/** What can be sent besides words: pictures, films, sounds, files, stickers. Chosen first, sent with the answer. */
import { messageSummary, StickerDrawing } from "@enishi/line-ui";
import {
  ActionIcon,
  CloseButton,
  Group,
  Image,
  Menu,
  Popover,
  SimpleGrid,
  Text,
  UnstyledButton,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconFileText,
  IconMoodSmile,
  IconMovie,
  IconPaperclip,
  IconPhoto,
  IconVolume,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Asset, AssetKind, Bubble } from "../api/types.ts";
import { AssetPicker } from "../asset/AssetPicker.tsx";
import { STICKERS } from "../template/stickers.ts";
import { isLink, linkTo } from "./file.ts";

const KINDS = [
  { kind: "image", Sign: IconPhoto },
  { kind: "video", Sign: IconMovie },
  { kind: "audio", Sign: IconVolume },
  { kind: "file", Sign: IconFileText },
] as const;

/** A kept file as LINE's message. */
function bubbleOf(asset: Asset): Bubble {
  if (asset.kind === "file") return linkTo(asset.name, asset.url);
  const originalContentUrl = asset.url;
  if (asset.kind === "audio") {
    return { type: "audio", originalContentUrl, duration: asset.duration_ms ?? 1_000 } as Bubble;
  }
  const previewImageUrl = asset.preview_url ?? asset.url;
  return { type: asset.kind, originalContentUrl, previewImageUrl } as Bubble;
}

export function AttachMenu({ attach }: { attach: (bubble: Bubble) => void }) {
  const { t } = useTranslation(["asset", "conversation"]);
  const [kind, setKind] = useState<AssetKind>("image");
  const [opened, picker] = useDisclosure(false);
  return (
    <>
      <Menu position="top-start" withinPortal>
        <Menu.Target>
          <ActionIcon size={36} variant="default" aria-label={t("conversation:attach")}>
            <IconPaperclip size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {KINDS.map(({ kind: one, Sign }) => (
            <Menu.Item
              key={one}
              leftSection={<Sign size={17} />}
              onClick={() => {
                setKind(one);
                picker.open();
              }}
            >
              {one === "file" ? t("conversation:attachFile") : t(`choose.${one}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <AssetPicker
        kind={kind}
        opened={opened}
        onClose={picker.close}
        onPick={(asset) => attach(bubbleOf(asset))}
      />
    </>
  );
}

export function StickerMenu({ attach }: { attach: (bubble: Bubble) => void }) {
  const { t } = useTranslation("conversation");
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <Popover opened={opened} onDismiss={close} position="top-start" withinPortal trapFocus>
      <Popover.Target>
        <ActionIcon size={36} variant="default" aria-label={t("sticker")} onClick={toggle}>
          <IconMoodSmile size={18} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <SimpleGrid cols={6} spacing={2} className="lu-root" role="group" aria-label={t("sticker")}>
          {STICKERS.map((one) => (
            <UnstyledButton
              key={`${one.packageId} ${one.stickerId}`}
              w={46}
              aria-label={t("stickerNamed", { id: `${one.packageId}/${one.stickerId}` })}
              onClick={() => {
                attach({ type: "sticker", ...one } as Bubble);
                close();
              }}
            >
              <StickerDrawing {...one} />
            </UnstyledButton>
          ))}
        </SimpleGrid>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What will go with the answer, until it is sent or taken away. */
export function Attached({ bubble, drop }: { bubble: Bubble; drop: () => void }) {
  const { t } = useTranslation("conversation");
  const link = isLink(bubble);
  const { previewImageUrl } = bubble as { previewImageUrl?: string };
  const { packageId, stickerId } = bubble as { packageId?: string; stickerId?: string };
  return (
    <Group gap="sm" mb="xs" p={6} role="group" aria-label={t("attached")} wrap="nowrap">
      {previewImageUrl && (
        <Image src={previewImageUrl} alt="" w={72} h={54} fit="contain" radius="sm" />
      )}
      {packageId && stickerId && (
        <div className="lu-root" style={{ width: 54 }}>
          <StickerDrawing packageId={packageId} stickerId={stickerId} />
        </div>
      )}
      {link && <IconFileText size={28} stroke={1.5} aria-hidden style={{ flex: "none" }} />}
      <div style={{ flex: 1, minWidth: 0 }}>
        <Text fz="sm" truncate>
          {link ? messageSummary(bubble).split("\n")[0] : messageSummary(bubble)}
        </Text>
        {link && (
          <Text fz="xs" c="dimmed">
            {t("fileAsLink")}
          </Text>
        )}
      </div>
      <CloseButton aria-label={t("drop")} onClick={drop} />
    </Group>
  );
}
