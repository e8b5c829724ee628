/** Puts an emoji into a text. */
import { ActionIcon, Popover, SimpleGrid, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMoodSmile } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { EMOJI } from "./emoji.ts";

export function EmojiMenu({ insert }: { insert: (emoji: string) => void }) {
  const { t } = useTranslation("template");
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <Popover opened={opened} onDismiss={close} position="bottom-end" withinPortal trapFocus>
      <Popover.Target>
        <ActionIcon size="sm" aria-label={t("emoji")} title={t("emoji")} onClick={toggle}>
          <IconMoodSmile size={17} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={6}>
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
      </Popover.Dropdown>
    </Popover>
  );
}
