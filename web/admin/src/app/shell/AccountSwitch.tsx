/** Which LINE account one is working in: always in sight, with its colour. */
import { Menu, Text, UnstyledButton } from "@mantine/core";
import { IconCheck, IconPlus, IconSelector } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../../session/api.ts";
import { AccountDot } from "../../ui/AccountDot.tsx";
import { useAccounts } from "../choice.ts";
import style from "./Shell.module.css";

export function AccountSwitch() {
  const { t } = useTranslation("shell");
  const { channels, channel, choose } = useAccounts();
  const mayConnect = useMay("settings");
  if (channels.length === 0) {
    return <Text c="dimmed">{t("account.none")}</Text>;
  }
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <UnstyledButton
          className={style.account}
          aria-label={`${t("account.switch")}: ${channel?.name ?? t("account.all")}`}
        >
          {channel && <AccountDot color={channel.color} picture={channel.picture_url} />}
          <span className={style.accountName}>{channel?.name ?? t("account.all")}</span>
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {channels.length > 1 && (
          <Menu.Item
            onClick={() => choose(null)}
            rightSection={channel === null && <IconCheck size={16} />}
          >
            {t("account.all")}
          </Menu.Item>
        )}
        {channels.map((one) => (
          <Menu.Item
            key={one.id}
            onClick={() => choose(one.id)}
            leftSection={<AccountDot color={one.color} picture={one.picture_url} />}
            rightSection={channel?.id === one.id && <IconCheck size={16} />}
          >
            {one.name}
          </Menu.Item>
        ))}
        {mayConnect && (
          <>
            <Menu.Divider />
            <Menu.Item component={Link} to="/channels/new" leftSection={<IconPlus size={16} />}>
              {t("account.connect")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
