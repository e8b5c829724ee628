/** Every template. */
import type { Action, CarouselColumn, ImageCarouselColumn } from "@enishi/line-ui";
import { type Specimen, shows } from "./specimen.ts";

const say = (label: string): Action => ({ type: "message", label, text: label });

const column = (hue: number, title: string): CarouselColumn => ({
  thumbnailImageUrl: `https://sheet.example/604x400/${hue}/${title}`,
  imageBackgroundColor: "#FFF6E5",
  title,
  text: "深煎り 200g\n1,680円(税込)",
  defaultAction: { type: "uri", label: "商品", uri: "https://example.com/item" },
  actions: [
    say("カートに入れる"),
    { type: "postback", label: "再入荷を知らせる", data: "restock" },
  ],
});

const picture = (hue: number, label: string): ImageCarouselColumn => ({
  imageUrl: `https://sheet.example/400x400/${hue}/${label}`,
  action: { type: "uri", label, uri: "https://example.com/" },
});

export const templateSpecimens: Specimen[] = [
  shows(
    "buttons – rectangle/cover, square/contain, 文だけ",
    {
      type: "template",
      altText: "メニュー",
      template: {
        type: "buttons",
        thumbnailImageUrl: "https://sheet.example/604x400/35/季節",
        imageAspectRatio: "rectangle",
        imageSize: "cover",
        title: "秋の限定ブレンド",
        text: "栗のような甘い余韻。数量限定です。",
        defaultAction: { type: "uri", label: "見る", uri: "https://example.com/" },
        actions: [
          { type: "postback", label: "取り置きする", data: "keep" },
          say("在庫を聞く"),
          { type: "uri", label: "くわしく見る", uri: "https://example.com/" },
          { type: "datetimepicker", label: "来店日を選ぶ", data: "visit", mode: "date" },
        ],
      },
    },
    {
      type: "template",
      altText: "メニュー",
      template: {
        type: "buttons",
        thumbnailImageUrl: "https://sheet.example/800x400/300/横長",
        imageAspectRatio: "square",
        imageSize: "contain",
        imageBackgroundColor: "#FFE8E8",
        text: "square と contain",
        actions: [say("はい")],
      },
    },
    {
      type: "template",
      altText: "メニュー",
      template: {
        type: "buttons",
        text: "文とボタンだけの形です。",
        actions: [say("はい"), say("いいえ")],
      },
    },
  ),
  shows("confirm", {
    type: "template",
    altText: "確認",
    template: {
      type: "confirm",
      text: "11月25日のご予約を確定してよろしいですか?",
      actions: [{ type: "postback", label: "確定する", data: "ok" }, say("変更する")],
    },
  }),
  shows("carousel", {
    type: "template",
    altText: "商品",
    template: {
      type: "carousel",
      imageAspectRatio: "rectangle",
      imageSize: "cover",
      columns: [column(20, "モカ"), column(120, "グアテマラ"), column(220, "マンデリン")],
    },
  }),
  shows("image_carousel", {
    type: "template",
    altText: "写真",
    template: {
      type: "image_carousel",
      columns: [picture(10, "新商品"), picture(100, "店舗案内"), picture(190, "よくある質問")],
    },
  }),
];
