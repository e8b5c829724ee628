import { Button } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import type { PasskeyAnswer } from "../api/types.ts";
import { useAct } from "../ui/act.ts";
import { signWithPasskey } from "./passkey.ts";

interface PasskeyButtonProps extends Omit<React.ComponentProps<typeof Button>, "onClick"> {
  /** What the device signed. */
  signed: (answer: PasskeyAnswer) => void;
}

/** Asks the device for a signature. Who stops halfway is told, and nothing has happened. */
export function PasskeyButton({ signed, loading, ...props }: PasskeyButtonProps) {
  const sign = useAct(signWithPasskey, { after: signed });
  return (
    <Button
      variant="default"
      leftSection={<IconFingerprint size={18} />}
      {...props}
      loading={sign.isPending || loading === true}
      onClick={() => sign.mutate()}
    />
  );
}
