/** What everybody must know on every page: practice data, a stopped account, a lost connection. */
import { Button, Group } from "@mantine/core";
import { useElementSize, useNetwork } from "@mantine/hooks";
import { IconHandStop, IconPlugConnectedX, IconSchool } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel } from "../../api/types.ts";
import * as channelApi from "../../channel/api.ts";
import { dateTime } from "../../i18n/time.ts";
import { useMay, useMe } from "../../session/api.ts";
import { useAct } from "../../ui/act.ts";
import { useConfirm } from "../../ui/confirm.tsx";
import { useAccounts } from "../choice.ts";
import type { LiveState } from "../live.ts";
import style from "./Shell.module.css";

export function Banners({ live }: { live: LiveState }) {
  const { t } = useTranslation("shell");
  const { workspace } = useMe();
  const { channels } = useAccounts();
  const stopped = channels.filter((channel) => channel.stopped_at !== null);
  const { ref, height } = useElementSize();
  // Pages that fill the window leave room for what stands above them.
  useEffect(() => {
    document.documentElement.style.setProperty("--banners", `${height}px`);
  }, [height]);
  return (
    <div ref={ref} className={style.banners}>
      {workspace.demo && (
        <div className={`${style.banner} ${style.demo}`}>
          <span className={style.demoTag}>
            <IconSchool size={16} aria-hidden />
            {t("demo")}
          </span>
          <span>{t("demoAbout")}</span>
        </div>
      )}
      {stopped.map((channel) => (
        <Stopped key={channel.id} channel={channel} />
      ))}
      <Offline live={live} />
    </div>
  );
}

function Stopped({ channel }: { channel: Channel }) {
  const { t } = useTranslation("shell");
  const { workspace } = useMe();
  const may = useMay("send_broadcast");
  const confirm = useConfirm();
  const release = useAct(() => channelApi.release(channel.id), {
    done: t("stop.released"),
    stale: ["channel", "me", "broadcast"],
  });
  const ask = async () => {
    const yes = await confirm({
      title: t("stop.releaseTitle"),
      body: t("stop.releaseAbout", { name: channel.name }),
      action: t("stop.release"),
    });
    if (yes) release.mutate();
  };
  return (
    <div className={`${style.banner} ${style.stopped}`} role="status">
      <IconHandStop size={18} aria-hidden />
      <strong>{t("stop.state")}</strong>
      <span>
        {channel.name}
        {channel.stopped_at !== null &&
          ` (${t("stop.since", { when: dateTime(channel.stopped_at, workspace.zone) })})`}
      </span>
      {may && (
        <Button
          size="compact-sm"
          variant="white"
          color="red.8"
          ml="auto"
          loading={release.isPending}
          onClick={ask}
        >
          {t("stop.release")}
        </Button>
      )}
    </div>
  );
}

/** A feed that breaks off for a moment is nobody's business. */
const PATIENCE_MS = 4_000;

function Offline({ live }: { live: LiveState }) {
  const { t } = useTranslation("shell");
  const { online } = useNetwork();
  const lost = live === "lost" || !online;
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!lost) {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  if (!shown) return null;
  return (
    <Group className={`${style.banner} ${style.offline}`} role="status">
      <IconPlugConnectedX size={18} aria-hidden />
      <strong>{t("offline.title")}</strong>
      <span>{t("offline.about")}</span>
    </Group>
  );
}
