/** Publishing with what changes and for whom, stopping, and starting people by hand. */
import { Alert, Button, Card, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldError, Journey } from "../api/types.ts";
import { stale } from "../app/query.ts";
import { FriendsSelect } from "../contact/pickers.tsx";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { sayProblem, useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { useIntent } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { enroll, publish, stop, versionQuery } from "./api.ts";
import { Changes } from "./Changes.tsx";
import { useTriggerSentence } from "./useTriggerSentence.ts";

interface PublishProps {
  journey: Journey;
  unsaved: boolean;
  onProblems: (problems: FieldError[]) => void;
}

export function Publish({ journey, unsaved, onProblems }: PublishProps) {
  const { t } = useTranslation("journey");
  const may = useMay("send_broadcast");
  const ask = useConfirm();
  const [opened, dialog] = useDisclosure(false);
  const live = journey.state === "published";
  const halt = useAct(() => stop(journey.id), { done: t("stopped"), stale: ["journey"] });
  if (!may) return null;
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
          disabled={unsaved}
          title={unsaved ? t("saveFirst") : ""}
          onClick={dialog.open}
          ml={live ? "lg" : 0}
        >
          {t("publish")}
        </Button>
      )}
      <Modal
        opened={opened}
        onClose={dialog.close}
        title={t("publishTitle", { name: journey.name })}
        size="lg"
      >
        <PublishForm journey={journey} close={dialog.close} onProblems={onProblems} />
      </Modal>
    </Group>
  );
}

interface FormProps {
  journey: Journey;
  close: () => void;
  onProblems: (problems: FieldError[]) => void;
}

function PublishForm({ journey, close, onProblems }: FormProps) {
  const { t } = useTranslation(["journey", "common"]);
  const trigger = useTriggerSentence();
  const go = useAct(() => publish(journey.id, journey.revision), {
    done: t("published"),
    stale: ["journey"],
    after: close,
    otherwise: (problem) => {
      if (problem.code === "edited_meanwhile") {
        void stale("journey", journey.id);
        sayProblem(t("publishChanged"));
        return true;
      }
      onProblems(problem.fields);
      if (problem.fields.length > 0) {
        close();
        sayProblem(t("mendFirst"));
      }
      return problem.fields.length > 0;
    },
  });
  return (
    <Stack>
      {journey.version_id ? (
        <Against journey={journey} version={journey.version_id} />
      ) : (
        <Text fz="sm">{t("publishAbout")}</Text>
      )}
      <List size="sm" spacing={6}>
        <List.Item>{t("publishStarts", { trigger: trigger(journey.graph.trigger) })}</List.Item>
        {journey.version_id && (
          <List.Item>
            {journey.active === 0
              ? t("publishNobody")
              : t(journey.state === "stopped" ? "publishResumes" : "publishAgain", {
                  n: number(journey.active),
                })}
          </List.Item>
        )}
      </List>
      <Group justify="space-between">
        <Button variant="default" onClick={close} data-autofocus>
          {t("common:cancel")}
        </Button>
        <Button loading={go.isPending} onClick={() => go.mutate()}>
          {t("publish")}
        </Button>
      </Group>
    </Stack>
  );
}

function Against({ journey, version }: { journey: Journey; version: string }) {
  const { t } = useTranslation("journey");
  const query = useQuery(versionQuery(journey.id, version));
  return (
    <Loaded query={query} lines={2}>
      {(graph) => (
        <Card padding="sm">
          <Text fz="sm" fw={600} mb="xs">
            {t("diff.title", { n: journey.number ?? 0 })}
          </Text>
          <Changes before={graph} after={journey.graph} />
        </Card>
      )}
    </Loaded>
  );
}

function ByHand({ journey }: { journey: Journey }) {
  const { t } = useTranslation("journey");
  const intent = useIntent(`enroll.${journey.id}`);
  // A closed form is a wish given up.
  const [opened, dialog] = useDisclosure(false, { onClose: intent.done });
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
  const [to, setTo] = useState<string[]>([]);
  const intent = useIntent(`enroll.${journey.id}`);
  const act = useAct(() => enroll(journey.id, intent.keyFor(to), to), {
    done: t("enrolled"),
    stale: ["journey"],
    after: done,
  });
  const n = to.length;
  return (
    <Stack>
      <Text fz="sm">{t("byHandAbout")}</Text>
      {journey.changed && <Alert color="yellow">{t("byHandPublished")}</Alert>}
      <FriendsSelect label={t("who")} channel={journey.channel_id} value={to} onChange={setTo} />
      <Group justify="flex-end">
        <Button disabled={n === 0} loading={act.isPending} onClick={() => act.mutate()}>
          {t("enroll", { n })}
        </Button>
      </Group>
    </Stack>
  );
}
