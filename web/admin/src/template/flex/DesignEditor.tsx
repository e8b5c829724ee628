/** Cards of blocks. */
import { ActionIcon, Button, Group, Menu, SegmentedControl, Select, Stack } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ActionEditor, AddButton } from "../ActionEditor.tsx";
import { emptyButton } from "../bubbles.ts";
import { CardTabs } from "../CardTabs.tsx";
import { Field } from "../Field.tsx";
import { PictureField } from "../media.tsx";
import {
  type Block,
  type Card,
  type Button as CardButton,
  type Design,
  emptyCard,
  MOST_BUTTONS,
  MOST_CARDS,
  RATIOS,
  SIZES,
} from "./blocks.ts";

interface DesignEditorProps {
  design: Design;
  path: string;
  onChange: (design: Design) => void;
}

export function DesignEditor({ design, path, onChange }: DesignEditorProps) {
  const { t } = useTranslation("template");
  const { cards } = design;
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        aria-label={t("flex.size")}
        value={design.size}
        onChange={(size) => onChange({ ...design, size: size as Design["size"] })}
        data={SIZES.map((size) => ({ value: size, label: t(`flex.sizes.${size}`) }))}
      />
      <CardTabs
        cards={cards}
        most={MOST_CARDS}
        make={() => emptyCard(t("flex.kind.title"))}
        onChange={(next) => onChange({ ...design, cards: next })}
        edit={(card, n, set) => (
          <CardEditor
            card={card}
            path={cards.length > 1 ? `${path}.contents[${n}]` : path}
            onChange={set}
          />
        )}
      />
    </Stack>
  );
}

/** A colon in a key would part it. */
const RATIO_NAMES = { "20:13": "wide", "1:1": "square", "3:4": "tall" } as const;

interface CardEditorProps {
  card: Card;
  path: string;
  onChange: (card: Card) => void;
}

function CardEditor({ card, path, onChange }: CardEditorProps) {
  const { t } = useTranslation("template");
  const blocks = (next: Block[]) => onChange({ ...card, blocks: next });
  return (
    <Stack gap="md">
      <PictureField
        label={t("flex.picture")}
        path={`${path}.hero.url`}
        value={card.picture || undefined}
        onChange={(picture) => onChange({ ...card, picture })}
      />
      {card.picture && (
        <SegmentedControl
          size="xs"
          aria-label={t("flex.ratio")}
          value={card.ratio}
          onChange={(ratio) => onChange({ ...card, ratio: ratio as Card["ratio"] })}
          data={RATIOS.map((ratio) => ({
            value: ratio,
            label: t(`flex.ratios.${RATIO_NAMES[ratio]}`),
          }))}
        />
      )}
      {card.blocks.map((block, n) => (
        <BlockRow
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no identity but their place
          key={n}
          block={block}
          path={`${path}.body.contents[${n}]`}
          place={{ first: n === 0, last: n === card.blocks.length - 1 }}
          onChange={(next) => blocks(card.blocks.with(n, next))}
          move={(by) => blocks(card.blocks.toSpliced(n, 1).toSpliced(n + by, 0, block))}
          remove={() => blocks(card.blocks.toSpliced(n, 1))}
        />
      ))}
      <AddBlock add={(block) => blocks([...card.blocks, block])} />
      <ButtonsEditor
        buttons={card.buttons}
        path={`${path}.footer.contents`}
        onChange={(buttons) => onChange({ ...card, buttons })}
      />
    </Stack>
  );
}

interface BlockRowProps {
  block: Block;
  path: string;
  place: { first: boolean; last: boolean };
  onChange: (block: Block) => void;
  move: (by: 1 | -1) => void;
  remove: () => void;
}

