/** Flex: texts, pictures, buttons, films – and whole bubbles as shops send them. */
import type { FlexComponent, FlexImage, FlexSpan, FlexText } from "@enishi/line-ui";
import { body, flex, type Specimen, shows } from "./specimen.ts";

const text = (label: string, more: Partial<FlexText> = {}): FlexText => ({
  type: "text",
  text: label,
  ...more,
});

const image = (more: Partial<FlexImage>): FlexImage => ({
  type: "image",
  url: "https://sheet.example/600x300/30/2:1",
  ...more,
});

const SIZES = ["xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl"] as const;
const LONG = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。";

const span = (label: string, more: Partial<FlexSpan>): FlexSpan => ({
  type: "span",
  text: label,
  ...more,
});

export const partSpecimens: Specimen[] = [
  shows(
    "text size",
    body(...SIZES.map((size) => text(size, { size })), text("25px", { size: "25px" })),
  ),
  shows(
    "text – wrap, maxLines, lineSpacing, \\n",
    body(
      text(LONG),
      { type: "separator" },
      text(LONG, { wrap: true }),
      { type: "separator", margin: "xxl", color: "#E0534F" },
      text(LONG.repeat(2), { wrap: true, maxLines: 2 }),
      { type: "separator" },
      text(LONG, { wrap: true, lineSpacing: "16px" }),
      { type: "separator" },
      text("一行目\n二行目", { wrap: true }),
      text("一行目\n折り返さない"),
    ),
  ),
  shows(
    "text – align, gravity, weight, style, decoration, color",
    body(
      text("align start", { align: "start" }),
      text("align center", { align: "center" }),
      text("align end", { align: "end" }),
      {
        type: "box",
        layout: "horizontal",
        height: "64px",
        backgroundColor: "#EEEEEE",
        contents: [
          text("top", { gravity: "top" }),
          text("center", { gravity: "center" }),
          text("bottom", { gravity: "bottom" }),
        ],
      },
      text("bold", { weight: "bold" }),
      text("regular", { weight: "regular" }),
      text("italic normal", { style: "italic" }),
      text("normal", { style: "normal" }),
      text("underline", { decoration: "underline" }),
      text("line-through", { decoration: "line-through" }),
      text("none", { decoration: "none" }),
      text("#2456A6", { color: "#2456A6" }),
      text("#2456A680", { color: "#2456A680" }),
      text("押せる文字", {
        color: "#2456A6",
        action: { type: "message", label: "押す", text: "押した" },
      }),
    ),
  ),
  shows(
    "text – adjustMode, scaling, span",
    body(
      text("縮めて一行に収める長い見出しの文字", { adjustMode: "shrink-to-fit", size: "xl" }),
      text("scaling なし", { size: "md" }),
      text("scaling あり", { size: "md", scaling: true }),
      {
        type: "text",
        wrap: true,
        contents: [
          span("合計 ", {}),
          span("¥3,980", { size: "xxl", weight: "bold", color: "#E4472F" }),
          span(" 税込 ", { size: "xs", color: "#777777" }),
          span("¥4,980", { decoration: "line-through", style: "italic" }),
          span("\n改行も入る", { decoration: "underline" }),
        ],
      },
    ),
  ),
  shows(
    "image size",
    body(
      ...(["xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl", "full"] as const).map(
        (size) =>
          image({
            size,
            aspectRatio: "5:1",
            url: `https://sheet.example/500x100/30/${size}`,
            aspectMode: "cover",
          }),
      ),
      image({ size: "75px", url: "https://sheet.example/100x100/80/75px" }),
      image({ size: "50%", aspectRatio: "4:1", url: "https://sheet.example/400x100/80/50%25" }),
    ),
  ),
  shows(
    "image – aspectMode, aspectRatio, align, gravity, backgroundColor",
    body(
      image({ aspectMode: "cover", aspectRatio: "1:1", align: "start" }),
      image({ aspectMode: "fit", aspectRatio: "1:1", backgroundColor: "#FFE599" }),
      image({ aspectMode: "cover", aspectRatio: "1:2", size: "sm", align: "end" }),
      {
        type: "box",
        layout: "horizontal",
        height: "120px",
        backgroundColor: "#EEEEEE",
        contents: [
          image({ size: "xs", gravity: "top" }),
          image({
            size: "xs",
            gravity: "center",
            action: { type: "uri", label: "写真", uri: "https://example.com/" },
          }),
          image({ size: "xs", gravity: "bottom", animated: true }),
        ],
      },
      image({ url: "https://sheet.invalid/broken.png", size: "md" }),
    ),
  ),
  shows(
    "button – style, height, color, adjustMode, gravity",
    body(
      ...(["primary", "secondary", "link"] as const).flatMap((style): FlexComponent[] => [
        { type: "button", style, action: { type: "message", label: style, text: style } },
        {
          type: "button",
          style,
          height: "sm",
          color: style === "secondary" ? "#FFD966" : "#C0392B",
          action: { type: "message", label: `${style} sm color`, text: style },
        },
      ]),
      {
        type: "button",
        style: "primary",
        adjustMode: "shrink-to-fit",
        scaling: true,
        action: {
          type: "uri",
          label: "とても長いボタンの名前でも一行に収めて表示する",
          uri: "https://example.com/",
        },
      },
      {
        type: "button",
        style: "secondary",
        action: {
          type: "message",
          label: "とても長いボタンの名前は途中で切れて点々になる",
          text: "x",
        },
      },
      {
        type: "box",
        layout: "horizontal",
        height: "90px",
        backgroundColor: "#EEEEEE",
        spacing: "sm",
        contents: (["top", "center", "bottom"] as const).map((gravity) => ({
          type: "button",
          style: "primary",
          height: "sm",
          gravity,
          action: { type: "message", label: gravity, text: gravity },
        })),
      },
    ),
  ),
  shows(
    "separator – 縦",
    body({
      type: "box",
      layout: "horizontal",
      spacing: "md",
      contents: [
        text("左"),
        { type: "separator" },
        text("中"),
        { type: "separator", color: "#E0534F", margin: "xxl" },
        text("右"),
      ],
    }),
  ),
  shows(
    "video hero",
    flex({
      type: "bubble",
      size: "mega",
      hero: {
        type: "video",
        url: "https://sheet.example/film.mp4",
        previewUrl: "https://sheet.example/640x360/210/動画",
        altContent: image({ size: "full" }),
        aspectRatio: "16:9",
        action: { type: "uri", label: "くわしく見る", uri: "https://example.com/" },
      },
      body: {
        type: "box",
        layout: "vertical",
        contents: [text("動画のあるバブル", { weight: "bold" })],
      },
    }),
  ),
  shows(
    "実例 – 商品",
    flex({
      type: "bubble",
      hero: image({
        url: "https://sheet.example/800x520/25/モカ",
        size: "full",
        aspectRatio: "20:13",
        aspectMode: "cover",
        action: { type: "uri", label: "商品", uri: "https://example.com/" },
      }),
      body: {
        type: "box",
        layout: "vertical",
        contents: [
          text("エチオピア モカ イルガチェフェ", { weight: "bold", size: "xl", wrap: true }),
          {
            type: "box",
            layout: "baseline",
            margin: "md",
            contents: [
              ...[45, 45, 45, 45, 0].map(
                (hue): FlexComponent => ({
                  type: "icon",
                  size: "sm",
                  url: `https://sheet.example/40x40/${hue}/★`,
                }),
              ),
              text("4.0", { size: "sm", color: "#777777", margin: "md", flex: 0 }),
            ],
          },
          {
            type: "box",
            layout: "vertical",
            margin: "lg",
            spacing: "sm",
            contents: [
              ["焙煎", "浅煎り(シティ)"],
              ["産地", "エチオピア南部 ゲデオ県 イルガチェフェ村"],
              ["価格", "200g 1,680円(税込)"],
            ].map(
              ([name, value]): FlexComponent => ({
                type: "box",
                layout: "baseline",
                spacing: "sm",
                contents: [
                  text(name ?? "", { color: "#777777", size: "sm", flex: 1 }),
                  text(value ?? "", { wrap: true, color: "#444444", size: "sm", flex: 5 }),
                ],
              }),
            ),
          },
        ],
      },
      footer: {
        type: "box",
        layout: "vertical",
        spacing: "sm",
        contents: [
          {
            type: "button",
            style: "primary",
            height: "sm",
            color: "#0B7A3B",
            action: { type: "uri", label: "購入する", uri: "https://example.com/" },
          },
          {
            type: "button",
            style: "link",
            height: "sm",
            action: { type: "message", label: "在庫を聞く", text: "在庫はありますか" },
          },
        ],
      },
    }),
  ),
  shows(
    "実例 – 領収書",
    flex({
      type: "bubble",
      size: "kilo",
      styles: { footer: { separator: true } },
      body: {
        type: "box",
        layout: "vertical",
        contents: [
          text("ご注文ありがとうございます", { weight: "bold", color: "#0B7A3B", size: "sm" }),
          text("えにし珈琲", { weight: "bold", size: "xxl", margin: "md" }),
          text("注文番号 1024", { size: "xs", color: "#777777" }),
          { type: "separator", margin: "xxl" },
          {
            type: "box",
            layout: "vertical",
            margin: "xxl",
            spacing: "sm",
            contents: [
              ["モカ 200g", "¥1,680"],
              ["ドリップバッグ ×5", "¥900"],
              ["送料", "¥0"],
              ["合計", "¥2,580"],
            ].map(
              ([name, value]): FlexComponent => ({
                type: "box",
                layout: "horizontal",
                contents: [
                  text(name ?? "", { size: "sm", color: "#555555", flex: 0 }),
                  text(value ?? "", { size: "sm", color: "#111111", align: "end" }),
                ],
              }),
            ),
          },
        ],
      },
    }),
  ),
];
