import { ActionIcon, Avatar, Menu, Modal, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconBuildingStore,
  IconCheck,
  IconLanguage,
  IconLock,
  IconLogout,
  IconMoon,
  IconSun,
} from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { changeLanguage, language } from "../../i18n/i18n.ts";
import { logout, switchWorkspace, useMe } from "../../session/api.ts";
import { useAct } from "../../ui/act.ts";
import { PasswordForm } from "./PasswordForm.tsx";

export function UserMenu() {
  const { t } = useTranslation(["shell", "common"]);
  const me = useMe();
  const router = useRouter();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [asking, password] = useDisclosure(false);
  const leave = useAct(logout, { after: () => router.navigate({ to: "/login" }) });
  const move = useAct(switchWorkspace);
  const name = me.user?.name ?? "";
  const dark = colorScheme === "dark";
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <ActionIcon radius="xl" size={36} aria-label={t("user.menu", { name })}>
            <Avatar name={name} color="pine" size={34} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {name}({t(`common:role.${me.role}`)})
          </Menu.Label>
          {me.workspaces.length > 1 && (
            <>
              <Menu.Label>{t("user.workspaces")}</Menu.Label>
              {me.workspaces.map((one) => (
                <Menu.Item
                  key={one.id}
                  leftSection={<IconBuildingStore size={16} />}
                  rightSection={one.id === me.workspace.id && <IconCheck size={16} />}
                  onClick={() => one.id !== me.workspace.id && move.mutate(one.id)}
                >
                  {one.name}
                </Menu.Item>
              ))}
            </>
          )}
          <Menu.Divider />
          <Menu.Item
            leftSection={dark ? <IconSun size={16} /> : <IconMoon size={16} />}
            onClick={() => setColorScheme(dark ? "light" : "dark")}
          >
            {t(dark ? "user.light" : "user.dark")}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLanguage size={16} />}
            onClick={() => void changeLanguage(language() === "ja" ? "en" : "ja")}
          >
            {t("user.language")}
          </Menu.Item>
          <Menu.Item leftSection={<IconLock size={16} />} onClick={password.open}>
            {t("user.password")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate()}>
            {t("user.logout")}
          </Menu.Item>
          <Menu.Label>{t("user.version", { version: me.version })}</Menu.Label>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking} onClose={password.close} title={t("password.title")}>
        <PasswordForm done={password.close} />
      </Modal>
    </>
  );
}
