/** One template: written on the left, seen on the right. */
import {
  Alert,
  Autocomplete,
  Box,
  Button,
  Card,
  Grid,
  Group,
  SegmentedControl,
  Stack,
  TextInput,
} from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldError, Template } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { FriendSelect } from "../contact/pickers.tsx";
import { useMay } from "../session/api.ts";
import { sayProblem, showAtFields, useAct } from "../ui/act.ts";
import { DraftFound } from "../ui/DraftFound.tsx";
import { type Draft, useDraft } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { begun, create, type TemplateDraft, templateQuery, update, useFolders } from "./api.ts";
import Composer from "./Composer.tsx";
import { TemplateConflict } from "./Conflict.tsx";
import { type PhoneWidth, Preview } from "./Preview.tsx";
import { TestSend } from "./TestSend.tsx";
import { Usage } from "./Usage.tsx";
import { useProblemsOf } from "./useProblems.ts";

const route = getRouteApi("/shell/templates/$id");

export default function TemplatePage() {
  const { id } = route.useParams();
  if (id === "new") return <Editor key="new" template={undefined} />;
  return <Stored key={id} id={id} />;
}

function Stored({ id }: { id: string }) {
  const query = useQuery(templateQuery(id));
  // A newer version saved by somebody else must not tear the text out of one's hands: the editor keeps its own.
  return <Loaded query={query}>{(template) => <Editor template={template} />}</Loaded>;
}

/** Codes of fields that are merely empty. */
const UNWRITTEN = new Set(["empty", "required"]);

/** Under which key it is kept while it is written. */
const keyOf = (template: Template | undefined) => `template.${template?.id ?? "new"}`;

const EMPTY: TemplateDraft = { name: "", folder: "", messages: [] };

function Editor({ template }: { template: Template | undefined }) {
  const { t } = useTranslation(["template", "common"]);
  const may = useMay("define");
  const draft = useDraft(keyOf(template), template ? begun(template) : EMPTY);
  const { value, set, touched, forget, follow } = draft;
  const newer = template && template.number > (value.base ?? 0) ? template : undefined;
  // Nothing of one's own is at stake: the page shows what somebody else saved.
  useEffect(() => {
    if (newer && !touched) follow(begun(newer));
  }, [newer, touched, follow]);
  const problems = useProblemsOf(value.messages);
  const [refused, setRefused] = useState<FieldError[]>([]);
  // What is only not written yet is no problem before somebody wants to save it.
  const [tried, setTried] = useState(false);
  const shown = tried ? problems : problems.filter((one) => !UNWRITTEN.has(one.code));
  const trySave = () => {
    setTried(true);
    if (problems.length > 0) sayProblem(t("mendFirst", { n: problems.length }));
    else save.mutate({ body: value, over: "begun" });
  };
  const [clash, setClash] = useState(false);
  const save = useSave({ template, draft, setRefused, setClash });
  const keepCopy = useAct(
    (theirs: Template) =>
      create({ ...value, name: t("copyOf", { name: value.name }) }).then(() => theirs),
    {
      done: t("conflict.kept"),
      stale: ["template"],
      after: (theirs) => {
        forget(begun(theirs));
        setClash(false);
      },
    },
  );
  const wide = useMediaQuery("(min-width: 62em)", true);
  const [side, setSide] = useState("write");
  const put = (more: Partial<TemplateDraft>) => {
    setRefused([]);
    set((before) => ({ ...before, ...more }));
  };
  const folders = useFolders();
  return (
    <Page
      title={template ? template.name : t("add")}
      back={{ to: "/templates", label: t("title") }}
      actions={
        <>
          {template && <TestSend template={template} unsaved={draft.touched} />}
          {may && (
            <Button
              loading={save.isPending}
              disabled={value.messages.length === 0}
              onClick={trySave}
            >
              {t("common:save")}
            </Button>
          )}
        </>
      }
    >
      {clash && template && (
        <TemplateConflict
          id={template.id}
          mine={() => save.mutate({ body: value, over: "newest" })}
          theirs={(newest) => keepCopy.mutate(newest)}
        />
      )}
      {newer && touched && !clash && (
        <Alert color="yellow" mb="md">
          {t("newer")}
        </Alert>
      )}
      <DraftFound draft={draft} drop={() => draft.forget()} />
      {!wide && (
        <SegmentedControl
          fullWidth
          mb="md"
          value={side}
          onChange={setSide}
          data={[
            { value: "write", label: t("side.write") },
            { value: "look", label: t("side.look") },
          ]}
        />
      )}
      <Grid gap="lg">
        {(wide || side === "write") && (
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Stack>
              <Card>
                <Group align="flex-start" grow preventGrowOverflow={false}>
                  <TextInput
                    label={t("common:name")}
                    description={t("nameHint")}
                    flex="2 1 240px"
                    value={value.name}
                    error={refused.find((one) => one.path === "name")?.message}
                    onChange={(event) => put({ name: event.currentTarget.value })}
                  />
                  <Autocomplete
                    label={t("common:folder")}
                    description={t("common:optional")}
                    flex="1 1 160px"
                    data={folders}
                    value={value.folder}
                    onChange={(folder) => put({ folder })}
                  />
                </Group>
                {template && (
                  <Box mt="sm">
                    <Usage id={template.id} />
                  </Box>
                )}
              </Card>
              <Composer
                messages={value.messages}
                problems={[...shown, ...refused]}
                onChange={(messages) => put({ messages })}
              />
            </Stack>
          </Grid.Col>
        )}
        {(wide || side === "look") && (
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Look messages={value.messages} />
          </Grid.Col>
        )}
      </Grid>
    </Page>
  );
}

