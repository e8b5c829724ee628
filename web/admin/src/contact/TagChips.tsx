import { Badge, Group, Text } from "@mantine/core";
import { useTags } from "./definitions.ts";

/** The tags of a row; more than fit are counted. */
export function TagChips({ ids, most = 3 }: { ids: string[]; most?: number }) {
  const { byId } = useTags();
  const known = ids.flatMap((id) => byId(id) ?? []);
  return (
    <Group gap={4}>
      {known.slice(0, most).map((tag) => (
        <Badge key={tag.id} color="gray">
          {tag.name}
        </Badge>
      ))}
      {known.length > most && (
        <Text span fz="xs" c="dimmed">
          +{known.length - most}
        </Text>
      )}
    </Group>
  );
}
