/** LINE messages drawn as LINE draws them. Load `@enishi/line-ui/line-ui.css` beside it. */
export { type ActionContext, LineUi, type Media, MessageScope, type OnAction } from "./context.tsx";
export type * from "./flex-types.ts";
export { MessageView } from "./Message.tsx";
export { EmojiDrawing } from "./parts/Emoji.tsx";
export { QuickReplies } from "./parts/QuickReplies.tsx";
export { RichMenuView } from "./parts/RichMenu.tsx";
export { StickerDrawing } from "./parts/Sticker.tsx";
export { messageSummary } from "./summary.ts";
export { type Author, quickReplyOf, type TalkItem } from "./talk/rows.ts";
export { Avatar, Talk, TalkRoom } from "./talk/Talk.tsx";
export { clockLabel, dayLabel, listLabel } from "./talk/time.ts";
export type * from "./types.ts";
export type { Locale } from "./words.ts";
