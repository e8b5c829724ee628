/** A part of a page: a card that is found by its name, and says what it is for. */
import { Card, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface PartProps {
  title: string;
  about?: ReactNode;
  gap?: "sm" | "md" | "lg";
  /** Beside many others its name is small. */
  fz?: "sm" | "md";
  children: ReactNode;
}

export function Part({ title, about, gap = "md", fz = "md", children }: PartProps) {
  return (
    <Card component="section" aria-label={title}>
      <Title order={2} fz={fz} mb={about ? 0 : "sm"}>
        {title}
      </Title>
      {about && (
        <Text fz="sm" c="dimmed" mb={gap === "md" ? "md" : "sm"}>
          {about}
        </Text>
      )}
      <Stack gap={gap}>{children}</Stack>
    </Card>
  );
}
