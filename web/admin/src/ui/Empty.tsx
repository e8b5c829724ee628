/** Nothing here yet: say what will stand here and how to begin. */
import { Stack, Text, ThemeIcon } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface EmptyProps {
  icon: Icon;
  title: string;
  about?: string;
  action?: ReactNode;
}

export function Empty({ icon: Sign, title, about, action }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" py={48} px="md">
      <ThemeIcon size={52} radius="xl" variant="light" color="gray">
        <Sign size={26} stroke={1.6} />
      </ThemeIcon>
      <Text fw={600} mt="xs" ta="center">
        {title}
      </Text>
      {about && (
        <Text c="dimmed" fz="sm" ta="center" maw={420}>
          {about}
        </Text>
      )}
      {action && (
        <div style={{ marginTop: 8 }} data-empty-action>
          {action}
        </div>
      )}
    </Stack>
  );
}
