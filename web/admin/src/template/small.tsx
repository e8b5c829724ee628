/** Editors of cards that are a picture each, and of places. */
import { Anchor, Group, NumberInput, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Bubble } from "../api/types.ts";
import { ActionEditor, type LineAction } from "./ActionEditor.tsx";
import { emptyCard, withField } from "./bubbles.ts";
import { CardTabs } from "./CardTabs.tsx";
import { Field } from "./Field.tsx";
import { MAX_COLUMNS } from "./limits.ts";
import { PictureField } from "./media.tsx";

interface EditorProps {
  bubble: Bubble;
  path: string;
  onChange: (bubble: Bubble) => void;
}
interface PictureCard {
  imageUrl?: string;
  action?: LineAction;
}

/** Square pictures side by side, one tap each. */
export function CardsEditor({ bubble, path, onChange }: EditorProps) {
  const { t } = useTranslation("template");
  const { template, altText } = bubble as {
    template: { type: string; columns?: PictureCard[] };
    altText?: string;
  };
  return (
    <Stack gap="sm">
      <CardTabs
        cards={template.columns ?? []}
        most={MAX_COLUMNS}
        make={emptyCard as () => PictureCard}
        onChange={(columns) =>
          onChange(withField(bubble, "template", withField(template, "columns", columns)))
        }
        edit={(card, n, set) => (
          <Stack gap="sm">
            <PictureField
              label={t("field.square")}
              description={t("hint.square")}
              path={`${path}.template.columns[${n}].imageUrl`}
              value={card.imageUrl}
              onChange={(imageUrl) => set({ ...card, imageUrl })}
            />
            <ActionEditor
              action={card.action ?? { type: "uri" }}
              path={`${path}.template.columns[${n}].action`}
              title={t("tapped")}
              labelLimit="cardLabel"
              onChange={(action) => set({ ...card, action })}
            />
          </Stack>
        )}
      />
      <Field
        label={t("field.altText")}
        description={t("hint.altText")}
        path={`${path}.altText`}
        value={altText}
        limit="altText"
        onChange={(next) => onChange(withField(bubble, "altText", next))}
      />
    </Stack>
  );
}

export function LocationEditor({ bubble, path, onChange }: EditorProps) {
  const { t } = useTranslation("template");
  const place = bubble as {
    title?: string;
    address?: string;
    latitude?: number;
    longitude?: number;
  };
  const map = `https://www.google.com/maps/search/?api=1&query=${encodeURIComponent(place.address || place.title || "日本")}`;
  return (
    <Stack gap="sm">
      <Field
        label={t("field.placeName")}
        path={`${path}.title`}
        value={place.title}
        limit="place"
        onChange={(title) => onChange(withField(bubble, "title", title))}
      />
      <Field
        label={t("field.address")}
        path={`${path}.address`}
        value={place.address}
        limit="place"
        onChange={(address) => onChange(withField(bubble, "address", address))}
      />
      <Group grow>
        {(["latitude", "longitude"] as const).map((part) => (
          <NumberInput
            key={part}
            label={t(`field.${part}`)}
            decimalScale={6}
            hideControls
            min={part === "latitude" ? -90 : -180}
            max={part === "latitude" ? 90 : 180}
            value={place[part] ?? ""}
            onChange={(value) => onChange(withField(bubble, part, Number(value)))}
          />
        ))}
      </Group>
      <Text fz="xs" c="dimmed">
        {t("hint.place")}{" "}
        <Anchor href={map} target="_blank" rel="noopener noreferrer" fz="xs">
          {t("openMap")}
        </Anchor>
      </Text>
    </Stack>
  );
}
