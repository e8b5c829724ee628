/** The frame of every page: where am I, what can I do here. */
import { ActionIcon, Box, Group, Stack, Text, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import style from "./Page.module.css";

interface PageProps {
  title: string;
  /** One sentence that says what this page is for. */
  about?: ReactNode;
  actions?: ReactNode;
  back?: { to: string; label: string };
  /** Pages to be read are narrow, tables wide. */
  width?: "read" | "wide";
  children: ReactNode;
}

export function Page({ title, about, actions, back, width = "wide", children }: PageProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} – Enishi`;
  }, [title]);
  return (
    <Box
      maw={width === "read" ? 820 : 1280}
      mx="auto"
      w="100%"
      className={back && actions ? style.barred : style.page}
    >
      <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
        <Group gap="xs" align="flex-start" wrap="nowrap" miw={0} flex="1 1 280px">
          {back && (
            <ActionIcon
              component={Link}
              to={back.to}
              aria-label={t("backTo", { where: back.label })}
              mt={2}
              ml={-8}
            >
              <IconArrowLeft size={20} />
            </ActionIcon>
          )}
          <Stack gap={2} miw={0}>
            <Title
              order={1}
              fz={{ base: 20, sm: 24 }}
              lh={1.4}
              style={{ overflowWrap: "anywhere" }}
            >
              {title}
            </Title>
            {about && (
              <Text c="dimmed" fz="sm" component="div">
                {about}
              </Text>
            )}
          </Stack>
        </Group>
        {actions && (
          <Group gap="xs" className={back ? style.bar : style.actions}>
            {actions}
          </Group>
        )}
      </Group>
      {children}
    </Box>
  );
}
