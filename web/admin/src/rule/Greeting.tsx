/** One greeting: whether it is sent, its words, and how they arrive. */
import {
  Anchor,
  Badge,
  Button,
  Card,
  Grid,
  Group,
  Menu,
  Stack,
  Switch,
  Text,
  Title,
} from "@mantine/core";
import { IconTemplate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useActionSentence } from "../action/useSentence.ts";
import type { Bubble, Channel, Rule, Template } from "../api/types.ts";
import { stale } from "../app/query.ts";
import { fillIn } from "../journey/presets.ts";
import { useMay } from "../session/api.ts";
import {
  create as createTemplate,
  templateQuery,
  update as updateTemplate,
} from "../template/api.ts";
import Composer from "../template/Composer.tsx";
import { Preview } from "../template/Preview.tsx";
import { useProblemsOf } from "../template/useProblems.ts";
import { sayProblem, useAct } from "../ui/act.ts";
import { type Draft, useDraft } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Meanwhile } from "../ui/Meanwhile.tsx";
import { begun, create, update } from "./api.ts";
import { besides, type GreetingKind, templateOf } from "./greetings.ts";
import { useTurn } from "./useTurn.ts";

interface GreetingProps {
  account: Channel;
  kind: GreetingKind;
  rule: Rule | undefined;
}

export function Greeting(props: GreetingProps) {
  const template = templateOf(props.rule);
  const { t } = useTranslation("greeting");
  return (
    <Card component="section" aria-label={t(`kind.${props.kind}`)}>
      {template ? <Stored {...props} id={template} /> : <Editor {...props} template={undefined} />}
    </Card>
  );
}

function Stored({ id, ...props }: GreetingProps & { id: string }) {
  const query = useQuery(templateQuery(id));
  return <Loaded query={query}>{(template) => <Editor {...props} template={template} />}</Loaded>;
}

interface Words {
  messages: Bubble[];
  /** The template's version they were begun from. */
  base: number | undefined;
}

const wordsOf = (template: Template | undefined): Words => ({
  messages: template?.messages ?? [],
  base: template?.number,
});

type EditorProps = GreetingProps & { template: Template | undefined };

function Editor({ account, kind, rule, template }: EditorProps) {
  const { t } = useTranslation(["greeting", "common", "template"]);
  const may = useMay("define");
  const name = `greeting.${account.id}.${kind}`;
  const draft = useDraft<Words>(name, wordsOf(template));
  const { value, touched, forget, follow } = draft;
  const { messages } = value;
  const newer = template && template.number > (value.base ?? 0) ? template : undefined;
  // Nothing of one's own is at stake: the page shows what somebody else saved.
  useEffect(() => {
    if (newer && !touched) follow(wordsOf(newer));
  }, [newer, touched, follow]);
  const write = (next: Bubble[]) => draft.set((before) => ({ ...before, messages: next }));
  const problems = useProblemsOf(messages);
  const [tried, setTried] = useState(false);
  const save = useSave({ account, kind, rule, template }, draft);
  const trySave = () => {
    setTried(true);
    if (messages.length === 0 || problems.length > 0) sayProblem(t("mend"));
    else save.mutate(value);
  };
  const on = rule?.enabled === true;
  return (
    <Stack>
      <Head kind={kind} rule={rule} />
      <Meanwhile
        name={name}
        newer={newer && touched && !save.isPending ? { value: wordsOf(newer) } : undefined}
        draft={draft}
        keepMine={({ base }) => save.mutate({ messages, base })}
      />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: messages.length > 0 ? 7 : 12 }}>
          <Stack gap="sm">
            <fieldset disabled={!may} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
              <Composer
                messages={messages}
                problems={tried ? problems : problems.filter((one) => one.code !== "empty")}
                onChange={write}
              />
            </fieldset>
            {template && (
              <Text fz="xs" c="dimmed">
                {t("usedTemplate", { name: template.name })}{" "}
                <Anchor
                  component={Link}
                  to={`/templates/${template.id}`}
                  fz="xs"
                  underline="always"
                >
                  {t("openTemplate")}
                </Anchor>
              </Text>
            )}
            {may && (
              <Group justify="space-between">
                <Presets kind={kind} choose={(text) => write([{ type: "text", text } as Bubble])} />
                <Group gap="xs">
                  {draft.touched && (
                    <Button variant="default" onClick={() => forget(wordsOf(template))}>
                      {t("common:draftDrop")}
                    </Button>
                  )}
                  <Button
                    loading={save.isPending}
                    disabled={!draft.touched && rule !== undefined}
                    onClick={trySave}
                  >
                    {t(rule && !on ? "saveOff" : rule ? "common:save" : "save")}
                  </Button>
                </Group>
              </Group>
            )}
          </Stack>
        </Grid.Col>
        {messages.length > 0 && (
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Text fz="sm" fw={500} mb="xs">
              {t("preview")}
            </Text>
            <Preview messages={messages} channel_id={account.id} height={320} />
          </Grid.Col>
        )}
      </Grid>
    </Stack>
  );
}

