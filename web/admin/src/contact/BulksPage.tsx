/** What was done to many, newest first; from here it can still be taken back. */
import { Card, Stack, Text } from "@mantine/core";
import { IconListCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { When } from "../ui/When.tsx";
import { bulksQuery } from "./api.ts";
import { BulkCard } from "./BulkProgress.tsx";

export default function BulksPage() {
  const { t } = useTranslation("contact");
  const query = useQuery(bulksQuery);
  return (
    <Page
      title={t("bulk.title")}
      about={t("bulk.about")}
      back={{ to: "/contacts", label: t("title") }}
      width="read"
    >
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <Empty icon={IconListCheck} title={t("bulk.none")} about={t("bulk.noneAbout")} />
            </Card>
          ) : (
            <Stack gap="sm">
              {items.map((one) => (
                <section key={one.id}>
                  <Text fz="xs" c="dimmed" mb={4}>
                    <When at={one.created_at} />
                  </Text>
                  <BulkCard bulk={one} />
                </section>
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}
