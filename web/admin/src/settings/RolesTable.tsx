/** What each role may, as the server's own rules say. */
import { ScrollArea, Table, Text, Title } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Loaded } from "../ui/Loaded.tsx";
import { rolesQuery } from "./api.ts";
import { ROLES } from "./roles.ts";

export function RolesTable() {
  const { t } = useTranslation(["settings", "common"]);
  const query = useQuery(rolesQuery);
  return (
    <>
      <Title order={2} fz="md" mb={4}>
        {t("roles.title")}
      </Title>
      <Text fz="sm" c="dimmed" mb="sm">
        {t("roles.about")}
      </Text>
      <Loaded query={query}>
        {({ items }) => (
          <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }} aria-label={t("roles.title")}>
            <Table miw={560} verticalSpacing={6} withRowBorders>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("roles.may")}</Table.Th>
                  {ROLES.map((role) => (
                    <Table.Th key={role} ta="center">
                      {t(`common:role.${role}`)}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map(({ permission, least_role }) => (
                  <Table.Tr key={permission}>
                    <Table.Th scope="row" fw={400}>
                      {t(`roles.permission.${permission}`)}
                    </Table.Th>
                    {ROLES.map((role) => (
                      <Table.Td key={role} ta="center">
                        {ROLES.indexOf(role) <= ROLES.indexOf(least_role) ? (
                          <IconCheck size={18} role="img" aria-label={t("common:yes")} />
                        ) : (
                          <span role="img" aria-label={t("common:no")}>
                            –
                          </span>
                        )}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollArea>
        )}
      </Loaded>
    </>
  );
}
