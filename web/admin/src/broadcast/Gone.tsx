/** The draft somebody has open was sent or deleted by a colleague: it is said, and what was written here can be kept. */
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem.ts";
import { dateOnly } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { type Draft, useIntent } from "../ui/draft.ts";
import { Page } from "../ui/Page.tsx";
import { broadcastQuery } from "./api.ts";
import { anew, type Plan } from "./plan.ts";
import { storeDraft } from "./useStore.ts";

/** What became of it; nothing while it is a draft. `opened`: it was one already when somebody came to it. */
type Fate = "draft" | "sent" | "opened" | "deleted";

export function useFate(id: string | null): Fate {
  const { data, error } = useQuery({ ...broadcastQuery(id ?? ""), enabled: id !== null });
  const was = useRef(false);
  const intent = useIntent(`send.${id}`);
  if (error && asProblem(error).code === "not_found") return "deleted";
  if (!data || data.state === "draft") {
    if (data) was.current = true;
    return "draft";
  }
  // What one is sending oneself opens as what it is now.
  return was.current && !intent.waits() ? "sent" : "opened";
}

interface GoneProps {
  id: string;
  fate: Exclude<Fate, "draft">;
  draft: Draft<Plan>;
}

export function Gone({ id, fate, draft }: GoneProps) {
  const { t } = useTranslation("broadcast");
  const navigate = useNavigate();
  const sent = fate !== "deleted";
  const keep = useKeep(id, draft);
  const leave = () => {
    draft.forget();
    if (sent) return navigate({ to: "/broadcasts/$id", params: { id } });
    return navigate({ to: "/broadcasts" });
  };
  if (fate === "opened" && !draft.touched)
    return <Navigate to="/broadcasts/$id" params={{ id }} replace />;
  return (
    <Page title={draft.value.name || t("add")} back={{ to: "/broadcasts", label: t("title") }}>
      <Alert color="yellow" role="alert" title={t(sent ? "gone.sent" : "gone.deleted")}>
        <Stack gap="sm">
          {draft.touched && <Text fz="sm">{t("gone.unsaved")}</Text>}
          <Group gap="xs">
            {draft.touched && (
              <Button size="xs" loading={keep.isPending} onClick={() => keep.mutate()}>
                {t("gone.keep")}
              </Button>
            )}
            <Button size="xs" variant="default" onClick={leave}>
              {t(`gone.${draft.touched ? "drop" : "go"}.${sent ? "sent" : "deleted"}`)}
            </Button>
          </Group>
        </Stack>
      </Alert>
    </Page>
  );
}

/** What was written, as a draft of its own. */
function useKeep(id: string, draft: Draft<Plan>) {
  const { t } = useTranslation("broadcast");
  const zone = useZone();
  const navigate = useNavigate();
  const intent = useIntent(`broadcast.keep.${id}`);
  const keep = () => {
    const plan = anew(draft.value, zone, Date.now());
    const name = plan.name.trim() || t("untitled", { day: dateOnly(Date.now(), zone) });
    return storeDraft({ ...plan, name }, t("folder"), zone, intent.keyFor);
  };
  return useAct(keep, {
    done: t("gone.kept"),
    stale: ["broadcast", "template"],
    after: ({ saved }) => {
      intent.done();
      draft.forget();
      return navigate({ to: "/broadcasts/new", search: { draft: saved.id } });
    },
  });
}
