/** 配信先 → 内容 → 日時 → 確認, as the address names them. */
export const STEPS = ["target", "content", "time", "check"] as const;
export type Step = (typeof STEPS)[number];
