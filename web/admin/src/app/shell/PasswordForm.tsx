import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { changePassword } from "../../session/api.ts";
import { useAct } from "../../ui/act.ts";

export function PasswordForm({ done }: { done: () => void }) {
  const { t } = useTranslation(["shell", "common"]);
  const form = useForm({ initialValues: { current: "", new: "" } });
  const change = useAct(changePassword, {
    done: t("password.done"),
    form,
    after: done,
    otherwise: (problem) => {
      const at = problem.code === "login_failed" ? "current" : "new";
      if (problem.code !== "login_failed" && problem.code !== "password_weak") return false;
      form.setErrors({ [at]: problem.message });
      return true;
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
      <Stack>
        <PasswordInput
          label={t("password.current")}
          autoComplete="current-password"
          required
          {...form.getInputProps("current")}
        />
        <PasswordInput
          label={t("password.new")}
          description={t("password.hint")}
          autoComplete="new-password"
          required
          minLength={10}
          {...form.getInputProps("new")}
        />
        <Group justify="space-between">
          <Button variant="default" onClick={done}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {t("password.title")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
