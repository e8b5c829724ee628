/** The shop asks 2段階認証 of everybody, and this person has none yet: nothing else opens before. */
import { Anchor, Center } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { queryClient } from "../app/query.ts";
import { useAct } from "../ui/act.ts";
import { logout, meQuery } from "./api.ts";
import { Front } from "./Front.tsx";
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
      <SecondStepSetup done={() => void enter()} />
    </Front>
  );
}
