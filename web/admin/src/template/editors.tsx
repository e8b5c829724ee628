/** One editor per kind of bubble. */

import { StickerDrawing } from "@enishi/line-ui";
import { Alert, Group, SimpleGrid, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Bubble } from "../api/types.ts";
import { CouponEditor } from "../coupon/CouponEditor.tsx";
import { ActionsEditor, type LineAction } from "./ActionEditor.tsx";
import { type BubbleKind, emptyButton, emptyColumn, withField } from "./bubbles.ts";
import { CardTabs } from "./CardTabs.tsx";
import { Field } from "./Field.tsx";
import { FlexEditor } from "./flex/FlexEditor.tsx";
import { ImagemapEditor } from "./imagemap/ImagemapEditor.tsx";
import { JsonEditor } from "./JsonEditor.tsx";
import { MAX_BUTTONS, MAX_COLUMN_BUTTONS, MAX_COLUMNS } from "./limits.ts";
import { AudioEditor, ImageEditor, PictureField, VideoEditor } from "./media.tsx";
import { CardsEditor, LocationEditor } from "./small.tsx";
import { STICKERS } from "./stickers.ts";
import { TextEditor } from "./TextEditor.tsx";

export interface EditorProps {
  bubble: Bubble;
  path: string;
  onChange: (bubble: Bubble) => void;
}
interface Panel {
  thumbnailImageUrl?: string;
  title?: string;
  text?: string;
  actions?: LineAction[];
}
interface TemplateBubble {
  type: string;
  altText?: string;
  template: Panel & { type: string; columns?: Panel[] };
}

/** An empty optional field is not sent at all. */
const orNothing = (text: string) => (text === "" ? undefined : text);

function AltText({ bubble, path, onChange }: EditorProps) {
  const { t } = useTranslation("template");
  return (
    <Field
      label={t("field.altText")}
      description={t("hint.altText")}
      path={`${path}.altText`}
      value={(bubble as { altText?: string }).altText}
      limit="altText"
      onChange={(altText) => onChange(withField(bubble, "altText", altText))}
    />
  );
}

interface PanelProps {
  panel: Panel;
  path: string;
  kind: "buttons" | "column";
  onChange: (panel: Panel) => void;
}

function PanelEditor({ panel, path, kind, onChange }: PanelProps) {
  const { t } = useTranslation("template");
  const narrow = Boolean(panel.title || panel.thumbnailImageUrl);
  const limits =
    kind === "buttons"
      ? (["buttonsText", "buttonsTextShort"] as const)
      : (["columnText", "columnTextShort"] as const);
  return (
    <Stack gap="sm">
      <PictureField
        label={t("field.thumbnail")}
        path={`${path}.thumbnailImageUrl`}
        value={panel.thumbnailImageUrl}
        onChange={(url) => onChange(withField(panel, "thumbnailImageUrl", orNothing(url)))}
      />
      <Field
        label={t("field.title")}
        path={`${path}.title`}
        value={panel.title}
        limit="title"
        onChange={(title) => onChange(withField(panel, "title", orNothing(title)))}
      />
      <Field
        label={t("field.text")}
        path={`${path}.text`}
        value={panel.text}
        limit={limits[narrow ? 1 : 0]}
        rows={2}
        onChange={(text) => onChange(withField(panel, "text", text))}
      />
      <ActionsEditor
        actions={panel.actions ?? []}
        path={`${path}.actions`}
        least={1}
        most={kind === "buttons" ? MAX_BUTTONS : MAX_COLUMN_BUTTONS}
        onChange={(actions) => onChange(withField(panel, "actions", actions))}
        add={(actions) => onChange(withField(panel, "actions", [...actions, emptyButton()]))}
      />
    </Stack>
  );
}

function ButtonsEditor(props: EditorProps) {
  const { bubble, path, onChange } = props;
  const { template } = bubble as TemplateBubble;
  return (
    <Stack gap="sm">
      <PanelEditor
        panel={template}
        path={`${path}.template`}
        kind="buttons"
        onChange={(panel) => onChange(withField(bubble, "template", panel))}
      />
      <AltText {...props} />
    </Stack>
  );
}

