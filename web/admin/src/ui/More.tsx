/** Goes on in a list that the server hands out page by page. */
import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

export function More({ list, shown }: { list: Paged; shown?: string }) {
  const { t } = useTranslation();
  if (!list.hasNextPage && !shown) return null;
  return (
    <Group justify="center" mt="md" gap="md">
      {shown && (
        <Text fz="sm" c="dimmed">
          {shown}
        </Text>
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => list.fetchNextPage()}
        >
          {t("more")}
        </Button>
      )}
    </Group>
  );
}
