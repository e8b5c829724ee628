/** Every message type but templates and flex. */
import { mine, NOW, type Specimen, shows, theirs } from "./specimen.ts";

const quickReply = {
  items: [
    { type: "action" as const, action: { type: "message" as const, label: "はい", text: "はい" } },
    {
      type: "action" as const,
      imageUrl: "https://sheet.example/48x48/90/○",
      action: { type: "postback" as const, label: "あとで", data: "later", displayText: "あとで" },
    },
    {
      type: "action" as const,
      action: { type: "uri" as const, label: "サイト", uri: "https://example.com/" },
    },
    {
      type: "action" as const,
      action: {
        type: "datetimepicker" as const,
        label: "日時を選ぶ",
        data: "when",
        mode: "datetime" as const,
      },
    },
    { type: "action" as const, action: { type: "camera" as const, label: "カメラ" } },
    { type: "action" as const, action: { type: "cameraRoll" as const, label: "アルバム" } },
    { type: "action" as const, action: { type: "location" as const, label: "位置情報" } },
    {
      type: "action" as const,
      action: { type: "clipboard" as const, label: "コピー", clipboardText: "ENISHI-2026" },
    },
  ],
};

export const messageSpecimens: Specimen[] = [
  {
    title: "text – 吹き出し、日付、既読、時刻",
    items: [
      theirs(
        { type: "text", text: "ご注文ありがとうございます。発送までしばらくお待ちください。" },
        { at: NOW - 400 * 86_400_000 },
      ),
      theirs({ type: "text", text: "本日発送しました。" }, { at: NOW - 3 * 86_400_000 }),
      mine(
        { type: "text", text: "届きました!\nとても香りがいいです。" },
        { at: NOW - 86_400_000, read: true },
      ),
      theirs({ type: "text", text: "よかったです。" }),
      theirs({ type: "text", text: "長い一行: ".concat("珈琲豆".repeat(24)) }),
      theirs({
        type: "text",
        text: "https://example.com/products/ethiopia-yirgacheffe?utm_source=line をご覧ください。",
      }),
      mine({ type: "text", text: "了解です" }, { read: true }),
      mine({ type: "text", text: "あと、営業時間を教えてください" }, { edited: true, read: true }),
    ],
  },
  {
    title: "text – LINE絵文字、メンション、引用",
    items: [
      theirs({
        type: "text",
        text: "$ おはようございます $",
        emojis: [
          { index: 0, productId: "5ac1bfd5040ab15980c9b435", emojiId: "001" },
          { index: 12, productId: "5ac1bfd5040ab15980c9b435", emojiId: "003" },
        ],
      }),
      theirs({
        type: "text",
        text: "$$",
        emojis: [
          { index: 0, productId: "5ac21a18040ab15980c9b43e", emojiId: "002" },
          { index: 1, productId: "5ac21a18040ab15980c9b43e", emojiId: "010" },
        ],
      }),
      mine({
        type: "text",
        text: "@えにし珈琲 (love)お願いします",
        emojis: [{ index: 7, length: 6, productId: "5ac1bfd5040ab15980c9b435", emojiId: "004" }],
        mention: { mentionees: [{ index: 0, length: 6, type: "user", isSelf: true }] },
      }),
      theirs(
        { type: "text", text: "はい、10時からです。" },
        { quoted: { name: "佐藤 花子", text: "あと、営業時間を教えてください" } },
      ),
    ],
  },
  shows("textV2 – 置き換え、{{ }}", {
    type: "textV2",
    text: "{who}さん {smile} 波かっこは {{ と }} です。{everyone}",
    substitution: {
      who: { type: "mention", mentionee: { type: "user", userId: "U1" } },
      smile: { type: "emoji", productId: "5ac1bfd5040ab15980c9b435", emojiId: "005" },
      everyone: { type: "mention", mentionee: { type: "all" } },
    },
  }),
  {
    title: "sticker",
    items: [
      theirs({ type: "sticker", packageId: "446", stickerId: "1988" }),
      mine({ type: "sticker", packageId: "11537", stickerId: "52002744" }, { read: true }),
      theirs({ type: "sticker", packageId: "8522", stickerId: "16581267" }),
      mine({ type: "sticker", packageId: "6325", stickerId: "10979906" }),
    ],
  },
  {
    title: "image, video",
    items: [
      theirs({
        type: "image",
        originalContentUrl: "https://sheet.example/1200x800/20/写真",
        previewImageUrl: "https://sheet.example/240x160/20/写真",
      }),
      theirs({
        type: "image",
        originalContentUrl: "https://sheet.example/600x900/130/縦",
        previewImageUrl: "https://sheet.example/300x450/130/縦",
      }),
      theirs({
        type: "video",
        originalContentUrl: "https://sheet.example/film.mp4",
        previewImageUrl: "https://sheet.example/320x180/260/動画",
        trackingId: "film-1",
        duration: 73_000,
      }),
      mine({ type: "image", contentProvider: { type: "line" } }),
    ],
  },
  {
    title: "audio, file, location",
    items: [
      theirs({
        type: "audio",
        originalContentUrl: "https://sheet.example/voice.wav",
        duration: 12_000,
      }),
      mine({
        type: "audio",
        originalContentUrl: "https://sheet.example/voice.wav",
        duration: 3_400,
      }),
      mine({ type: "file", fileName: "領収書_2026年11月.pdf", fileSize: 184_320 }),
      theirs({
        type: "location",
        title: "えにし珈琲 本店",
        address: "東京都台東区浅草1-1-1",
        latitude: 35.7148,
        longitude: 139.7967,
      }),
      mine({ type: "location", latitude: 35.0116, longitude: 135.7681 }),
    ],
  },
  shows(
    "coupon",
    { type: "coupon", couponId: "01JYNW8JMQVFBNWF1APF8Z3FS7" },
    { type: "coupon", couponId: "unknown-coupon", deliveryTag: "november" },
  ),
  shows(
    "imagemap – 領域、動画の領域",
    {
      type: "imagemap",
      baseUrl: "https://sheet.example/1040x585/200/イメージマップ",
      altText: "季節のお知らせ",
      baseSize: { width: 1040, height: 585 },
      actions: [
        {
          type: "uri",
          linkUri: "https://example.com/",
          label: "左",
          area: { x: 0, y: 0, width: 520, height: 585 },
        },
        { type: "message", text: "右", area: { x: 520, y: 0, width: 520, height: 292 } },
        {
          type: "clipboard",
          clipboardText: "CODE",
          area: { x: 520, y: 292, width: 520, height: 293 },
        },
      ],
    },
    {
      type: "imagemap",
      baseUrl: "https://sheet.example/1040x1040/330/動画つき",
      altText: "動画",
      baseSize: { width: 1040, height: 1040 },
      actions: [],
      video: {
        originalContentUrl: "https://sheet.example/film.mp4",
        previewImageUrl: "https://sheet.example/640x360/280/動画",
        area: { x: 80, y: 560, width: 880, height: 420 },
        externalLink: { linkUri: "https://example.com/more", label: "くわしく見る" },
      },
    },
  ),
  {
    title: "quickReply",
    items: [theirs({ type: "text", text: "アンケートにお答えください。", quickReply })],
  },
  {
    title: "sender – 名前とアイコンの差し替え",
    items: [
      theirs({
        type: "text",
        text: "店長の田中です。",
        sender: { name: "店長 田中", iconUrl: "https://sheet.example/80x80/200/田" },
      }),
      theirs({ type: "text", text: "焙煎担当です。", sender: { name: "焙煎担当" } }),
      theirs({ type: "text", text: "いつもの名前です。" }),
    ],
  },
  {
    title: "取り消し、編集、通知、送信の状態",
    items: [
      theirs({ type: "text", text: "" }, { unsent: true }),
      mine({ type: "text", text: "" }, { unsent: true }),
      theirs({ type: "text", text: "編集された文章" }, { edited: true }),
      { id: "notice", at: NOW, from: "them", notice: "えにし珈琲をブロックしました" },
      mine({ type: "text", text: "送っています" }, { state: "sending" }),
      mine({ type: "text", text: "送れませんでした" }, { state: "failed" }),
    ],
  },
  shows("知らない種類、壊れた形", { type: "hologram" }, {
    type: "flex",
    altText: "",
    contents: { type: "carousel" },
  } as never),
];
