/** Writing an answer. What it costs stands beside the button; a lost answer is not sent twice. */
import { Alert, Anchor, Badge, Button, Group, HoverCard, Text, Textarea } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconSend } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Problem } from "../api/problem.ts";
import type { Bubble, Conversation, TalkPath } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { YEN_PER_MESSAGE } from "../broadcast/cost.ts";
import { LIMITS } from "../template/limits.ts";
import { useAct } from "../ui/act.ts";
import { Count } from "../ui/Count.tsx";
import { useDraft, useIntent } from "../ui/draft.ts";
import { sentenceOf } from "../ui/problem.ts";
import { Attached, AttachMenu, StickerMenu } from "./Attach.tsx";
import { type Speech, send } from "./api.ts";
import { replyCost, rest, sends, speechOf } from "./reply.ts";
import { Snippets } from "./Snippets.tsx";
import style from "./Talk.module.css";
import { useNow } from "./TalkPage.tsx";

/** Where answers cost nothing; what is said there does not reach us. */
const LINE_CHAT = "https://chat.line.biz/";
/** From here on the count is shown. */
const LONG = 4_000;

interface Said {
  wish: Speech;
  /** What stood in the box and above it; nothing when a template was sent. */
  typed?: { text: string; attached: Bubble | undefined };
}

export function Composer({ talk, path }: { talk: Conversation; path: TalkPath }) {
  const { t } = useTranslation(["conversation", "common"]);
  const { t: common } = useTranslation("common");
  const draft = useDraft(`talk.${path.channel_id}.${path.contact_id}`, "");
  const [problem, setProblem] = useState<Problem>();
  const intent = useIntent(`talk.${path.channel_id}.${path.contact_id}`);
  const touch = useMediaQuery("(pointer: coarse)", false);
  const { byId } = useAccounts();
  const stopped = byId(path.channel_id)?.stopped_at !== null;
  const text = draft.value;
  const [attached, setAttached] = useState<Bubble>();
  const act = useAct(({ wish }: Said) => send(path, intent.keyFor(wish), wish), {
    stale: ["message", "conversation"],
    after: (_, { typed }) => {
      intent.done();
      setProblem(undefined);
      if (!typed) return;
      draft.settle(typed.text, (mine) => rest(mine, typed.text));
      setAttached((now) => (now === typed.attached ? undefined : now));
    },
    otherwise: (refused) => {
      setProblem(refused);
      return true;
    },
  });
  const giveUp = () => {
    if (!act.isPending) intent.done();
  };
  const something = text.trim() !== "" || attached !== undefined;
  const ready = something && text.length <= LIMITS.text.most && !act.isPending && !stopped;
  const go = () => {
    if (ready) act.mutate({ wish: speechOf(text, attached), typed: { text, attached } });
  };
  const box = useRef<HTMLTextAreaElement>(null);
  const write = (more: string) => {
    draft.set((before) => (before ? `${before}\n${more}` : more));
    box.current?.focus();
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
      {attached && (
        <Attached
          bubble={attached}
          drop={() => {
            giveUp();
            setAttached(undefined);
          }}
        />
      )}
      <Group align="flex-end" gap={6} wrap="nowrap" className={style.write}>
        <Group gap={6} wrap="nowrap">
          <AttachMenu attach={setAttached} />
          <StickerMenu attach={setAttached} />
          <Snippets
            talk={talk}
            path={path}
            write={write}
            pick={(template) => act.mutate({ wish: { template_id: template.id } })}
            giveUp={giveUp}
          />
        </Group>
        <Textarea
          ref={box}
          flex={1}
          aria-label={t("write")}
          placeholder={t("write")}
          autosize
          minRows={1}
          maxRows={8}
          value={text}
          onChange={(event) => {
            const words = event.currentTarget.value;
            // An emptied box is a wish given up: the same words later are a new one.
            if (words === "") giveUp();
            draft.set(words);
          }}
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

/** What this answer costs, and how it costs nothing. */
function Cost({ until }: { until: number | null }) {
  const { t } = useTranslation("conversation");
  const now = useNow(1_000);
  const cost = replyCost(until, now);
  if (cost.kind === "free") return <Badge color="pine">{t("free", { n: cost.seconds })}</Badge>;
  return (
    <Group gap={8}>
      <Text fz="xs" c="dimmed">
        {t("paid", { yen: YEN_PER_MESSAGE })}
      </Text>
      <HoverCard width={280} position="top-start" withArrow withinPortal>
        <HoverCard.Target>
          <Anchor fz="xs" href={LINE_CHAT} target="_blank" rel="noopener noreferrer">
            {t("lineChat")}
          </Anchor>
        </HoverCard.Target>
        <HoverCard.Dropdown>
          <Text fz="xs">{t("lineChatAbout")}</Text>
        </HoverCard.Dropdown>
      </HoverCard>
    </Group>
  );
}
