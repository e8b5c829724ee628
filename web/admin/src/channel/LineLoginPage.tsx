/** Where LINE's login page leads back to: the code is used at once and leaves the address bar. */
import { Alert, Button, Card, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem.ts";
import { stale } from "../app/query.ts";
import { Loaded, Waiting } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { sentenceOf } from "../ui/problem.ts";
import { finishProviderCheck, providerCheckQuery } from "./api.ts";
import { Verdict } from "./ProviderCheck.tsx";

const route = getRouteApi("/shell/line-login");

type Outcome =
  | { is: "waiting" }
  | { is: "cancelled" }
  | { is: "failed"; why: string }
  | { is: "finished"; channel: string; name: string | null };

export default function LineLoginPage() {
  const { t } = useTranslation("channel");
  const { t: common } = useTranslation("common");
  const router = useRouter();
  const search = route.useSearch();
  const [given] = useState(search);
  const [outcome, setOutcome] = useState<Outcome>({ is: "waiting" });
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    void router.navigate({ to: "/line-login", search: {}, replace: true });
    const { code, state } = given;
    if (!code || !state) {
      setOutcome({ is: "cancelled" });
      return;
    }
    finishProviderCheck({ code, state }).then(
      async ({ channel_id, name }) => {
        await Promise.all([stale("channel"), stale("start")]);
        setOutcome({ is: "finished", channel: channel_id, name });
      },
      (thrown: unknown) => setOutcome({ is: "failed", why: sentenceOf(asProblem(thrown), common) }),
    );
  }, [given, router, common]);
  return (
    <Page title={t("login.title")} back={{ to: "/channels", label: t("title") }} width="read">
      <Card>
        <Shown outcome={outcome} />
      </Card>
    </Page>
  );
}

function Shown({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation("channel");
  switch (outcome.is) {
    case "waiting":
      return (
        <Stack>
          <Text fz="sm">{t("login.waiting")}</Text>
          <Waiting lines={2} />
        </Stack>
      );
    case "cancelled":
      return (
        <Alert color="yellow" title={t("login.cancelled")}>
          {t("login.cancelledAbout")}
        </Alert>
      );
    case "failed":
      return (
        <Alert color="red" role="alert" title={t("login.failed")}>
          {outcome.why}
        </Alert>
      );
    case "finished":
      return <Finished channel={outcome.channel} name={outcome.name} />;
  }
}

function Finished({ channel, name }: { channel: string; name: string | null }) {
  const { t } = useTranslation("channel");
  const query = useQuery(providerCheckQuery(channel));
  return (
    <Stack>
      {name && <Text fz="sm">{t("login.who", { name })}</Text>}
      <Loaded query={query} lines={2}>
        {({ check }) => check && <Verdict latest={check} />}
      </Loaded>
      <Group justify="flex-end">
        <Button component={Link} to={`/channels/${channel}`}>
          {t("login.goOn")}
        </Button>
      </Group>
    </Stack>
  );
}
