/** Puts an emoji into a text: those of every keyboard, and LINE's own where a text takes them. */
import { EmojiDrawing } from "@enishi/line-ui";
import {
  ActionIcon,
  Anchor,
  type OptionsFilter,
  Popover,
  ScrollArea,
  Select,
  SimpleGrid,
  Stack,
  Tabs,
  Text,
  UnstyledButton,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMoodSmile } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EMOJI } from "./emoji.ts";
import { emojiId, type Figure, SETS } from "./lineEmoji.ts";

/** LINE's own pictures of all of them, by set and number. */
const LIST = "https://developers.line.biz/ja/docs/messaging-api/emoji-list/";

interface EmojiMenuProps {
  insert: (emoji: string) => void;
  /** `full`: no more of them in this text. */
  line?: { insert: (figure: Figure) => void; full: boolean } | undefined;
}

export function EmojiMenu({ insert, line }: EmojiMenuProps) {
  const { t } = useTranslation("template");
  const [opened, { toggle, close }] = useDisclosure(false);
  const unicode = (
    <SimpleGrid cols={8} spacing={2} role="group" aria-label={t("emoji")}>
      {EMOJI.map((emoji) => (
        <UnstyledButton
          key={emoji}
          w={32}
          h={32}
          ta="center"
          fz={19}
          onClick={() => {
            insert(emoji);
            close();
          }}
        >
          {emoji}
        </UnstyledButton>
      ))}
    </SimpleGrid>
  );
  return (
    <Popover opened={opened} onDismiss={close} position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <ActionIcon size="sm" aria-label={t("emoji")} title={t("emoji")} onClick={toggle}>
          <IconMoodSmile size={17} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={6}>
        {line ? (
          <Tabs defaultValue="unicode" w={290} maw="calc(100vw - 40px)">
            <Tabs.List mb={6} grow>
              <Tabs.Tab value="unicode">{t("emoji")}</Tabs.Tab>
              <Tabs.Tab value="line">{t("lineEmoji.title")}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="unicode">{unicode}</Tabs.Panel>
            <Tabs.Panel value="line">
              {line.full ? (
                <Text fz="sm" p="xs">
                  {t("lineEmoji.full")}
                </Text>
              ) : (
                <Figures
                  pick={(figure) => {
                    line.insert(figure);
                    close();
                  }}
                />
              )}
            </Tabs.Panel>
          </Tabs>
        ) : (
          unicode
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

/** By the ID, too, which LINE's own list names. */
const byNameOrId: OptionsFilter = ({ options, search }) =>
  options.filter((one) => "value" in one && `${one.label} ${one.value}`.includes(search.trim()));

function Figures({ pick }: { pick: (figure: Figure) => void }) {
  const { t } = useTranslation("template");
  const [set, setSet] = useState(SETS[0]?.[0] ?? "");
  const most = SETS.find(([id]) => id === set)?.[1] ?? 0;
  return (
    <Stack gap={6}>
      <Select
        size="xs"
        aria-label={t("lineEmoji.set")}
        searchable
        filter={byNameOrId}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        data={SETS.map(([value, figures], n) => ({
          value,
          label: t("lineEmoji.setN", { n: n + 1, figures }),
        }))}
        value={set}
        onChange={(next) => setSet(next ?? set)}
      />
      <Text fz="xs" c="dimmed">
        {t("lineEmoji.note")}
      </Text>
      <ScrollArea.Autosize mah={230} type="auto">
        <SimpleGrid
          cols={6}
          spacing={2}
          verticalSpacing={2}
          role="group"
          aria-label={t("lineEmoji.title")}
          className="lu-root"
          fz={19}
        >
          {Array.from({ length: most }, (_, n) => emojiId(n + 1)).map((id) => (
            <UnstyledButton
              key={id}
              ta="center"
              py={3}
              aria-label={t("lineEmoji.named", { id })}
              onClick={() => pick({ productId: set, emojiId: id })}
            >
              <EmojiDrawing productId={set} emojiId={id} />
              <Text fz={10} c="dimmed" lh={1.2}>
                {id}
              </Text>
            </UnstyledButton>
          ))}
        </SimpleGrid>
      </ScrollArea.Autosize>
      <Text fz="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {t("lineEmoji.id", { id: set })}
      </Text>
      <Anchor href={LIST} target="_blank" rel="noopener noreferrer" fz="xs">
        {t("lineEmoji.list")}
      </Anchor>
    </Stack>
  );
}
