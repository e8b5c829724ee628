/** The door: what stands around the forms of people who are not in yet. */
import { Card, Center, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export function Front(props: {
  title: string;
  about: string;
  children: ReactNode;
  below?: ReactNode;
}) {
  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack w="100%" maw={420} gap="lg">
        <Group gap={10} justify="center">
          <img src="/admin/icon.svg" width={34} height={34} alt="" />
          <Text fw={700} fz={24}>
            Enishi
          </Text>
        </Group>
        <Card padding="xl" shadow="sm">
          <Stack gap={4} mb="lg">
            <Title order={1} fz={20}>
              {props.title}
            </Title>
            <Text c="dimmed" fz="sm">
              {props.about}
            </Text>
          </Stack>
          {props.children}
        </Card>
        {props.below}
      </Stack>
    </Center>
  );
}
