/** The first owner of an installation. The code stands behind the #, so that no log of a server holds it. */
import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "../app/query.ts";
import { useAct } from "../ui/act.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { meQuery, setUp, setupQuery } from "./api.ts";
import { Front } from "./Front.tsx";

export default function SetupPage() {
  const { t } = useTranslation("session");
  const query = useQuery(setupQuery);
  const [token] = useState(() => location.hash.slice(1));
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    document.title = `${t("setup.title")} – Enishi`;
  }, [t]);
  const closed = refused || query.data?.open === false;
  return (
    <Front
      title={t(closed ? "setup.closed" : "setup.title")}
      about={t(closed ? "setup.closedAbout" : "setup.about")}
    >
      {closed ? (
        <Button component={Link} to="/login" variant="default" fullWidth>
          {t("setup.login")}
        </Button>
      ) : (
        <Loaded query={query}>
          {() => <SetupForm token={token} refuse={() => setRefused(true)} />}
        </Loaded>
      )}
    </Front>
  );
}

function SetupForm({ token, refuse }: { token: string; refuse: () => void }) {
  const { t } = useTranslation("session");
  const router = useRouter();
  const form = useForm({
    initialValues: { token, workspace: "", name: "", email: "", password: "" },
  });
  const act = useAct(setUp, {
    form,
    after: (me) => {
      queryClient.removeQueries({ queryKey: setupQuery.queryKey });
      queryClient.setQueryData(meQuery.queryKey, me);
      return router.navigate({ to: "/start", replace: true });
    },
    otherwise: (problem) => {
      if (problem.code === "password_weak") form.setErrors({ password: problem.message });
      if (problem.code === "setup_closed") refuse();
      return problem.code === "password_weak" || problem.code === "setup_closed";
    },
  });
  const zone = "Asia/Tokyo";
  return (
    <form onSubmit={form.onSubmit((values) => act.mutate({ ...values, zone }))}>
      <Stack>
        {token === "" && (
          <TextInput
            label={t("setup.token")}
            description={t("setup.tokenHint")}
            autoComplete="off"
            required
            {...form.getInputProps("token")}
          />
        )}
        <TextInput
          label={t("setup.workspace")}
          description={t("setup.workspaceHint")}
          autoComplete="organization"
          required
          maxLength={100}
          {...form.getInputProps("workspace")}
        />
        <TextInput
          label={t("setup.name")}
          autoComplete="name"
          required
          maxLength={100}
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("email")}
          type="email"
          autoComplete="username"
          required
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label={t("setup.password")}
          description={t("setup.passwordHint")}
          autoComplete="new-password"
          required
          minLength={10}
          {...form.getInputProps("password")}
        />
        {form.errors.token && (
          <Alert color="red" role="alert">
            {form.errors.token}
          </Alert>
        )}
        <Button type="submit" size="md" loading={act.isPending}>
          {t("setup.start")}
        </Button>
      </Stack>
    </form>
  );
}
