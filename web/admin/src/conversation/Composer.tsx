/** Writing an answer. What it costs stands beside the button; a lost answer is not sent twice. */
import { ActionIcon, Alert, Badge, Button, Group, Menu, Text, Textarea } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconFileText, IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Problem } from "../api/problem.ts";
import type { Conversation, TalkPath, Template } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { YEN_PER_MESSAGE } from "../broadcast/cost.ts";
import { templateSearchQuery } from "../template/api.ts";
import { LIMITS } from "../template/limits.ts";
import { useAct } from "../ui/act.ts";
import { Count } from "../ui/Count.tsx";
import { useConfirm } from "../ui/confirm.tsx";
import { useDraft, useIntent } from "../ui/draft.ts";
import { sentenceOf } from "../ui/problem.ts";
import { send } from "./api.ts";
import { replyCost, sends } from "./reply.ts";
import style from "./Talk.module.css";
import { useNow } from "./TalkPage.tsx";

/** From here on the count is shown. */
const LONG = 4_000;

export function Composer({ talk, path }: { talk: Conversation; path: TalkPath }) {
  const { t } = useTranslation(["conversation", "common"]);
  const { t: common } = useTranslation("common");
  const draft = useDraft(`talk.${path.channel_id}.${path.contact_id}`, "");
  const [problem, setProblem] = useState<Problem>();
  const intent = useIntent();
  const touch = useMediaQuery("(pointer: coarse)", false);
  const { byId } = useAccounts();
  const stopped = byId(path.channel_id)?.stopped_at !== null;
  const text = draft.value;
  const act = useAct(
    (wish: { text: string } | { template_id: string }) => send(path, intent.keyFor(wish), wish),
    {
      stale: ["message", "conversation"],
      after: (_, wish) => {
        intent.done();
        setProblem(undefined);
        if ("text" in wish) draft.forget("");
      },
      otherwise: (refused) => {
        setProblem(refused);
        return true;
      },
    },
  );
  const ready = text.trim() !== "" && text.length <= LIMITS.text.most && !act.isPending && !stopped;
  const go = () => {
    if (ready) act.mutate({ text });
  };
  return (
    <div className={style.composer}>
      {stopped && (
        <Alert color="red" py="xs" mb="xs">
          {t("stopped")}
        </Alert>
      )}
      {problem && problem.code !== "no_session" && (
        <Alert color="red" py="xs" mb="xs" role="alert">
          {sentenceOf(problem, common)} {problem.passing && t("again")}
        </Alert>
      )}
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <TemplateMenu talk={talk} pick={(template) => act.mutate({ template_id: template.id })} />
        <Textarea
          flex={1}
          aria-label={t("write")}
          placeholder={t("write")}
          autosize
          minRows={1}
          maxRows={8}
          value={text}
          onChange={(event) => draft.set(event.currentTarget.value)}
          onKeyDown={(event) => {
            // On a phone Enter is the only way to a new line.
            if (touch || !sends(event.nativeEvent)) return;
            event.preventDefault();
            go();
          }}
        />
        <Button
          onClick={go}
          disabled={!ready}
          loading={act.isPending}
          px={{ base: "sm", sm: "md" }}
          aria-label={t("send")}
        >
          <IconSend size={18} />
        </Button>
      </Group>
      <Group justify="space-between" mt={6} gap="xs">
        <Cost until={talk.can_reply_free_until} />
        {text.length > LONG ? (
          <Count used={text.length} most={LIMITS.text.most} />
        ) : (
          <Text fz="xs" c="dimmed" visibleFrom="sm">
            {t("enter")}
          </Text>
        )}
      </Group>
    </div>
  );
}

function Cost({ until }: { until: number | null }) {
  const { t } = useTranslation("conversation");
  const now = useNow(1_000);
  const cost = replyCost(until, now);
  if (cost.kind === "free") return <Badge color="pine">{t("free", { n: cost.seconds })}</Badge>;
  return (
    <Text fz="xs" c="dimmed">
      {t("paid", { yen: YEN_PER_MESSAGE })}
    </Text>
  );
}

function TemplateMenu({ talk, pick }: { talk: Conversation; pick: (template: Template) => void }) {
  const { t } = useTranslation(["conversation", "common"]);
  const [opened, setOpened] = useState(false);
  const { data } = useQuery({ ...templateSearchQuery(""), enabled: opened });
  const confirm = useConfirm();
  const ask = async (template: Template) => {
    const yes = await confirm({
      title: t("templateTitle"),
      body: t("templateBody", { template: template.name, name: talk.contact.display_name ?? "" }),
      action: t("send"),
    });
    if (yes) pick(template);
  };
  return (
    <Menu opened={opened} onChange={setOpened} position="top-start" withinPortal>
      <Menu.Target>
        <ActionIcon size={36} variant="default" aria-label={t("fromTemplate")}>
          <IconFileText size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: "auto" }}>
        <Menu.Label>{t("fromTemplate")}</Menu.Label>
        {data?.items.map((template) => (
          <Menu.Item key={template.id} onClick={() => void ask(template)}>
            {template.name}
          </Menu.Item>
        ))}
        {data?.items.length === 0 && <Menu.Label>{t("common:none")}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
}
