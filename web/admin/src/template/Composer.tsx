/** Up to five bubbles: added, edited, moved, copied. */
import { ActionIcon, Badge, Button, Card, Group, Menu, Stack, Text } from "@mantine/core";
import {
  type Icon,
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconHandClick,
  IconLayoutCards,
  IconLayoutGrid,
  IconMapPin,
  IconMessage,
  IconMoodSmile,
  IconMovie,
  IconPhoto,
  IconPhotoScan,
  IconPlus,
  IconSquareCheck,
  IconSquareRoundedPlus,
  IconTicket,
  IconTrash,
  IconVolume,
} from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Bubble, FieldError } from "../api/types.ts";
import { type BubbleKind, KINDS, kindOf, makeBubble } from "./bubbles.ts";
import { EDITORS } from "./editors.tsx";
import { MAX_BUBBLES } from "./limits.ts";
import { Problems, useProblemsBelow } from "./problems.tsx";

const ICONS: Record<BubbleKind, Icon> = {
  text: IconMessage,
  image: IconPhoto,
  buttons: IconSquareRoundedPlus,
  confirm: IconSquareCheck,
  carousel: IconLayoutCards,
  sticker: IconMoodSmile,
  flex: IconLayoutGrid,
  imagemap: IconHandClick,
  video: IconMovie,
  audio: IconVolume,
  image_carousel: IconPhotoScan,
  location: IconMapPin,
  coupon: IconTicket,
};

interface ComposerProps {
  messages: Bubble[];
  problems: FieldError[];
  onChange: (messages: Bubble[]) => void;
}

export default function Composer({ messages, problems, onChange }: ComposerProps) {
  const { t } = useTranslation("template");
  const keys = useKeys(messages.length);
  const add = (kind: BubbleKind) => {
    keys.insert(messages.length);
    onChange([...messages, makeBubble(kind, t("altDefault"))]);
  };
  const move = (from: number, to: number) => {
    keys.move(from, to);
    const bubble = messages[from];
    if (bubble) onChange(messages.toSpliced(from, 1).toSpliced(to, 0, bubble));
  };
  return (
    <Problems value={problems}>
      <Stack>
        {messages.map((bubble, n) => (
          <BubbleCard
            key={keys.list[n]}
            bubble={bubble}
            index={n}
            last={n === messages.length - 1}
            full={messages.length >= MAX_BUBBLES}
            onChange={(next) => onChange(messages.with(n, next))}
            move={(to) => move(n, to)}
            remove={() => {
              keys.remove(n);
              onChange(messages.toSpliced(n, 1));
            }}
            copy={() => {
              keys.insert(n + 1);
              onChange(messages.toSpliced(n + 1, 0, structuredClone(bubble)));
            }}
          />
        ))}
        {messages.length < MAX_BUBBLES && <AddBubble add={add} first={messages.length === 0} />}
        <Text fz="xs" c="dimmed" ta="center">
          {t("bubbles", { n: messages.length, most: MAX_BUBBLES })}
        </Text>
      </Stack>
    </Problems>
  );
}

/** Bubbles have no id; keys that move with them keep half-typed JSON with its bubble. */
function useKeys(length: number) {
  const serial = useRef(0);
  const list = useRef<number[]>([]);
  while (list.current.length < length) list.current.push(++serial.current);
  list.current.length = length;
  return {
    list: list.current,
    insert: (at: number) => void list.current.splice(at, 0, ++serial.current),
    remove: (at: number) => void list.current.splice(at, 1),
    move: (from: number, to: number) => {
      const [key] = list.current.splice(from, 1);
      if (key !== undefined) list.current.splice(to, 0, key);
    },
  };
}

interface BubbleCardProps {
  bubble: Bubble;
  index: number;
  last: boolean;
  full: boolean;
  onChange: (bubble: Bubble) => void;
  move: (to: number) => void;
  remove: () => void;
  copy: () => void;
}

function BubbleCard(props: BubbleCardProps) {
  const { bubble, index, last, full, onChange, move, remove, copy } = props;
  const { t } = useTranslation(["template", "common"]);
  const kind = kindOf(bubble);
  const Editor = EDITORS[kind ?? "raw"];
  const path = `messages[${index}]`;
  const problems = useProblemsBelow(path).length;
  const name = t("bubbleN", { n: index + 1 });
  return (
    <Card component="section" aria-label={name}>
      <Group justify="space-between" mb="sm" wrap="nowrap">
        <Group gap="xs">
          <Text fw={600} fz="sm">
            {name}
          </Text>
          <Badge color="gray">{kind ? t(`kind.${kind}`) : bubble.type}</Badge>
          {problems > 0 && <Badge color="red">{t("problems", { n: problems })}</Badge>}
        </Group>
        <Group gap={0} wrap="nowrap">
          <ActionIcon
            aria-label={t("moveUp", { name })}
            disabled={index === 0}
            onClick={() => move(index - 1)}
          >
            <IconArrowUp size={17} />
          </ActionIcon>
          <ActionIcon
            aria-label={t("moveDown", { name })}
            disabled={last}
            onClick={() => move(index + 1)}
          >
            <IconArrowDown size={17} />
          </ActionIcon>
          <ActionIcon aria-label={t("copyNamed", { name })} disabled={full} onClick={copy}>
            <IconCopy size={17} />
          </ActionIcon>
          <ActionIcon aria-label={t("removeNamed", { name })} onClick={remove}>
            <IconTrash size={17} />
          </ActionIcon>
        </Group>
      </Group>
      <Editor bubble={bubble} path={path} onChange={onChange} />
    </Card>
  );
}

function AddBubble({ add, first }: { add: (kind: BubbleKind) => void; first: boolean }) {
  const { t } = useTranslation("template");
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button
          variant={first ? "light" : "default"}
          leftSection={<IconPlus size={17} />}
          fullWidth
          size="md"
        >
          {t(first ? "addFirst" : "addBubble")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="60vh" style={{ overflowY: "auto" }}>
        {KINDS.map((kind) => {
          const Sign = ICONS[kind];
          return (
            <Menu.Item
              key={kind}
              leftSection={<Sign size={18} stroke={1.7} />}
              onClick={() => add(kind)}
            >
              <Text fz="sm">{t(`kind.${kind}`)}</Text>
              <Text fz="xs" c="dimmed">
                {t(`kindAbout.${kind}`)}
              </Text>
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
