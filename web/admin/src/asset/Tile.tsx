/** One kept file as a tile: what it looks like, what it is called. */
import { AspectRatio, Center, Image, Text } from "@mantine/core";
import { IconFileText, IconMovie, IconPhoto, IconVolume } from "@tabler/icons-react";
import type { Asset } from "../api/types.ts";

/** `beside`: pixels kept free beside the name. */
export function Tile({ asset, beside = 0 }: { asset: Asset; beside?: number }) {
  return (
    <>
      <AspectRatio ratio={4 / 3}>
        <Look asset={asset} />
      </AspectRatio>
      <Text fz="xs" truncate mt={4} pr={beside} title={asset.name}>
        {asset.name || asset.content_type}
      </Text>
      <Text fz="xs" c="dimmed" truncate pr={beside}>
        {figures(asset)}
      </Text>
    </>
  );
}

function Look({ asset }: { asset: Asset }) {
  if (asset.preview_url) {
    return (
      <Image
        src={asset.preview_url}
        alt=""
        fit="contain"
        radius="sm"
        bg="var(--mantine-color-default-hover)"
        loading="lazy"
      />
    );
  }
  const Sign = SIGNS[asset.kind];
  return (
    <Center bg="var(--mantine-color-default-hover)" style={{ borderRadius: 6 }}>
      <Sign size={32} stroke={1.5} aria-hidden />
    </Center>
  );
}

/** A picture has a small one; these stand for what has none. */
const SIGNS = { image: IconPhoto, video: IconMovie, audio: IconVolume, file: IconFileText };

const figures = (asset: Asset): string =>
  [
    asset.width && asset.height ? `${asset.width} × ${asset.height}` : "",
    asset.duration_ms ? clock(asset.duration_ms) : "",
    bytes(asset.bytes),
  ]
    .filter(Boolean)
    .join(" ・ ");

function clock(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function bytes(size: number): string {
  return size < 1024 * 1024
    ? `${Math.max(1, Math.round(size / 1024))} KB`
    : `${(size / 1024 / 1024).toFixed(1)} MB`;
}
