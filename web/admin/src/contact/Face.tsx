/** A friend as a line: picture and name. */
import { Avatar, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { pictureOf } from "../ui/picture.ts";

interface Person {
  id: string;
  display_name: string | null;
  picture_url: string | null;
}

export function useNameOf(): (person: { display_name: string | null }) => string {
  const { t } = useTranslation();
  return ({ display_name }) => display_name || t("nobody");
}

export function Face({ person, size = 34 }: { person: Omit<Person, "id">; size?: number }) {
  const name = useNameOf()(person);
  // Letters come from the start of the name; Japanese names have no initials.
  return (
    <Avatar src={pictureOf(person.picture_url)} size={size} color="pine" alt="" aria-hidden>
      {Array.from(name.replace("(", ""))[0]}
    </Avatar>
  );
}

export function PersonLink({ person }: { person: Person }) {
  const nameOf = useNameOf();
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <Face person={person} />
      <Text
        component={Link}
        to={`/contacts/${person.id}`}
        fw={600}
        fz="sm"
        c={person.display_name ? "var(--mantine-color-text)" : "dimmed"}
        style={{ overflowWrap: "anywhere" }}
      >
        {nameOf(person)}
      </Text>
    </Group>
  );
}
