/** Account colours that can be told apart and that white letters stand on. */
export const COLORS = [
  "#1f7a5a",
  "#c2620e",
  "#2f6fb3",
  "#a8326e",
  "#6a4fb0",
  "#7a6a12",
  "#b3391f",
  "#3c6e71",
];
