/** What the drawn messages say themselves. */
const ja = {
  read: "既読",
  edited: "編集済み",
  unsentByMe: "メッセージの送信を取り消しました",
  unsentBy: (name: string) => `${name}がメッセージの送信を取り消しました`,
  today: "今日",
  yesterday: "昨日",
  unknown: (type: string) => `この種類のメッセージは表示できません（${type}）`,
  broken: "メッセージの形が正しくないため表示できません",
  sticker: "スタンプ",
  emoji: "絵文字",
  image: "写真",
  video: "動画",
  play: "再生",
  pause: "一時停止",
  audio: "音声",
  file: "ファイル",
  location: "位置情報",
  everyone: "All",
  coupon: "クーポン",
  couponUse: "クーポンを見る",
  couponUntil: (day: string) => `${day}まで`,
  imagemapArea: (n: number) => `領域 ${n}`,
  quickReplies: "クイックリプライ",
  carousel: "カルーセル",
  failed: "送信できませんでした",
  sending: "送信中",
};

export type Words = typeof ja;

const en: Words = {
  read: "Read",
  edited: "Edited",
  unsentByMe: "You unsent a message",
  unsentBy: (name) => `${name} unsent a message`,
  today: "Today",
  yesterday: "Yesterday",
  unknown: (type) => `This kind of message cannot be shown (${type})`,
  broken: "This message is malformed and cannot be shown",
  sticker: "Sticker",
  emoji: "Emoji",
  image: "Photo",
  video: "Video",
  play: "Play",
  pause: "Pause",
  audio: "Voice",
  file: "File",
  location: "Location",
  everyone: "All",
  coupon: "Coupon",
  couponUse: "Show coupon",
  couponUntil: (day) => `until ${day}`,
  imagemapArea: (n) => `Area ${n}`,
  quickReplies: "Quick replies",
  carousel: "Carousel",
  failed: "Could not be sent",
  sending: "Sending",
};

export type Locale = "ja" | "en";

export const words: Record<Locale, Words> = { ja, en };
