/** The invited choose a name and a password. The token stands behind the #, so that no log of a server holds it. */
import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "../app/query.ts";
import { useAct } from "../ui/act.ts";
import { acceptInvitation, meQuery } from "./api.ts";
import { Front } from "./Front.tsx";

export default function InvitePage() {
  const { t } = useTranslation("session");
  const router = useRouter();
  const [token] = useState(() => location.hash.slice(1));
  const [invalid, setInvalid] = useState(token === "");
  const form = useForm({ initialValues: { name: "", password: "" } });
  const accept = useAct(acceptInvitation, {
    form,
    after: (me) => {
      queryClient.setQueryData(meQuery.queryKey, me);
      return router.navigate({ to: "/" });
    },
    otherwise: (problem) => {
      if (problem.code === "password_weak") form.setErrors({ password: problem.message });
      if (problem.code === "invitation_invalid") setInvalid(true);
      return problem.code === "password_weak" || problem.code === "invitation_invalid";
    },
  });
  if (invalid) {
    return (
      <Front title={t("invite.invalid")} about={t("invite.invalidAbout")}>
        <Text />
      </Front>
    );
  }
  return (
    <Front title={t("invite.title")} about={t("invite.about")}>
      <form onSubmit={form.onSubmit((values) => accept.mutate({ token, ...values }))}>
        <Stack>
          <TextInput
            label={t("invite.name")}
            autoComplete="name"
            required
            {...form.getInputProps("name")}
          />
          <PasswordInput
            label={t("invite.password")}
            autoComplete="new-password"
            required
            minLength={10}
            {...form.getInputProps("password")}
          />
          <Button type="submit" size="md" loading={accept.isPending}>
            {t("invite.start")}
          </Button>
        </Stack>
      </form>
    </Front>
  );
}