function Look({ messages }: Pick<TemplateDraft, "messages">) {
  const { t } = useTranslation("template");
  const { channel } = useAccounts();
  const [friend, setFriend] = useState<string | null>(null);
  const [width, setWidth] = useState<PhoneWidth>("narrow");
  const [calm] = useDebouncedValue(messages, 300);
  return (
    <Stack style={{ position: "sticky", top: 72 }}>
      <FriendSelect
        label={t("previewFor")}
        description={t("previewForHint")}
        channel={channel?.id}
        value={friend}
        onChange={setFriend}
      />
      <SegmentedControl
        size="xs"
        aria-label={t("phone.label")}
        value={width}
        onChange={(value) => setWidth(value as PhoneWidth)}
        data={(["narrow", "wide"] as const).map((value) => ({ value, label: t(`phone.${value}`) }))}
      />
      <Preview
        width={width}
        messages={calm}
        {...(friend ? { contact_id: friend } : {})}
        {...(channel ? { channel_id: channel.id } : {})}
      />
    </Stack>
  );
}

interface SaveWish {
  body: TemplateDraft;
  /** Only over the version it was begun from, or over whatever is newest by now. */
  over: "begun" | "newest";
}

interface Saving {
  template: Template | undefined;
  draft: Pick<Draft<TemplateDraft>, "settle">;
  setRefused: (errors: FieldError[]) => void;
  setClash: (clash: boolean) => void;
}

function useSave({ template, draft, setRefused, setClash }: Saving) {
  const { t } = useTranslation(["template", "common"]);
  const navigate = useNavigate();
  const write = ({ body, over }: SaveWish) => {
    if (!template) return create(body);
    const { base: _, ...whole } = body;
    return update(template.id, over === "begun" ? body : whole);
  };
  return useAct(write, {
    done: t("common:saved"),
    stale: ["template"],
    after: async (saved, { body }) => {
      const over = (mine: TemplateDraft) => ({ ...mine, base: saved.number });
      draft.settle(body, over, template ? undefined : keyOf(saved));
      setClash(false);
      if (!template)
        await navigate({ to: "/templates/$id", params: { id: saved.id }, replace: true });
    },
    otherwise: (problem) => {
      const meanwhile = problem.code === "edited_meanwhile";
      setClash(meanwhile);
      setRefused(problem.fields);
      return meanwhile || showAtFields(problem, { setErrors: () => undefined });
    },
  });
}
