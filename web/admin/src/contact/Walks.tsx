/** The シナリオ this person is in or was in. */
import { Badge, Card, Group, Stack, Text } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Contact } from "../api/types.ts";
import { Empty } from "../ui/Empty.tsx";
import { When } from "../ui/When.tsx";

export function Walks({ contact }: { contact: Contact }) {
  const { t } = useTranslation(["contact", "common"]);
  if (contact.enrollments.length === 0) return <Empty icon={IconRoute} title={t("noWalks")} />;
  return (
    <Stack gap="xs">
      {contact.enrollments.map((walk) => (
        <Card key={walk.id} padding="sm" radius="md">
          <Group justify="space-between" gap="xs">
            <Text component={Link} to={`/journeys/${walk.journey_id}`} fz="sm" fw={600}>
              {walk.journey_name ?? t("common:nobody")}
            </Text>
            <Badge
              color={walk.state === "active" ? "blue" : walk.state === "failed" ? "red" : "gray"}
            >
              {t(`common:walk.${walk.state}`)}
            </Badge>
          </Group>
          <Text fz="sm" c="dimmed" component="div">
            {t("walkSince")} <When at={walk.entered_at} />
            {walk.state === "active" && walk.due_at !== null && (
              <>
                {" / "}
                {t("walkNext")} <When at={walk.due_at} form="short" />
              </>
            )}
          </Text>
        </Card>
      ))}
    </Stack>
  );
}
