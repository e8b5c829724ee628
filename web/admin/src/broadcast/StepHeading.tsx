/** Where one is, for eyes on a phone and for readers of the screen: a new step begins at its top. */
import { Title } from "@mantine/core";
import { type CSSProperties, type ReactNode, type RefObject, useEffect, useRef } from "react";

/** Takes the focus when another step opens. */
export function useStepHeading(at: number): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const was = useRef(at);
  useEffect(() => {
    if (was.current === at) return;
    was.current = at;
    window.scrollTo({ top: 0 });
    heading.current?.focus({ preventScroll: true });
  }, [at]);
  return heading;
}

const BARE: CSSProperties = { outline: 0 };
const HIDDEN: CSSProperties = {
  ...BARE,
  position: "absolute",
  width: 1,
  height: 1,
  overflow: "hidden",
  clipPath: "inset(50%)",
};

interface StepHeadingProps {
  heading: RefObject<HTMLHeadingElement | null>;
  /** The stepper's own labels say it where there is room for them. */
  narrow: boolean;
  children: ReactNode;
}

export const StepHeading = ({ heading, narrow, children }: StepHeadingProps) => (
  <Title
    order={2}
    fz="md"
    fw={650}
    mb={narrow ? "md" : 0}
    ref={heading}
    tabIndex={-1}
    style={narrow ? BARE : HIDDEN}
  >
    {children}
  </Title>
);