function BlockRow({ block, path, place, onChange, move, remove }: BlockRowProps) {
  const { t } = useTranslation("template");
  const name = t(`flex.kind.${block.kind}`);
  return (
    <Group align="flex-start" wrap="nowrap" gap={4} role="group" aria-label={name}>
      <div style={{ flex: 1, minWidth: 0 }}>
        <BlockFields block={block} path={path} name={name} onChange={onChange} />
      </div>
      <Group gap={0} wrap="nowrap" mt={22}>
        <ActionIcon
          size="sm"
          aria-label={t("moveUp", { name })}
          disabled={place.first}
          onClick={() => move(-1)}
        >
          <IconArrowUp size={15} />
        </ActionIcon>
        <ActionIcon
          size="sm"
          aria-label={t("moveDown", { name })}
          disabled={place.last}
          onClick={() => move(1)}
        >
          <IconArrowDown size={15} />
        </ActionIcon>
        <ActionIcon size="sm" aria-label={t("removeNamed", { name })} onClick={remove}>
          <IconTrash size={15} />
        </ActionIcon>
      </Group>
    </Group>
  );
}

function BlockFields(props: Pick<BlockRowProps, "block" | "path" | "onChange"> & { name: string }) {
  const { block, path, name, onChange } = props;
  const { t } = useTranslation("template");
  if (block.kind === "line") return <hr aria-label={name} style={{ marginTop: 32 }} />;
  if (block.kind === "pair") {
    return (
      <Group grow align="flex-start">
        <Field
          label={t("flex.pairName")}
          path={`${path}.contents[0].text`}
          value={block.name}
          limit="flexText"
          onChange={(next) => onChange({ ...block, name: next })}
        />
        <Field
          label={t("flex.pairValue")}
          path={`${path}.contents[1].text`}
          value={block.value}
          limit="flexText"
          onChange={(value) => onChange({ ...block, value })}
        />
      </Group>
    );
  }
  return (
    <Stack gap={4}>
      <Field
        label={name}
        path={`${path}.text`}
        value={block.text}
        limit="flexText"
        {...(block.kind === "text" ? { rows: 2 } : {})}
        onChange={(text) => onChange({ ...block, text })}
      />
      {block.kind === "text" && (
        <SegmentedControl
          size="xs"
          aria-label={t("flex.tone")}
          value={block.tone}
          onChange={(tone) => onChange({ ...block, tone: tone as "plain" | "small" })}
          data={(["plain", "small"] as const).map((tone) => ({
            value: tone,
            label: t(`flex.tones.${tone}`),
          }))}
        />
      )}
    </Stack>
  );
}

function AddBlock({ add }: { add: (block: Block) => void }) {
  const { t } = useTranslation("template");
  const choices: Block[] = [
    { kind: "title", text: "" },
    { kind: "text", text: "", tone: "plain" },
    { kind: "pair", name: "", value: "" },
    { kind: "line" },
  ];
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button size="xs" variant="light" leftSection={<IconPlus size={15} />} w="fit-content">
          {t("flex.add")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map((block) => (
          <Menu.Item key={block.kind} onClick={() => add(block)}>
            {t(`flex.kind.${block.kind}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface ButtonsEditorProps {
  buttons: CardButton[];
  path: string;
  onChange: (buttons: CardButton[]) => void;
}

function ButtonsEditor({ buttons, path, onChange }: ButtonsEditorProps) {
  const { t } = useTranslation("template");
  return (
    <Stack gap="xs">
      {buttons.map((button, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no identity but their place
        <div key={n}>
          <ActionEditor
            action={button.action}
            path={`${path}[${n}].action`}
            title={t("buttonN", { n: n + 1 })}
            onChange={(action) => onChange(buttons.with(n, { ...button, action }))}
            onRemove={() => onChange(buttons.toSpliced(n, 1))}
          />
          <Select
            mt={4}
            size="xs"
            aria-label={t("flex.look")}
            allowDeselect={false}
            data={(["primary", "secondary", "link"] as const).map((look) => ({
              value: look,
              label: t(`flex.looks.${look}`),
            }))}
            value={button.look}
            onChange={(look) =>
              onChange(buttons.with(n, { ...button, look: (look ?? "link") as CardButton["look"] }))
            }
          />
        </div>
      ))}
      {buttons.length < MOST_BUTTONS && (
        <div>
          <AddButton
            label={t("addButton")}
            onClick={() => onChange([...buttons, { action: emptyButton(), look: "primary" }])}
          />
        </div>
      )}
    </Stack>
  );
}
