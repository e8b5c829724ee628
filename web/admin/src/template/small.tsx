/** Editors of cards that are a picture each, of places, and of coupons. */
import { Anchor, Button, Group, NumberInput, Stack, Tabs, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Bubble } from "../api/types.ts";
import { ActionEditor, AddButton, type LineAction } from "./ActionEditor.tsx";
import { emptyCard, withField } from "./bubbles.ts";
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
  const columns = template.columns ?? [];
  const [shown, setShown] = useState(0);
  const set = (next: PictureCard[]) =>
    onChange(withField(bubble, "template", withField(template, "columns", next)));
  const card = columns[shown];
  const at = `${path}.template.columns[${shown}]`;
  return (
    <Stack gap="sm">
      <Tabs
        value={String(shown)}
        onChange={(value) => setShown(Number(value ?? 0))}
        variant="outline"
      >
        <Tabs.List mb="sm">
          {columns.map((_, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: cards have no identity but their place
            <Tabs.Tab key={n} value={String(n)} px="sm">
              {t("cardN", { n: n + 1 })}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {card && (
          <Tabs.Panel value={String(shown)}>
            <Stack gap="sm">
              <PictureField
                label={t("field.square")}
                description={t("hint.square")}
                path={`${at}.imageUrl`}
                value={card.imageUrl}
                onChange={(imageUrl) => set(columns.with(shown, { ...card, imageUrl }))}
              />
              <ActionEditor
                action={card.action ?? { type: "uri" }}
                path={`${at}.action`}
                title={t("tapped")}
                labelLimit="cardLabel"
                onChange={(action) => set(columns.with(shown, { ...card, action }))}
              />
            </Stack>
          </Tabs.Panel>
        )}
      </Tabs>
      <Group justify="space-between">
        {columns.length < MAX_COLUMNS ? (
          <AddButton
            label={t("addCard")}
            onClick={() => {
              set([...columns, emptyCard()]);
              setShown(columns.length);
            }}
          />
        ) : (
          <span />
        )}
        {columns.length > 1 && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconTrash size={15} />}
            onClick={() => {
              set(columns.toSpliced(shown, 1));
              setShown(Math.max(0, shown - 1));
            }}
          >
            {t("removeCard")}
          </Button>
        )}
      </Group>
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

export function CouponEditor({ bubble, path, onChange }: EditorProps) {
  const { t } = useTranslation("template");
  const { couponId } = bubble as { couponId?: string };
  return (
    <Field
      label={t("field.coupon")}
      description={t("hint.coupon")}
      path={`${path}.couponId`}
      value={couponId}
      limit="couponId"
      variables="none"
      onChange={(next) => onChange(withField(bubble, "couponId", next.trim()))}
    />
  );
}
