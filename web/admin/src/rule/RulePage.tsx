import {
  Button,
  Card,
  Grid,
  Group,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ActionPicker } from "../action/ActionPicker.tsx";
import { chosen } from "../action/model.ts";
import type { FieldError, Rule, RuleDraft } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { stale } from "../app/query.ts";
import { useMay } from "../session/api.ts";
import { sayProblem, useAct } from "../ui/act.ts";
import { DraftFound } from "../ui/DraftFound.tsx";
import { useDraft } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Meanwhile } from "../ui/Meanwhile.tsx";
import { Page } from "../ui/Page.tsx";
import { begun, create, ruleQuery, update } from "./api.ts";
import { HoursFields } from "./HoursFields.tsx";
import { TryBox } from "./TryBox.tsx";
import { TriggerFields } from "./trigger.tsx";

const route = getRouteApi("/shell/rules/$id");
const ALL = "all";
const EMPTY: RuleDraft = {
  name: "",
  channel_id: null,
  trigger: { on: "keyword", mode: "contains", words: [] },
  hours: null,
  actions: [{ action: "message", template: "" }],
  enabled: true,
};

export default function RulePage() {
  const { id } = route.useParams();
  if (id === "new") return <Editor rule={undefined} />;
  return <Stored key={id} id={id} />;
}

function Stored({ id }: { id: string }) {
  const query = useQuery(ruleQuery(id));
  return <Loaded query={query}>{(rule) => <Editor rule={rule} />}</Loaded>;
}

function Editor({ rule }: { rule: Rule | undefined }) {
  const { t } = useTranslation(["rule", "common"]);
  const may = useMay("define");
  const navigate = useNavigate();
  const { channels } = useAccounts();
  const name = `rule.${rule?.id ?? "new"}`;
  const draft = useDraft<RuleDraft>(name, rule ? begun(rule) : EMPTY);
  const [problems, setProblems] = useState<FieldError[]>([]);
  const { value } = draft;
  const { touched, forget, follow } = draft;
  const changed = rule && rule.updated_at !== value.base ? rule : undefined;
  // Nothing of one's own is at stake: the page shows what somebody else saved.
  useEffect(() => {
    if (changed && !touched) follow(begun(changed));
  }, [changed, touched, follow]);
  const put = (more: Partial<RuleDraft>) => draft.set((before) => ({ ...before, ...more }));
  const save = useAct((body: RuleDraft) => (rule ? update(rule.id, body) : create(body)), {
    done: t("common:saved"),
    stale: ["rule"],
    after: async () => {
      draft.forget();
      await navigate({ to: "/rules" });
    },
    otherwise: (problem) => {
      setProblems(problem.fields);
      if (problem.code === "edited_meanwhile") {
        void stale("rule", rule?.id);
        return true;
      }
      return problem.fields.some((one) => one.path !== "");
    },
  });
  const trySave = (body = value) => {
    if (value.name.trim() === "") {
      setProblems([{ path: "name", code: "empty", message: t("common:required") }]);
      return sayProblem(t("nameFirst"));
    }
    if (value.actions.length === 0 || !value.actions.every(chosen))
      return sayProblem(t("actionsFirst"));
    setProblems([]);
    save.mutate(body);
  };
  return (
    <Page
      title={rule?.name ?? t("add")}
      back={{ to: "/rules", label: t("title") }}
      actions={
        may && (
          <Button loading={save.isPending} onClick={() => trySave()}>
            {t("common:save")}
          </Button>
        )
      }
    >
      <Meanwhile
        name={name}
        newer={
          changed && touched && !save.isPending
            ? { value: begun(changed), at: changed.updated_at }
            : undefined
        }
        draft={draft}
        keepMine={({ base }) => trySave({ ...value, ...(base === undefined ? {} : { base }) })}
      />
      {!(changed && touched) && <DraftFound draft={draft} drop={() => forget()} />}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack>
            <Card>
              <Group align="flex-start" grow preventGrowOverflow={false}>
                <TextInput
                  label={t("common:name")}
                  flex="2 1 240px"
                  value={value.name}
                  error={problems.find((one) => one.path === "name")?.message}
                  onChange={(event) => put({ name: event.currentTarget.value })}
                />
                {channels.length > 1 && (
                  <Select
                    label={t("common:channel")}
                    flex="1 1 200px"
                    allowDeselect={false}
                    data={[
                      { value: ALL, label: t("allAccounts") },
                      ...channels.map(({ id, name }) => ({ value: id, label: name })),
                    ]}
                    value={value.channel_id ?? ALL}
                    onChange={(id) => put({ channel_id: id === ALL ? null : id })}
                  />
                )}
              </Group>
              <Switch
                mt="md"
                label={t("enabled")}
                checked={value.enabled ?? true}
                onChange={(event) => put({ enabled: event.currentTarget.checked })}
              />
            </Card>
            <Card>
              <Title order={2} fz="md" mb="sm">
                {t("whenTitle")}
              </Title>
              <Stack>
                <TriggerFields
                  trigger={value.trigger}
                  problems={problems}
                  onChange={(trigger) => put({ trigger })}
                />
                <HoursFields hours={value.hours} onChange={(hours) => put({ hours })} />
              </Stack>
            </Card>
            <Card>
              <Title order={2} fz="md" mb={4}>
                {t("thenTitle")}
              </Title>
              <Text fz="sm" c="dimmed" mb="sm">
                {t("thenAbout")}
              </Text>
              <ActionPicker
                actions={value.actions}
                account={value.channel_id}
                path="actions"
                problems={problems}
                onChange={(actions) => put({ actions })}
              />
            </Card>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <TryBox
            draft={{
              id: rule?.id,
              rule: { ...value, name: value.name.trim() || t("try.unnamed") },
              ready: value.actions.length > 0 && value.actions.every(chosen),
            }}
            onProblems={setProblems}
          />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
