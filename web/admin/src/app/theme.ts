/** The look: quiet, dense enough for a day's work, one accent; an account's colour is never used for meaning. */
import {
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  type MantineThemeOverride,
} from "@mantine/core";

const pine: MantineColorsTuple = [
  "#edf7f3",
  "#d9ece4",
  "#b0d8c8",
  "#84c3aa",
  "#5fb191",
  "#48a581",
  "#2d8f6b",
  "#1f7a5a",
  "#176449",
  "#0d4c37",
];

/** The kit's red, but dark enough where white letters stand on it (WCAG AA). */
const red: MantineColorsTuple = [
  "#fff5f5",
  "#ffe3e3",
  "#ffc9c9",
  "#ffa8a8",
  "#ff8787",
  "#ff6b6b",
  "#e03131",
  "#c92a2a",
  "#b02525",
  "#9b1c1c",
];

/** `close`: what the × of dialogs and notices is called by screen readers. */
export function makeTheme(close: string): MantineThemeOverride {
  return createTheme({
    primaryColor: "pine",
    primaryShade: 7,
    colors: { pine, red },
    autoContrast: true,
    defaultRadius: "md",
    cursorType: "pointer",
    fontFamily:
      'system-ui, "Hiragino Sans", "Hiragino Kaku Gothic ProN", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic UI", Meiryo, sans-serif',
    headings: { fontWeight: "650" },
    respectReducedMotion: true,
    // Plain objects, not `Button.extend`: the first page must not load what it does not show.
    components: {
      Button: { defaultProps: { size: "sm" } },
      ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: "lg" } },
      Alert: { defaultProps: { radius: "md", variant: "light" } },
      CloseButton: { defaultProps: { "aria-label": close } },
      // Lists that nobody has opened are not drawn.
      Combobox: { defaultProps: { keepMounted: false } },
      ColorInput: { defaultProps: { withEyeDropper: false } },
      Badge: { defaultProps: { variant: "light", radius: "sm", tt: "none", fw: 600 } },
      Drawer: { styles: { title: { fontWeight: 650 } } },
      Card: { defaultProps: { withBorder: true, padding: "md", radius: "lg" } },
      // 16 px: smaller text makes phones zoom into the field.
      Input: { vars: () => ({ wrapper: { "--input-fz": "16px" } }) },
      Modal: {
        defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 }, radius: "lg" },
        styles: { title: { fontWeight: 650 } },
      },
      Skeleton: { defaultProps: { radius: "md" } },
      Table: { defaultProps: { verticalSpacing: "sm", horizontalSpacing: "md" } },
      Tabs: { defaultProps: { keepMounted: false } },
    },
  });
}

/** Letters on tinted grounds, dark enough to be read (WCAG AA); the kit's own are not. */
const INK = {
  blue: "#0f4f8f",
  gray: "#3f474d",
  orange: "#8a3200",
  pine: "#0d4c37",
  red: "#9b1c1c",
  yellow: "#664d00",
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5d666c",
    "--mantine-color-placeholder": "#6b7379",
    "--mantine-color-error": "#b3261e",
    ...Object.fromEntries(
      Object.entries(INK).map(([color, ink]) => [`--mantine-color-${color}-light-color`, ink]),
    ),
  },
  dark: { "--mantine-color-dimmed": "#a6adb4", "--mantine-color-placeholder": "#9aa2a9" },
});
