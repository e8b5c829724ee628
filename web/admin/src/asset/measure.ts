/** What LINE wants to know of a film or sound and only a player can tell: how long it is, and what it looks like. */
export interface Measured {
  duration_ms?: number;
  poster?: Blob;
}

/** A player that cannot read the file must not hold the upload up. */
const PATIENCE = 8_000;
const POSTER_TYPE = "image/jpeg";

export async function measure(file: File): Promise<Measured> {
  const kind = file.type.split("/")[0];
  if (kind !== "video" && kind !== "audio") return {};
  const url = URL.createObjectURL(file);
  try {
    const player = document.createElement(kind);
    player.preload = "auto";
    player.muted = true;
    player.src = url;
    if (!(await happens(player, "loadedmetadata"))) return {};
    const duration_ms = Math.round(player.duration * 1_000);
    const known = Number.isFinite(duration_ms) && duration_ms > 0 ? { duration_ms } : {};
    if (!(player instanceof HTMLVideoElement)) return known;
    const poster = await posterOf(player);
    return poster ? { ...known, poster } : known;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A frame a moment in: the first is often black. */
async function posterOf(player: HTMLVideoElement): Promise<Blob | null> {
  player.currentTime = Math.min(1, player.duration / 3);
  if (!(await happens(player, "seeked")) || player.videoWidth === 0) return null;
  const canvas = document.createElement("canvas");
  canvas.width = player.videoWidth;
  canvas.height = player.videoHeight;
  canvas.getContext("2d")?.drawImage(player, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, POSTER_TYPE, 0.85));
}

function happens(player: HTMLMediaElement, event: string): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE);
    const end = (yes: boolean) => () => {
      clearTimeout(timer);
      resolve(yes);
    };
    player.addEventListener(event, end(true), { once: true });
    player.addEventListener("error", end(false), { once: true });
  });
}
