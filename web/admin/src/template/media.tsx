/** Editors of pictures, films and sounds. */
import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Asset, Bubble } from "../api/types.ts";
import { AssetField } from "../asset/AssetField.tsx";
import { withField } from "./bubbles.ts";
import { useProblem } from "./problems.tsx";

interface MediaEditorProps {
  bubble: Bubble;
  path: string;
  onChange: (bubble: Bubble) => void;
}

interface Media {
  originalContentUrl?: string;
  previewImageUrl?: string;
  duration?: number;
}

/** A picture's address somewhere in a message; '' takes an optional one away. */
export function PictureField(props: {
  label: string;
  description?: string;
  path: string;
  value: string | undefined;
  onChange: (url: string) => void;
}) {
  const problem = useProblem(props.path);
  return (
    <AssetField
      kind="image"
      label={props.label}
      {...(props.description ? { description: props.description } : {})}
      value={props.value}
      error={problem}
      // Cards and Flex take no larger ones.
      onPick={(asset) => props.onChange(asset.preview_url ?? asset.url)}
      onType={props.onChange}
    />
  );
}

export function ImageEditor({ bubble, path, onChange }: MediaEditorProps) {
  const { t } = useTranslation("template");
  const image = bubble as Media;
  const problem = useProblem(`${path}.originalContentUrl`);
  const set = (large: string, small: string) =>
    onChange({ ...bubble, originalContentUrl: large, previewImageUrl: small } as Bubble);
  return (
    <AssetField
      kind="image"
      label={t("field.image")}
      value={image.originalContentUrl}
      error={problem}
      onPick={(asset) => set(asset.url, asset.preview_url ?? asset.url)}
      // Who types an address mostly has one picture for both.
      onType={(url) => set(url, url)}
    />
  );
}

export function VideoEditor({ bubble, path, onChange }: MediaEditorProps) {
  const { t } = useTranslation("template");
  const film = bubble as Media;
  const problem = useProblem(`${path}.originalContentUrl`);
  const pick = (asset: Asset) =>
    onChange({
      ...bubble,
      originalContentUrl: asset.url,
      previewImageUrl: asset.preview_url ?? film.previewImageUrl ?? "",
    } as Bubble);
  return (
    <Stack gap="sm">
      <AssetField
        kind="video"
        label={t("field.video")}
        value={film.originalContentUrl}
        error={problem}
        onPick={pick}
        onType={(url) => onChange(withField(bubble, "originalContentUrl", url))}
      />
      <PictureField
        label={t("field.poster")}
        description={t("hint.poster")}
        path={`${path}.previewImageUrl`}
        value={film.previewImageUrl}
        onChange={(url) => onChange(withField(bubble, "previewImageUrl", url))}
      />
    </Stack>
  );
}

export function AudioEditor({ bubble, path, onChange }: MediaEditorProps) {
  const { t } = useTranslation("template");
  const sound = bubble as Media;
  const address = useProblem(`${path}.originalContentUrl`);
  const length = useProblem(`${path}.duration`);
  return (
    <AssetField
      kind="audio"
      label={t("field.audio")}
      description={t("hint.audio")}
      value={sound.originalContentUrl}
      error={address ?? length}
      onPick={(asset) =>
        onChange({
          ...bubble,
          originalContentUrl: asset.url,
          duration: asset.duration_ms ?? 0,
        } as Bubble)
      }
      onType={(url) => onChange(withField(bubble, "originalContentUrl", url))}
    />
  );
}
