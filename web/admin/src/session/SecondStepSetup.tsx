/** 2段階認証 set up in three steps: password, square and first code, recovery codes. */
import { Alert, Button, Code, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "../ui/act.ts";
import { CopyLine } from "../ui/CopyLine.tsx";
import { beginSecondStep, confirmSecondStep, type NewKey } from "./api.ts";
import { BothForm, useBoth } from "./BothForm.tsx";
import { useHold } from "./HeldModal.tsx";
import { CodeInput } from "./LoginForm.tsx";
import type { Both } from "./passkey.ts";

export function SecondStepSetup({ done }: { done: () => void }) {
  const [key, setKey] = useState<NewKey>();
  const [codes, setCodes] = useState<string[]>();
  if (codes) return <RecoveryCodes codes={codes} done={done} />;
  if (key) return <FirstCode shown={key} done={setCodes} />;
  return <Own done={setKey} />;
}

function Own({ done }: { done: (key: NewKey) => void }) {
  const { t } = useTranslation("session");
  const form = useBoth();
  const begin = useAct((both: Both) => beginSecondStep(both), { form, after: done });
  return (
    <BothForm
      about={t("second.passwordAbout")}
      action={t("second.next")}
      color="pine"
      form={form}
      pending={begin.isPending}
      submit={(both) => begin.mutate(both)}
    />
  );
}

function FirstCode({ shown, done }: { shown: NewKey; done: (codes: string[]) => void }) {
  const { t } = useTranslation("session");
  const form = useForm({ initialValues: { code: "" } });
  const confirm = useAct((code: string) => confirmSecondStep(code), {
    form,
    stale: ["me", "session", "user"],
    after: ({ recovery_codes }) => done(recovery_codes),
  });
  return (
    <form onSubmit={form.onSubmit(({ code }) => confirm.mutate(code))}>
      <Stack>
        <Text fz="sm">{t("second.scan")}</Text>
        <Square size={shown.size} path={shown.path} />
        <details>
          <summary style={{ cursor: "pointer", fontSize: 14 }}>{t("second.byHand")}</summary>
          <Stack gap="xs" mt="xs">
            <Text fz="sm">{t("second.byHandAbout")}</Text>
            <CopyLine label={t("second.key")} value={shown.key} />
          </Stack>
        </details>
        <CodeInput data-autofocus description={undefined} {...form.getInputProps("code")} />
        <Group justify="flex-end">
          <Button type="submit" loading={confirm.isPending}>
            {t("second.confirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Black on white in dark mode too: phones read nothing else. */
function Square({ size, path }: { size: number; path: string }) {
  const { t } = useTranslation("session");
  return (
    <svg
      role="img"
      aria-label={t("second.square")}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      style={{ width: 220, maxWidth: "100%", margin: "0 auto", borderRadius: 8 }}
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

export function RecoveryCodes({ codes, done }: { codes: string[]; done: () => void }) {
  const { t } = useTranslation("session");
  useHold();
  const file = URL.createObjectURL(
    new Blob([`${t("recovery.file")}\r\n\r\n${codes.join("\r\n")}\r\n`], { type: "text/plain" }),
  );
  return (
    <Stack>
      <Alert color="orange" title={t("recovery.title")}>
        {t("recovery.about")}
      </Alert>
      <SimpleGrid cols={2} spacing="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
        {codes.map((code) => (
          <li key={code}>
            <Code fz={16} block ta="center">
              {code}
            </Code>
          </li>
        ))}
      </SimpleGrid>
      <Group justify="space-between">
        <Button
          component="a"
          href={file}
          download="enishi-recovery-codes.txt"
          variant="default"
          leftSection={<IconDownload size={16} />}
        >
          {t("recovery.download")}
        </Button>
        <Button onClick={done}>{t("recovery.kept")}</Button>
      </Group>
    </Stack>
  );
}
