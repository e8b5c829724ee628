/** Password and second step once more: a page left open must not be enough. */
import { Button, Divider, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "./api.ts";
import { CodeInput } from "./LoginForm.tsx";
import { PasskeyButton } from "./PasskeyButton.tsx";
import { type Both, passkeysHere } from "./passkey.ts";

export const useBoth = () => useForm({ initialValues: { password: "", code: "" } });

interface BothFormProps {
  about: string;
  action: string;
  color: string;
  form: ReturnType<typeof useBoth>;
  pending: boolean;
  submit: (both: Both) => void;
  cancel?: () => void;
  children?: ReactNode;
}

export function BothForm(props: BothFormProps) {
  const { about, action, color, form, pending, submit, cancel, children } = props;
  const { t } = useTranslation(["session", "common"]);
  const { second_step: own } = useMe();
  const byPasskey = own.passkeys > 0 && passkeysHere();
  const { password } = form.values;
  return (
    <form
      onSubmit={form.onSubmit(({ code, password }) =>
        submit({ password, ...(own.on && { code }) }),
      )}
    >
      <Stack>
        <Text fz="sm">{about}</Text>
        {children}
        <PasswordInput
          label={t("password")}
          autoComplete="current-password"
          required
          data-autofocus
          {...form.getInputProps("password")}
        />
        {byPasskey && (
          <>
            <PasskeyButton
              disabled={password === ""}
              loading={pending}
              signed={(passkey) => submit({ password, passkey })}
            >
              {t("passkey.confirm")}
            </PasskeyButton>
            <Divider label={t("passkey.or")} />
          </>
        )}
        {own.on && <CodeInput recoveryOnly={!own.code} {...form.getInputProps("code")} />}
        <Group justify={cancel ? "space-between" : "flex-end"}>
          {cancel && (
            <Button variant="default" onClick={cancel}>
              {t("common:cancel")}
            </Button>
          )}
          <Button type="submit" color={color} loading={pending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
