import { Button } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { PasskeyAnswer } from "../api/types.ts";
import { useAct } from "../ui/act.ts";
import { signWithPasskey } from "./passkey.ts";

interface PasskeyButtonProps {
  children: ReactNode;
  /** The server looks at what was signed. */
  loading: boolean;
  /** What the device signed. */
  signed: (answer: PasskeyAnswer) => void;
  disabled?: boolean;
  size?: "sm" | "md";
  variant?: "default" | "filled";
}

/** Asks the device for a signature. Who stops halfway is told, and nothing has happened. */
export function PasskeyButton({
  children,
  loading,
  signed,
  disabled = false,
  size = "sm",
  variant = "default",
}: PasskeyButtonProps) {
  const sign = useAct(signWithPasskey, { after: signed });
  return (
    <Button
      variant={variant}
      size={size}
      disabled={disabled}
      leftSection={<IconFingerprint size={18} />}
      loading={sign.isPending || loading}
      onClick={() => sign.mutate()}
    >
      {children}
    </Button>
  );
}
