import { Alert, Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../api/types.ts";
import { useAct } from "../ui/act.ts";
import { sentenceOf } from "../ui/problem.ts";
import { login, loginWithPasskey } from "./api.ts";
import { PasskeyButton } from "./PasskeyButton.tsx";
import { passkeysHere } from "./passkey.ts";

/** Ways of the second step that the server names when it asks. */
type Way = "code" | "passkey";

/** Address and password, then – for whoever has set it up – the second step; or a passkey, which is all of it. */
export function LoginForm({ email, done }: { email: string; done: (me: Me) => void }) {
  const { t } = useTranslation("session");
  const { t: common } = useTranslation("common");
  const [refused, setRefused] = useState("");
  const [step, setStep] = useState<"password" | "code">("password");
  const [ways, setWays] = useState<Way[]>([]);
  const form = useForm({ initialValues: { email, password: "", code: "" } });
  const enter = useAct(login, {
    form,
    after: done,
    otherwise: (problem) => {
      if (problem.code === "second_step_needed") {
        setStep("code");
        setWays(problem.fields.map(({ code }) => code as Way));
        return true;
      }
      if (problem.code === "second_step_wrong") {
        form.setErrors({ code: t("code.wrong") });
        return true;
      }
      if (problem.code === "login_failed") setStep("password");
      const said = { login_failed: t("failed"), login_limited: t("limited") }[problem.code];
      setRefused(said ?? sentenceOf(problem, common));
      return problem.fields.length === 0;
    },
  });
  const open = useAct(loginWithPasskey, {
    after: done,
    otherwise: (problem) => {
      setRefused(sentenceOf(problem, common));
      return true;
    },
  });
  const byPasskey = passkeysHere() && (step === "password" || ways.includes("passkey"));
  const passkey = (
    <PasskeyButton
      size="md"
      variant={step === "code" ? "filled" : "default"}
      loading={open.isPending}
      signed={(one) => open.mutate(one)}
    >
      {t("passkey.login")}
    </PasskeyButton>
  );
  const submit = form.onSubmit(({ code, ...values }) => {
    setRefused("");
    enter.mutate(step === "code" ? { ...values, code } : values);
  });
  return (
    <form onSubmit={submit}>
      <Stack>
        {refused && (
          <Alert color="red" role="alert">
            {refused}
          </Alert>
        )}
        {step === "code" && byPasskey && (
          <>
            {passkey}
            <Divider label={t("passkey.or")} />
          </>
        )}
        {step === "password" ? (
          <>
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
              data-autofocus={email !== "" || undefined}
              {...form.getInputProps("password")}
            />
          </>
        ) : (
          <CodeInput
            autoFocus
            recoveryOnly={!ways.includes("code")}
            {...form.getInputProps("code")}
          />
        )}
        <Button
          type="submit"
          variant={step === "code" && byPasskey ? "default" : "filled"}
          loading={enter.isPending}
          size="md"
          mt="xs"
        >
          {t("login")}
        </Button>
        {step === "password" && byPasskey && (
          <>
            <Divider label={t("passkey.or")} />
            {passkey}
          </>
        )}
        {step === "code" && (
          <Button
            variant="subtle"
            onClick={() => {
              setStep("password");
              form.setFieldValue("code", "");
            }}
          >
            {t("code.back")}
          </Button>
        )}
      </Stack>
    </form>
  );
}

type CodeProps = Omit<React.ComponentProps<typeof TextInput>, "label"> & {
  /** There is no app that shows codes. */
  recoveryOnly?: boolean;
};

/** For a code of the phone's app or a recovery code. */
export function CodeInput({ recoveryOnly = false, ...props }: CodeProps) {
  const { t } = useTranslation("session");
  return (
    <TextInput
      label={t(recoveryOnly ? "code.recovery" : "code.label")}
      description={t(recoveryOnly ? "code.recoveryOnly" : "code.about")}
      autoComplete="one-time-code"
      autoCapitalize="off"
      spellCheck={false}
      required
      maxLength={20}
      styles={{ input: { fontSize: 20, letterSpacing: 2, fontVariantNumeric: "tabular-nums" } }}
      {...props}
    />
  );
}
