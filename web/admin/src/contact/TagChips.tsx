import type { Tag } from "../api/types.ts";
import { Chip, Chips } from "../ui/Chip.tsx";

interface TagChipsProps {
  ids: string[];
  byId: (id: string) => Tag | undefined;
  most?: number;
}

/** The tags of a row; more than fit are counted. */
export function TagChips({ ids, byId, most = 3 }: TagChipsProps) {
  const known = ids.flatMap((id) => byId(id) ?? []);
  return (
    <Chips>
      {known.slice(0, most).map((tag) => (
        <Chip key={tag.id} tone="gray">
          {tag.name}
        </Chip>
      ))}
      {known.length > most && <span>+{known.length - most}</span>}
    </Chips>
  );
}
