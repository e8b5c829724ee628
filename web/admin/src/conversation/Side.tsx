/** Who this is, beside the talk. */
import { Anchor, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { contactQuery } from "../contact/api.ts";
import { AttributesCard, MemoCard, TagsCard } from "../contact/profile.tsx";
import { Loaded } from "../ui/Loaded.tsx";

export function Side({ id }: { id: string }) {
  const { t } = useTranslation("conversation");
  const query = useQuery(contactQuery(id));
  return (
    <Loaded query={query}>
      {(contact) => (
        <Stack>
          <Anchor component={Link} to={`/contacts/${id}`} fz="sm">
            {t("toContact")}
          </Anchor>
          <TagsCard contact={contact} />
          <AttributesCard contact={contact} />
          <MemoCard contact={contact} />
        </Stack>
      )}
    </Loaded>
  );
}
