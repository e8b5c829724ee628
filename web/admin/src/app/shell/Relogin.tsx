/** The session ended while somebody was working: asks for the password over the page, which stays as it is. */
import { Modal, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { onSessionLost } from "../../api/client.ts";
import type { Me } from "../../api/types.ts";
import { useMe } from "../../session/api.ts";
import { LoginForm } from "../../session/LoginForm.tsx";
import { queryClient } from "../query.ts";

export function Relogin() {
  const { t } = useTranslation("shell");
  const me = useMe();
  const [lost, setLost] = useState(false);
  useEffect(() => onSessionLost(() => setLost(true)), []);

  const back = (now: Me) => {
    // Somebody else's pages must not stay on the screen.
    if (now.user?.id !== me.user?.id || now.workspace.id !== me.workspace.id) {
      location.assign("/admin/");
      return;
    }
    setLost(false);
    void queryClient.invalidateQueries();
  };
  return (
    <Modal
      opened={lost}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={t("relogin.title")}
      zIndex={500}
    >
      <Stack>
        <Text fz="sm">{t("relogin.about")}</Text>
        <LoginForm email={me.user?.email ?? ""} done={back} />
      </Stack>
    </Modal>
  );
}
