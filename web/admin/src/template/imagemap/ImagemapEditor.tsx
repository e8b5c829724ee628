/** リッチメッセージ: one picture, cut into areas that each do something. */
import type { Area, ImagemapAction, ImagemapMessage } from "@enishi/line-ui";
import { Button, Chip, Group, Select, Stack, Text } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Asset, Bubble } from "../../api/types.ts";
import { AssetField } from "../../asset/AssetField.tsx";
import { Field } from "../Field.tsx";
import { useProblem } from "../problems.tsx";
import { areasOf, LAYOUTS, scaled, WIDTH } from "./areas.ts";
import { Canvas } from "./Canvas.tsx";

const MOST_AREAS = 50;

interface ImagemapEditorProps {
  bubble: Bubble;
  path: string;
  onChange: (bubble: Bubble) => void;
}

export function ImagemapEditor({ bubble, path, onChange }: ImagemapEditorProps) {
  const { t } = useTranslation("template");
  const map = bubble as ImagemapMessage;
  const problem = useProblem(`${path}.baseUrl`);
  const [chosen, setChosen] = useState(0);
  const size = { width: WIDTH, height: map.baseSize?.height || WIDTH };
  const actions = map.actions ?? [];
  const set = (more: Partial<ImagemapMessage>) => onChange({ ...map, ...more } as Bubble);
  const pick = (asset: Asset) => {
    const height = Math.round((WIDTH * (asset.height ?? WIDTH)) / (asset.width ?? WIDTH));
    const next = { width: WIDTH, height };
    const areas = scaled(
      actions.map((action) => action.area),
      size,
      next,
    );
    set({
      baseUrl: asset.imagemap_url ?? "",
      baseSize: next,
      actions: actions.map((action, n) => ({ ...action, area: areas[n] ?? action.area })),
    });
  };
  const cut = (areas: Area[]) => {
    setChosen(0);
    set({ actions: areas.map((area, n) => ({ ...(actions[n] ?? opening()), area })) });
  };
  const put = (index: number, action: ImagemapAction) =>
    set({ actions: actions.with(index, action) });
  const current = actions[chosen];
  return (
    <Stack gap="sm">
      <AssetField
        kind="image"
        label={t("field.image")}
        description={t("imagemap.size")}
        value={map.baseUrl ? `${map.baseUrl}/460` : undefined}
        error={problem}
        onPick={pick}
        onType={(url) => set({ baseUrl: url.replace(/\/(240|300|460|700|1040)$/, "") })}
      />
      {map.baseUrl && (
        <>
          <div>
            <Text fz="sm" fw={500} mb={4}>
              {t("imagemap.layout")}
            </Text>
            <Group gap={6} role="group" aria-label={t("imagemap.layout")}>
              {LAYOUTS.map((layout) => (
                <Button
                  key={layout}
                  size="compact-sm"
                  variant="default"
                  onClick={() => cut(areasOf(layout, size))}
                >
                  {t(`imagemap.layouts.${layout}`)}
                </Button>
              ))}
            </Group>
          </div>
          <Canvas
            picture={`${map.baseUrl}/700`}
            size={size}
            areas={actions.map((action) => action.area)}
            chosen={chosen}
            onChoose={setChosen}
            onChange={(index, area) => {
              const action = actions[index];
              if (action) put(index, { ...action, area });
            }}
          />
          <Group gap="xs">
            {actions.map((_, n) => (
              <Chip
                // biome-ignore lint/suspicious/noArrayIndexKey: an area is its place in the list
                key={n}
                size="xs"
                checked={n === chosen}
                onChange={() => setChosen(n)}
              >
                {t("imagemap.areaN", { n: n + 1 })}
              </Chip>
            ))}
            {actions.length < MOST_AREAS && (
              <Button
                size="compact-xs"
                variant="subtle"
                leftSection={<IconPlus size={14} />}
                onClick={() => {
                  const area = { x: 320, y: Math.round(size.height / 3), width: 400, height: 200 };
                  set({ actions: [...actions, { ...opening(), area }] });
                  setChosen(actions.length);
                }}
              >
                {t("imagemap.add")}
              </Button>
            )}
          </Group>
          {current && (
            <AreaAction
              key={chosen}
              action={current}
              path={`${path}.actions[${chosen}]`}
              name={t("imagemap.areaN", { n: chosen + 1 })}
              onChange={(action) => put(chosen, action)}
              onRemove={() => {
                set({ actions: actions.toSpliced(chosen, 1) });
                setChosen(Math.max(0, chosen - 1));
              }}
            />
          )}
        </>
      )}
      <Field
        label={t("field.altText")}
        description={t("hint.altText")}
        path={`${path}.altText`}
        value={map.altText}
        limit="altText"
        onChange={(altText) => set({ altText })}
      />
    </Stack>
  );
}

const nowhere: Area = { x: 0, y: 0, width: WIDTH, height: WIDTH };
const opening = (): ImagemapAction => ({ type: "uri", linkUri: "", label: "", area: nowhere });

interface AreaActionProps {
  action: ImagemapAction;
  path: string;
  name: string;
  onChange: (action: ImagemapAction) => void;
  onRemove: () => void;
}

function AreaAction({ action, path, name, onChange, onRemove }: AreaActionProps) {
  const { t } = useTranslation("template");
  const change = (type: string | null) => {
    const { area, label = "" } = action;
    onChange(
      type === "message"
        ? { type: "message", text: "", label, area }
        : { type: "uri", linkUri: "", label, area },
    );
  };
  return (
    <Stack gap="sm">
      <Group align="flex-end" wrap="nowrap">
        <Select
          label={t("imagemap.does", { name })}
          flex={1}
          size="xs"
          allowDeselect={false}
          data={(["uri", "message"] as const).map((type) => ({
            value: type,
            label: t(`action.${type}`),
          }))}
          value={action.type === "message" ? "message" : "uri"}
          onChange={change}
        />
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<IconTrash size={15} />}
          onClick={onRemove}
        >
          {t("imagemap.remove")}
        </Button>
      </Group>
      {action.type === "uri" && (
        <Field
          label={t("action.uriField")}
          path={`${path}.linkUri`}
          value={action.linkUri}
          limit="uri"
          placeholder="https://"
          onChange={(linkUri) => onChange({ ...action, linkUri })}
        />
      )}
      {action.type === "message" && (
        <Field
          label={t("action.textField")}
          path={`${path}.text`}
          value={action.text}
          limit="areaText"
          onChange={(text) => onChange({ ...action, text })}
        />
      )}
      <Field
        label={t("imagemap.label")}
        description={t("imagemap.labelHint")}
        path={`${path}.label`}
        value={action.label}
        limit="areaLabel"
        onChange={(label) => onChange({ ...action, label })}
      />
    </Stack>
  );
}
