/** Emoji that shops write most; every other one comes from the keyboard. Unicode, so that every phone draws its own. */
export const EMOJI: readonly string[] = [
  ..."😊😄🥰😋😍🤗😉😢🙏👏👍🙌💪✨🎉🎁",
  ..."💝💕🌸🌷🌻🍁🌙⭐🔥💡📣📢🔔🆕🈹🎀",
  ..."☕🍵🍰🍞🍎🍣🍷🍺🛒🛍📦🚚💳💰🎫🏷",
  ..."👗👟💄💍💇🧴🏠🏥🐶🐱🚗✈📅⏰📍📞",
  ..."➡⬇▶◆◇■□●○★☆♪♡✓✕※",
];
