/** Rich menus as a shop's maker of menus puts them up at LINE: with LINE's own client. */
import { channelAccessToken, messagingApi } from "@line/bot-sdk";
import { png, type SimServer } from "../src/index.ts";

async function clients({ url: baseURL, channelId, channelSecret }: SimServer) {
  const tokens = new channelAccessToken.ChannelAccessTokenClient({ baseURL });
  const issued = await tokens.issueStatelessChannelTokenByClientSecret(channelId, channelSecret);
  const config = { channelAccessToken: issued.access_token, baseURL };
  return {
    line: new messagingApi.MessagingApiClient(config),
    blobs: new messagingApi.MessagingApiBlobClient(config),
  };
}

/** Makes a menu with a picture; answers LINE's id. */
export async function makeMenu(sim: SimServer, name: string, chatBarText: string) {
  const { line, blobs } = await clients(sim);
  const { richMenuId } = await line.createRichMenu({
    size: { width: 1200, height: 405 },
    selected: true,
    name,
    chatBarText,
    areas: [
      {
        bounds: { x: 0, y: 0, width: 1200, height: 405 },
        action: { type: "message", text: "予約" },
      },
    ],
  });
  const picture = new Uint8Array(
    png(1200, 405, (x) => (x < 600 ? [40, 130, 100] : [230, 170, 60])),
  );
  await blobs.setRichMenuImage(richMenuId, new Blob([picture], { type: "image/png" }));
  return richMenuId;
}

/** Shown to all who have none of their own. */
export async function showToAll(sim: SimServer, menu: string) {
  await (await clients(sim)).line.setDefaultRichMenu(menu);
}

export async function deleteMenu(sim: SimServer, menu: string) {
  await (await clients(sim)).line.deleteRichMenu(menu);
}
