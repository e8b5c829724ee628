/** The frame around every page once somebody is logged in. */
import { AppShell, Box, Group, Loader } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { Outlet, useRouter } from "@tanstack/react-router";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNotices } from "../../conversation/notices.ts";
import { Bell } from "../../notice/Bell.tsx";
import { useMe } from "../../session/api.ts";
import { ConfirmProvider } from "../../ui/confirm.tsx";
import { ChoiceContext, storeChoice, storedChoice, useAccounts } from "../choice.ts";
import { connectLive, type LiveState } from "../live.ts";
import { AccountSwitch } from "./AccountSwitch.tsx";
import { useAhead } from "./ahead.ts";
import { Banners } from "./Banners.tsx";
import { BottomBar, SideBar } from "./Menus.tsx";
import { Relogin } from "./Relogin.tsx";
import style from "./Shell.module.css";
import { StopButton } from "./StopButton.tsx";
import { UserMenu } from "./UserMenu.tsx";

export function Shell() {
  const { workspace } = useMe();
  const [chosen, setChosen] = useState(() => storedChoice(workspace.id));
  const choose = (id: string | null) => {
    storeChoice(workspace.id, id);
    setChosen(id);
  };
  return (
    <ChoiceContext value={{ chosen, choose }}>
      <ConfirmProvider>
        <Frame />
        <Relogin />
      </ConfirmProvider>
    </ChoiceContext>
  );
}

function Frame() {
  const { t } = useTranslation("shell");
  const { channel, channels } = useAccounts();
  const [opened, menu] = useDisclosure(false);
  const narrow = useMediaQuery("(max-width: 47.99em)", false);
  const [live, setLive] = useState<LiveState>("live");
  const router = useRouter();

  useEffect(() => connectLive(setLive), []);
  useNotices();
  useAhead();
  const { close } = menu;
  useEffect(() => router.subscribe("onBeforeNavigate", close), [router, close]);

  const shown = channel ?? (channels.length === 1 ? channels[0] : undefined);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 228, breakpoint: "sm", collapsed: { mobile: !opened } }}
      footer={{ height: { base: 58, sm: 0 } }}
      padding={0}
      style={shown ? { "--account": shown.color } : undefined}
    >
      <a className={style.skip} href="#main">
        {t("skip")}
      </a>
      <AppShell.Header className={style.header}>
        <div className={style.strip} />
        <Group
          h="100%"
          px={{ base: "sm", sm: "md" }}
          gap="sm"
          wrap="nowrap"
          justify="space-between"
        >
          <Box miw={0} flex="0 1 auto">
            <AccountSwitch />
          </Box>
          <Group gap="xs" wrap="nowrap">
            <StopButton />
            <Bell />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      {/* Off the screen it must not be walked through either. */}
      <AppShell.Navbar
        p="xs"
        pt="md"
        aria-label={t("nav.label")}
        style={{ overflowY: "auto" }}
        inert={narrow && !opened}
      >
        <SideBar />
      </AppShell.Navbar>
      <AppShell.Main className={style.main} id="main" tabIndex={-1}>
        <Banners live={live} />
        <Box px={{ base: "md", sm: "xl" }} py={{ base: "md", sm: "xl" }}>
          <Suspense fallback={<Loader m="xl" />}>
            <Outlet />
          </Suspense>
        </Box>
      </AppShell.Main>
      <AppShell.Footer hiddenFrom="sm">
        <BottomBar opened={opened} toggle={menu.toggle} />
      </AppShell.Footer>
    </AppShell>
  );
}
