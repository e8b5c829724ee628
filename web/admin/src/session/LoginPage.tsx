import { Stack, Text } from "@mantine/core";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../api/types.ts";
import { queryClient } from "../app/query.ts";
import { meQuery } from "./api.ts";
import { Front } from "./Front.tsx";
import { LoginForm } from "./LoginForm.tsx";

const route = getRouteApi("/login");

export default function LoginPage() {
  const { t } = useTranslation("session");
  const router = useRouter();
  const { next } = route.useSearch();
  useEffect(() => {
    document.title = `${t("title")} – Enishi`;
  }, [t]);
  const enter = (me: Me) => {
    queryClient.setQueryData(meQuery.queryKey, me);
    router.history.push(next ?? "/admin/");
  };
  return (
    <Front
      title={t("title")}
      about={t("about")}
      below={
        <Stack gap="sm" fz="sm" c="dimmed">
          <Text fz="sm" ta="center">
            {t("forgot")}
          </Text>
        </Stack>
      }
    >
      <LoginForm email="" done={enter} />
    </Front>
  );
}
