/** Publishing, stopping, and starting people by hand. */
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import type { FieldError, Journey } from "../api/types.ts";
import { FriendsSelect } from "../contact/pickers.tsx";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { sayProblem, useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { useDraft, useIntent } from "../ui/draft.ts";
import { enroll, publish, stop } from "./api.ts";

interface PublishProps {
  journey: Journey;
  unsaved: boolean;
  onProblems: (problems: FieldError[]) => void;
}

export function Publish({ journey, unsaved, onProblems }: PublishProps) {
  const { t } = useTranslation("journey");
  const may = useMay("send_broadcast");
  const ask = useConfirm();
  const live = journey.state === "published";
  const go = useAct(() => publish(journey.id), {
    done: t("published"),
    stale: ["journey"],
    otherwise: (problem) => {
      onProblems(problem.fields);
      if (problem.fields.length > 0) sayProblem(t("mendFirst"));
      return problem.fields.length > 0;
    },
  });
  const halt = useAct(() => stop(journey.id), { done: t("stopped"), stale: ["journey"] });
  if (!may) return null;
  const askPublish = async () => {
    const yes = await ask({
      title: t("publishTitle", { name: journey.name }),
      body: t(live ? "publishAgain" : "publishAbout", { n: number(journey.active) }),
      action: t("publish"),
    });
    if (yes) go.mutate();
  };
  const askStop = async () => {
    const yes = await ask({
      title: t("stopTitle", { name: journey.name }),
      body: t("stopAbout", { n: number(journey.active) }),
      action: t("stop"),
      danger: true,
    });
    if (yes) halt.mutate();
  };
  return (
    <Group gap="xs">
      {live && <ByHand journey={journey} />}
      {live && (
        <Button variant="subtle" color="red" loading={halt.isPending} onClick={askStop}>
          {t("stop")}
        </Button>
      )}
      {(!live || journey.changed) && (
        <Button
          loading={go.isPending}
          disabled={unsaved}
          title={unsaved ? t("saveFirst") : ""}
          onClick={askPublish}
          ml={live ? "lg" : 0}
        >
          {t("publish")}
        </Button>
      )}
    </Group>
  );
}

function ByHand({ journey }: { journey: Journey }) {
  const { t } = useTranslation("journey");
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {t("byHand")}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t("byHand")}>
        <HandForm journey={journey} done={dialog.close} />
      </Modal>
    </>
  );
}

function HandForm({ journey, done }: { journey: Journey; done: () => void }) {
  const { t } = useTranslation("journey");
  const to = useDraft<string[]>(`enroll.${journey.id}`, []);
  const intent = useIntent();
  const act = useAct(() => enroll(journey.id, intent.keyFor(to.value), to.value), {
    done: t("enrolled"),
    stale: ["journey"],
    after: () => {
      intent.done();
      to.forget([]);
      done();
    },
  });
  const n = to.value.length;
  return (
    <Stack>
      <Text fz="sm">{t("byHandAbout")}</Text>
      <FriendsSelect
        label={t("who")}
        channel={journey.channel_id}
        value={to.value}
        onChange={to.set}
      />
      <Group justify="flex-end">
        <Button disabled={n === 0} loading={act.isPending} onClick={() => act.mutate()}>
          {t("enroll", { n })}
        </Button>
      </Group>
    </Stack>
  );
}