function ConfirmEditor(props: EditorProps) {
  const { t } = useTranslation("template");
  const { bubble, path, onChange } = props;
  const { template } = bubble as TemplateBubble;
  const set = (key: string, value: unknown) =>
    onChange(withField(bubble, "template", withField(template, key, value)));
  return (
    <Stack gap="sm">
      <Field
        label={t("field.question")}
        path={`${path}.template.text`}
        value={template.text}
        limit="confirmText"
        rows={2}
        onChange={(text) => set("text", text)}
      />
      <ActionsEditor
        actions={template.actions ?? []}
        path={`${path}.template.actions`}
        least={2}
        most={2}
        onChange={(actions) => set("actions", actions)}
        add={() => undefined}
      />
      <AltText {...props} />
    </Stack>
  );
}

function CarouselEditor(props: EditorProps) {
  const { t } = useTranslation("template");
  const { bubble, path, onChange } = props;
  const { template } = bubble as TemplateBubble;
  return (
    <Stack gap="sm">
      <Text fz="xs" c="dimmed">
        {t("hint.carousel")}
      </Text>
      <CardTabs
        cards={template.columns ?? []}
        most={MAX_COLUMNS}
        make={emptyColumn as () => Panel}
        onChange={(columns) =>
          onChange(withField(bubble, "template", withField(template, "columns", columns)))
        }
        edit={(column, n, set) => (
          <PanelEditor
            panel={column}
            path={`${path}.template.columns[${n}]`}
            kind="column"
            onChange={set}
          />
        )}
      />
      <AltText {...props} />
    </Stack>
  );
}

function StickerEditor({ bubble, onChange }: EditorProps) {
  const { t } = useTranslation("template");
  const { packageId = "", stickerId = "" } = bubble as { packageId?: string; stickerId?: string };
  const pick = (next: { packageId: string; stickerId: string }) => onChange({ ...bubble, ...next });
  return (
    <Stack gap="sm">
      <SimpleGrid
        cols={{ base: 5, sm: 8 }}
        spacing={4}
        className="lu-root"
        role="group"
        aria-label={t("sticker.choose")}
      >
        {STICKERS.map((one) => {
          const chosen = one.packageId === packageId && one.stickerId === stickerId;
          return (
            <UnstyledButton
              key={`${one.packageId} ${one.stickerId}`}
              aria-pressed={chosen}
              aria-label={t("sticker.named", { id: `${one.packageId}/${one.stickerId}` })}
              onClick={() => pick(one)}
              style={{
                padding: 4,
                borderRadius: 8,
                outline: chosen ? "2px solid var(--mantine-primary-color-filled)" : "none",
              }}
            >
              <StickerDrawing {...one} />
            </UnstyledButton>
          );
        })}
      </SimpleGrid>
      <Text fz="xs" c="dimmed">
        {t("sticker.note")}
      </Text>
      <Group grow>
        <TextInput
          label={t("sticker.package")}
          inputMode="numeric"
          value={packageId}
          onChange={(event) => pick({ packageId: event.currentTarget.value.trim(), stickerId })}
        />
        <TextInput
          label={t("sticker.id")}
          inputMode="numeric"
          value={stickerId}
          onChange={(event) => pick({ packageId, stickerId: event.currentTarget.value.trim() })}
        />
      </Group>
    </Stack>
  );
}

/** For kinds the composer has no form for: the message as it is. */
function RawEditor({ bubble, path, onChange }: EditorProps) {
  const { t } = useTranslation("template");
  return (
    <Stack gap="sm">
      <Alert color="gray">{t("hint.raw", { type: bubble.type })}</Alert>
      <JsonEditor
        label={t("field.raw")}
        path={path}
        value={bubble}
        onChange={(next) => onChange(next as Bubble)}
      />
    </Stack>
  );
}

export const EDITORS: Record<BubbleKind | "raw", (props: EditorProps) => React.ReactNode> = {
  text: TextEditor,
  image: ImageEditor,
  video: VideoEditor,
  audio: AudioEditor,
  imagemap: ImagemapEditor,
  image_carousel: CardsEditor,
  location: LocationEditor,
  coupon: CouponEditor,
  buttons: ButtonsEditor,
  confirm: ConfirmEditor,
  carousel: CarouselEditor,
  sticker: StickerEditor,
  flex: FlexEditor,
  raw: RawEditor,
};
