/** The … at the end of a row. What destroys stands last, below a line. */
import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Item {
  label: string;
  icon: ReactNode;
  run: () => void;
}

export function RowMenu({ name, items, danger }: { name: string; items: Item[]; danger?: Item }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={t("menuOf", { name })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {items.map((item) => (
          <Menu.Item key={item.label} leftSection={item.icon} onClick={item.run}>
            {item.label}
          </Menu.Item>
        ))}
        {danger && (
          <>
            {items.length > 0 && <Menu.Divider />}
            <Menu.Item color="red" leftSection={danger.icon} onClick={danger.run}>
              {danger.label}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
