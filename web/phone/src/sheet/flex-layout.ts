/** Flex: bubbles, boxes, and everything that decides where a component lies. */
import type { FlexBox, FlexComponent, FlexText } from "@enishi/line-ui";
import { body, flex, type Specimen, shows, sized, theirs } from "./specimen.ts";

const text = (label: string, more: Partial<FlexText> = {}): FlexText => ({
  type: "text",
  text: label,
  size: "sm",
  ...more,
});

/** A coloured field with its own label. */
const field = (label: string, backgroundColor: string, more: Partial<FlexBox> = {}): FlexBox => ({
  type: "box",
  layout: "vertical",
  backgroundColor,
  paddingAll: "sm",
  contents: label ? [text(label)] : [],
  ...more,
});

const row = (more: Partial<FlexBox>, ...contents: FlexComponent[]): FlexBox => ({
  type: "box",
  layout: "horizontal",
  contents,
  ...more,
});

const chip = (width: string, height: string): FlexBox =>
  field("", "#6FA8DC", { width, height, flex: 0, cornerRadius: "xs" });

const JUSTIFY = [
  "flex-start",
  "center",
  "flex-end",
  "space-between",
  "space-around",
  "space-evenly",
] as const;

const LENGTHS = ["none", "xs", "sm", "md", "lg", "xl", "xxl"] as const;