function Head({ kind, rule }: { kind: GreetingKind; rule: Rule | undefined }) {
  const { t } = useTranslation("greeting");
  const may = useMay("define");
  const sentence = useActionSentence();
  const turn = useTurn(rule);
  const more = rule ? besides(rule) : [];
  const state = rule ? (rule.enabled ? "isOn" : "isOff") : "isNone";
  return (
    <Group justify="space-between" align="flex-start">
      <div>
        <Group gap="xs">
          <Title order={2} fz="md">
            {t(`kind.${kind}`)}
          </Title>
          <Badge color={state === "isOn" ? "pine" : "gray"}>{t(state)}</Badge>
        </Group>
        <Text fz="sm" c="dimmed">
          {t(`kindAbout.${kind}`)}
        </Text>
        {rule?.channel_id === null && (
          <Text fz="sm" c="dimmed">
            {t("shared")}
          </Text>
        )}
        {more.length > 0 && (
          <Text fz="sm">{t("alsoDone", { list: more.map(sentence).join("、") })}</Text>
        )}
      </div>
      {rule && (
        <Stack gap={4} align="flex-end">
          <Switch
            label={t("on")}
            labelPosition="left"
            checked={rule.enabled}
            disabled={!may || turn.isPending}
            onChange={(event) => turn.mutate(event.currentTarget.checked)}
          />
          <Anchor component={Link} to={`/rules/${rule.id}`} fz="xs">
            {t("openRule")}
          </Anchor>
        </Stack>
      )}
    </Group>
  );
}

const PRESETS = {
  follow: ["follow.plain", "follow.shop", "follow.gift"],
  unblock: ["unblock.plain", "unblock.fewer"],
} as const;

function Presets({ kind, choose }: { kind: GreetingKind; choose: (text: string) => void }) {
  const { t } = useTranslation("greeting");
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button variant="default" leftSection={<IconTemplate size={16} />}>
          {t("preset")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {PRESETS[kind].map((key) => (
          <Menu.Item key={key} onClick={() => choose(fillIn(t(`presets.${key}.text`), ""))}>
            {t(`presets.${key}.name`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Words into the template, and the rule that sends it where there is none. What was made stays when the next step fails. */
function useSave({ account, kind, rule, template }: EditorProps, draft: Draft<Words>) {
  const { t } = useTranslation("greeting");
  const made = useRef<Template>(undefined);
  return useAct(
    async ({ messages, base = made.current?.number }: Words) => {
      const before = template ?? made.current;
      const body = {
        name: before?.name ?? t(`ruleName.${kind}`),
        folder: before?.folder ?? t("folder"),
        messages,
      };
      const saved = before
        ? await updateTemplate(before.id, { ...body, ...(base === undefined ? {} : { base }) })
        : await createTemplate(body);
      made.current = saved;
      const message = { action: "message" as const, template: saved.id };
      if (!rule) {
        await create({
          name: t(`ruleName.${kind}`),
          channel_id: account.id,
          trigger: { on: kind },
          hours: null,
          actions: [message],
          enabled: true,
        });
      } else if (!template) {
        await update(rule.id, { ...begun(rule), actions: [message, ...rule.actions] });
      }
      return saved;
    },
    {
      done: t("saved"),
      after: (saved, sent) => draft.settle(sent, (mine) => ({ ...mine, base: saved.number })),
      stale: ["template", "rule"],
      otherwise: ({ code }) => {
        if (code === "edited_meanwhile") void stale("template");
        return false;
      },
    },
  );
}
