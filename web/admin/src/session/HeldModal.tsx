/** A window that neither Escape nor a cross closes while it shows what is shown only once. */
import { Modal, type ModalProps } from "@mantine/core";
import { createContext, useContext, useEffect, useState } from "react";

const Hold = createContext<(held: boolean) => void>(() => undefined);

/** Holds the window open for as long as this stands in it. */
export function useHold(): void {
  const hold = useContext(Hold);
  useEffect(() => {
    hold(true);
    return () => hold(false);
  }, [hold]);
}

export function HeldModal({ children, ...modal }: ModalProps) {
  const [held, setHeld] = useState(false);
  return (
    // A click beside it never closes it: too much would be gone.
    <Modal {...modal} closeOnClickOutside={false} closeOnEscape={!held} withCloseButton={!held}>
      <Hold value={setHeld}>{children}</Hold>
    </Modal>
  );
}
