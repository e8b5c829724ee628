/** What goes on and needs somebody, within reach on every page. */
import { ActionIcon, Indicator, Popover, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBell } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Notice } from "../api/types.ts";
import { When } from "../ui/When.tsx";
import { openQuery } from "./api.ts";
import { placeOf, useSay } from "./say.ts";

export function Bell() {
  const { t } = useTranslation("notice");
  const [opened, popover] = useDisclosure(false);
  const { data } = useQuery(openQuery);
  const items = data?.items ?? [];
  const n = items.length;
  return (
    <Popover
      opened={opened}
      onChange={(open) => !open && popover.close()}
      position="bottom-end"
      width={340}
      trapFocus
      returnFocus
    >
      <Indicator label={n} size={17} color="red.8" disabled={n === 0} offset={5}>
        <Popover.Target>
          <ActionIcon
            size={36}
            aria-label={n === 0 ? t("bellNone") : t("bell", { n })}
            onClick={popover.toggle}
          >
            <IconBell size={20} stroke={1.7} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown aria-label={t("now")} maw="calc(100vw - 24px)">
        <Bells items={items} close={popover.close} />
      </Popover.Dropdown>
    </Popover>
  );
}

interface BellsProps {
  items: Notice[];
  close: () => void;
}

function Bells({ items, close }: BellsProps) {
  const { t } = useTranslation("notice");
  const say = useSay();
  return (
    <Stack gap="sm">
      <Text fw={650} fz="sm">
        {t("now")}
      </Text>
      {items.length === 0 && (
        <Text fz="sm" c="dimmed">
          {t("nothing")}
        </Text>
      )}
      {items.map((notice) => (
        <div key={notice.id}>
          <Text
            component={Link}
            to={placeOf(notice)}
            onClick={close}
            fz="sm"
            fw={600}
            c="var(--mantine-color-text)"
          >
            {say(notice)}
          </Text>
          <Text fz="xs" c="dimmed">
            <When at={notice.began_at} form="short" />
          </Text>
        </div>
      ))}
      <Text
        component={Link}
        to="/settings/notices"
        onClick={close}
        fz="sm"
        c="var(--mantine-color-anchor)"
      >
        {t("toAll")}
      </Text>
    </Stack>
  );
}
