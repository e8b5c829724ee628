import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/page.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, useMemo } from "react";
import { createRoot } from "react-dom/client";
import { useTranslation } from "react-i18next";
import { queryClient } from "./app/query.ts";
import { router } from "./app/router.tsx";
import { cssVariables, makeTheme } from "./app/theme.ts";
import { startWords } from "./i18n/i18n.ts";

function Admin() {
  const { t } = useTranslation();
  const theme = useMemo(() => makeTheme(t("close")), [t]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-left" containerWidth={360} zIndex={600} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

async function start(): Promise<void> {
  await startWords();
  const place = document.getElementById("root");
  if (!place) throw new Error("index.html has no #root");
  createRoot(place).render(
    <StrictMode>
      <Admin />
    </StrictMode>,
  );
}

void start();
