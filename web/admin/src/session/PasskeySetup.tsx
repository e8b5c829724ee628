/** A new passkey in two steps: name and password, then what the device asks; recovery codes with the first second step. */
import { Alert, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deviceOf } from "../settings/device.ts";
import { useAct } from "../ui/act.ts";
import { BothForm, useBoth } from "./BothForm.tsx";
import { type Both, makePasskey, passkeysHere } from "./passkey.ts";
import { RecoveryCodes } from "./SecondStepSetup.tsx";

interface PasskeySetupProps {
  done: () => void;
  cancel?: () => void;
}

export function PasskeySetup({ done, cancel }: PasskeySetupProps) {
  const { t } = useTranslation("session");
  const both = useBoth();
  const named = useForm({ initialValues: { name: deviceOf(navigator.userAgent) ?? "" } });
  const [codes, setCodes] = useState<string[]>();
  const setErrors = (errors: Record<string, string>) => {
    both.setErrors(errors);
    named.setErrors(errors);
  };
  const make = useAct((shown: Both) => makePasskey(named.values.name, shown), {
    form: { setErrors },
    done: t("passkey.made"),
    stale: ["me", "session", "user"],
    after: ({ recovery_codes }) => (recovery_codes.length > 0 ? setCodes(recovery_codes) : done()),
  });
  if (codes) return <RecoveryCodes codes={codes} done={done} />;
  if (!passkeysHere()) return <Alert color="orange">{t("passkey.notHere")}</Alert>;
  return (
    <BothForm
      about={t("passkey.setupAbout")}
      action={t("passkey.make")}
      color="pine"
      form={both}
      pending={make.isPending}
      submit={(shown) => make.mutate(shown)}
      {...(cancel && { cancel })}
    >
      <TextInput
        label={t("passkey.name")}
        description={t("passkey.nameHint")}
        required
        maxLength={60}
        {...named.getInputProps("name")}
      />
    </BothForm>
  );
}