export const layoutSpecimens: Specimen[] = [
  shows(
    "bubble size – nano … giga",
    ...(["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"] as const).map((size) =>
      flex(sized(size)),
    ),
  ),
  {
    title: "giga in a broad room",
    width: "broad",
    items: [theirs(flex(sized("giga"))), theirs(flex(sized("mega")))],
  },
  shows(
    "carousel",
    flex({ type: "carousel", contents: [sized("micro"), sized("micro"), sized("micro")] }),
    flex({
      type: "carousel",
      contents: [1, 2, 3].map((n) => ({
        type: "bubble",
        size: "kilo",
        body: {
          type: "box",
          layout: "vertical",
          contents: [
            text(`${n}枚目。${"高さはいちばん長いものにそろう。".repeat(n)}`, { wrap: true }),
          ],
        },
        footer: {
          type: "box",
          layout: "vertical",
          contents: [
            {
              type: "button",
              height: "sm",
              style: "primary",
              action: { type: "message", label: "選ぶ", text: `${n}` },
            },
          ],
        },
      })),
    }),
  ),
  shows(
    "styles – header, hero, body, footer; separator",
    flex({
      type: "bubble",
      styles: {
        header: { backgroundColor: "#FFF1D6" },
        hero: { backgroundColor: "#E8F4FF", separator: true },
        body: { separator: true, separatorColor: "#E0534F" },
        footer: { backgroundColor: "#F3F4F6", separator: true },
      },
      header: { type: "box", layout: "vertical", contents: [text("header")] },
      hero: { type: "box", layout: "vertical", paddingAll: "lg", contents: [text("hero (box)")] },
      body: { type: "box", layout: "vertical", contents: [text("body")] },
      footer: { type: "box", layout: "vertical", contents: [text("footer")] },
      action: { type: "uri", label: "全体", uri: "https://example.com/" },
    }),
  ),
  shows(
    "flex – horizontal",
    body(
      row({}, field("1", "#F9CB9C"), field("1", "#B6D7A8"), field("1", "#9FC5E8")),
      row({}, field("flex 2", "#F9CB9C", { flex: 2 }), field("flex 3", "#B6D7A8", { flex: 3 })),
      row(
        {},
        text("flex 0", { flex: 0, color: "#38761D" }),
        field("2", "#F9CB9C", { flex: 2 }),
        field("3", "#9FC5E8", { flex: 3 }),
      ),
      row({}, field("width 120px", "#F9CB9C", { width: "120px" }), field("残り", "#9FC5E8")),
      row(
        {},
        field("30%", "#F9CB9C", { width: "30%" }),
        field("maxWidth 80px", "#9FC5E8", { maxWidth: "80px" }),
      ),
    ),
  ),
  shows(
    "flex – vertical, height, filler",
    body(
      row(
        { spacing: "md" },
        field("", "#EEEEEE", { contents: [text("五\n行\n分\nの\n高さ", { wrap: true })] }),
        {
          type: "box",
          layout: "vertical",
          contents: [
            { type: "separator", color: "#E0534F" },
            text("flex 2", { flex: 2 }),
            { type: "separator", color: "#E0534F" },
            text("flex 3", { flex: 3 }),
            { type: "separator", color: "#E0534F" },
          ],
        },
        {
          type: "box",
          layout: "vertical",
          contents: [{ type: "filler" }, text("filler"), { type: "filler", flex: 2 }],
          backgroundColor: "#E8F4FF",
        },
      ),
      row(
        { spacing: "sm" },
        field("height 60px", "#F9CB9C", { height: "60px" }),
        field("maxHeight 30px\n二行目\n三行目", "#9FC5E8", {
          maxHeight: "30px",
          height: "60px",
          contents: [text("maxHeight 30px\n見えない", { wrap: true })],
        }),
      ),
    ),
  ),
  shows(
    "spacing, margin – none … xxl",
    body(
      ...LENGTHS.map((length) =>
        row(
          { spacing: length },
          field(length, "#F9CB9C"),
          field("", "#B6D7A8"),
          field("", "#9FC5E8"),
        ),
      ),
      row(
        { spacing: "md" },
        field("margin xl も先頭", "#F9CB9C", { margin: "xl", flex: 2 }),
        field("", "#B6D7A8"),
        field("xxl", "#9FC5E8", { margin: "xxl" }),
      ),
      field("margin 30px", "#D9D2E9", { margin: "30px" }),
    ),
  ),
  shows(
    "padding",
    body(
      ...LENGTHS.map((length) =>
        row(
          { backgroundColor: "#FFD2D2", paddingAll: length },
          field(`paddingAll ${length}`, "#FFFFFF", { paddingAll: "none" }),
        ),
      ),
      row(
        {
          backgroundColor: "#FFD2D2",
          paddingTop: "20px",
          paddingBottom: "sm",
          paddingStart: "40px",
          paddingEnd: "10%",
        },
        field("上20 下sm 始40 終10%", "#FFFFFF", { paddingAll: "none" }),
      ),
    ),
  ),
  shows(
    "justifyContent",
    body(
      ...JUSTIFY.flatMap((justifyContent): FlexComponent[] => [
        text(justifyContent, { size: "xs", color: "#777777" }),
        row(
          { justifyContent, backgroundColor: "#EEEEEE" },
          chip("40px", "18px"),
          chip("20px", "18px"),
          chip("50px", "18px"),
        ),
      ]),
    ),
  ),
  shows(
    "alignItems – horizontal, vertical",
    body(
      row(
        { spacing: "sm" },
        ...(["flex-start", "center", "flex-end"] as const).map((alignItems) =>
          row(
            { alignItems, backgroundColor: "#EEEEEE", height: "90px", spacing: "xs" },
            chip("22px", "70px"),
            chip("22px", "20px"),
            chip("22px", "44px"),
          ),
        ),
      ),
      ...(["flex-start", "center", "flex-end"] as const).map(
        (alignItems): FlexBox => ({
          type: "box",
          layout: "vertical",
          alignItems,
          spacing: "xs",
          backgroundColor: "#EEEEEE",
          contents: [chip("110px", "12px"), chip("50px", "12px"), text(alignItems, { size: "xs" })],
        }),
      ),
    ),
  ),
  shows(
    "position, offset",
    body(
      field("", "#E8F4FF", {
        height: "110px",
        contents: [
          text("relative"),
          field("offsetTop 6px offsetStart 20px", "#FFD2D2", {
            offsetTop: "6px",
            offsetStart: "20px",
          }),
          field("右下", "#F9CB9C", { position: "absolute", offsetBottom: "sm", offsetEnd: "sm" }),
          field("50%", "#B6D7A8", { position: "absolute", offsetTop: "50%", offsetStart: "10%" }),
          text("offsetEnd −10px", { offsetEnd: "-10px", size: "xs" }),
          text("offsetBottom 4px", { offsetBottom: "4px", size: "xs" }),
        ],
      }),
    ),
    flex({
      type: "bubble",
      body: {
        type: "box",
        layout: "vertical",
        paddingAll: "0px",
        contents: [
          {
            type: "image",
            url: "https://sheet.example/600x400/150/重ねる",
            size: "full",
            aspectMode: "cover",
            aspectRatio: "3:2",
          },
          field("", "#00000099", {
            position: "absolute",
            offsetBottom: "0px",
            offsetStart: "0px",
            offsetEnd: "0px",
            paddingAll: "lg",
            contents: [text("写真の上の帯", { color: "#FFFFFF", weight: "bold" })],
          }),
          field("", "#E4472F", {
            position: "absolute",
            offsetTop: "18px",
            offsetStart: "18px",
            cornerRadius: "xxl",
            paddingStart: "lg",
            paddingEnd: "lg",
            contents: [text("SALE", { color: "#FFFFFF", size: "xs" })],
          }),
        ],
      },
    }),
  ),
  shows(
    "border, cornerRadius",
    body(
      ...(["none", "light", "normal", "medium", "semi-bold", "bold", "6px"] as const).map(
        (borderWidth) =>
          field(`borderWidth ${borderWidth}`, "#FFFFFF", { borderWidth, borderColor: "#3D85C6" }),
      ),
      ...LENGTHS.map((cornerRadius) =>
        field(`cornerRadius ${cornerRadius}`, "#CFE2F3", { cornerRadius }),
      ),
      field("cornerRadius 30px", "#CFE2F3", { cornerRadius: "30px", paddingAll: "lg" }),
    ),
  ),
  shows(
    "background – linearGradient",
    body(
      ...(["0deg", "45deg", "90deg", "180deg"] as const).map(
        (angle): FlexBox => ({
          type: "box",
          layout: "vertical",
          height: "44px",
          paddingAll: "sm",
          contents: [text(angle, { color: "#FFFFFF", weight: "bold" })],
          background: { type: "linearGradient", angle, startColor: "#E4472F", endColor: "#2456A6" },
        }),
      ),
      {
        type: "box",
        layout: "vertical",
        height: "44px",
        paddingAll: "sm",
        contents: [text("centerColor 10%", { color: "#FFFFFF", weight: "bold" })],
        background: {
          type: "linearGradient",
          angle: "90deg",
          startColor: "#E4472F",
          centerColor: "#2456A6",
          centerPosition: "10%",
          endColor: "#38761D",
        },
      },
    ),
  ),
  shows(
    "baseline, icon",
    body(
      {
        type: "box",
        layout: "baseline",
        contents: [
          { type: "icon", url: "https://sheet.example/40x40/45/★", size: "md" },
          { type: "icon", url: "https://sheet.example/40x40/45/★", size: "xl" },
          text("xl", { size: "xl", flex: 0, margin: "sm" }),
          text("小さい字も同じ線", { size: "xs", margin: "md", flex: 0 }),
        ],
      },
      {
        type: "box",
        layout: "baseline",
        spacing: "sm",
        contents: [
          {
            type: "icon",
            url: "https://sheet.example/80x40/200/2:1",
            size: "lg",
            aspectRatio: "2:1",
          },
          {
            type: "icon",
            url: "https://sheet.example/40x40/0/m",
            margin: "xl",
            offsetTop: "4px",
            position: "relative",
          },
          { type: "icon", url: "https://sheet.example/40x40/90/s", size: "3xl", scaling: true },
          { type: "filler" },
          text("filler の右", { flex: 0 }),
        ],
      },
      row(
        { spacing: "sm" },
        ...(["xxs", "xs", "sm", "md", "lg", "xl", "xxl"] as const).map(
          (size): FlexBox => ({
            type: "box",
            layout: "baseline",
            contents: [{ type: "icon", url: "https://sheet.example/40x40/260/i", size }],
          }),
        ),
      ),
    ),
  ),
  shows(
    "direction: rtl",
    flex({
      type: "bubble",
      direction: "rtl",
      body: {
        type: "box",
        layout: "vertical",
        spacing: "md",
        contents: [
          row(
            { spacing: "md" },
            field("1", "#F9CB9C", { flex: 0 }),
            field("2", "#B6D7A8"),
            field("3", "#9FC5E8"),
          ),
          row(
            { paddingStart: "40px", backgroundColor: "#FFD2D2" },
            field("paddingStart 40px", "#FFFFFF"),
          ),
          text("مرحبا بالعالم", { wrap: true }),
          row({}, field("offsetStart 20px", "#D9D2E9", { offsetStart: "20px" })),
        ],
      },
    }),
  ),
];
