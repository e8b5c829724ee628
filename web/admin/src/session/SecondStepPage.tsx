/** The shop asks 2段階認証 of everybody, and this person has none yet: nothing else opens before. */
import { Anchor, Button, Center, Divider, Stack, Text } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "../app/query.ts";
import { useAct } from "../ui/act.ts";
import { logout, meQuery } from "./api.ts";
import { Front } from "./Front.tsx";
import { PasskeySetup } from "./PasskeySetup.tsx";
import { passkeysHere } from "./passkey.ts";
import { SecondStepSetup } from "./SecondStepSetup.tsx";

export default function SecondStepPage() {
  const { t } = useTranslation("session");
  const router = useRouter();
  const enter = async () => {
    await queryClient.fetchQuery({ ...meQuery, staleTime: 0 });
    await router.navigate({ to: "/" });
  };
  const leave = useAct(logout, { after: () => router.navigate({ to: "/login" }) });
  return (
    <Front
      title={t("second.title")}
      about={t("second.required")}
      below={
        <Center>
          <Anchor component="button" fz="sm" onClick={() => leave.mutate()}>
            {t("second.later")}
          </Anchor>
        </Center>
      }
    >
      <Ways done={() => void enter()} />
    </Front>
  );
}

/** A passkey where the device has them; else, or for whoever wants, an app's codes. */
function Ways({ done }: { done: () => void }) {
  const { t } = useTranslation("session");
  const [passkey, setPasskey] = useState(false);
  if (passkey) return <PasskeySetup done={done} cancel={() => setPasskey(false)} />;
  return (
    <Stack>
      {passkeysHere() && (
        <>
          <Text fz="sm">{t("passkey.easier")}</Text>
          <Button
            variant="default"
            leftSection={<IconFingerprint size={18} />}
            onClick={() => setPasskey(true)}
          >
            {t("passkey.make")}
          </Button>
          <Divider label={t("passkey.orApp")} />
        </>
      )}
      <SecondStepSetup done={done} />
    </Stack>
  );
}
