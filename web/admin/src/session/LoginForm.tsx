import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../api/types.ts";
import { useAct } from "../ui/act.ts";
import { sentenceOf } from "../ui/problem.ts";
import { login } from "./api.ts";

export function LoginForm({ email, done }: { email: string; done: (me: Me) => void }) {
  const { t } = useTranslation("session");
  const { t: common } = useTranslation("common");
  const [refused, setRefused] = useState("");
  const form = useForm({ initialValues: { email, password: "" } });
  const enter = useAct(login, {
    form,
    after: done,
    otherwise: (problem) => {
      const said = { login_failed: t("failed"), login_limited: t("limited") }[problem.code];
      setRefused(said ?? sentenceOf(problem, common));
      return problem.fields.length === 0;
    },
  });
  const submit = form.onSubmit((values) => {
    setRefused("");
    enter.mutate(values);
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        {refused && (
          <Alert color="red" role="alert">
            {refused}
          </Alert>
        )}
        <TextInput
          label={t("email")}
          type="email"
          autoComplete="username"
          required
          autoFocus={email === ""}
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label={t("password")}
          autoComplete="current-password"
          required
          autoFocus={email !== ""}
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={enter.isPending} size="md" mt="xs">
          {t("login")}
        </Button>
      </Stack>
    </form>
  );
}
