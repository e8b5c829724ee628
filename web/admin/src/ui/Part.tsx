import { Card, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** One rule of the shop with what it means. */
export function Part(props: { title: string; about: string; children: ReactNode }) {
  return (
    <Card>
      <Title order={2} fz="md">
        {props.title}
      </Title>
      <Text fz="sm" c="dimmed" mb="md">
        {props.about}
      </Text>
      <Stack>{props.children}</Stack>
    </Card>
  );
}
