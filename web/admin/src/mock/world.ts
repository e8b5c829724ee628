/** A small shop in memory: for the design of pages and for component tests, never in the built admin. */
import type * as T from "../api/types.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const NOW = Date.now();
let serial = 0;
/** Looks like a UUID; counts up. */
export const id = (): string => `0190aaaa-0000-7000-8000-${String(++serial).padStart(12, "0")}`;

const FAMILY = ["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤"];
const GIVEN = ["花子", "大輔", "美咲", "翔太", "陽菜", "健一", "さくら", "悠斗", "結衣", "直樹"];

function picture(index: number): string {
  const hue = (index * 47) % 360;
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'><rect width='10' height='10' fill='hsl(${hue} 45% 62%)'/><circle cx='5' cy='4' r='2' fill='white' opacity='.85'/><path d='M1 10a4 4 0 0 1 8 0' fill='white' opacity='.85'/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function channel(name: string, color: string, more: Partial<T.Channel> = {}): T.Channel {
  const own = id();
  return {
    id: own,
    provider_id: "p1",
    name,
    color,
    line_channel_id: "1655000001",
    mode: "full",
    bot_user_id: "U0123456789abcdef0123456789abcdef",
    basic_id: "@123abcde",
    display_name: name,
    picture_url: null,
    stopped_at: null,
    reserve_percent: 10,
    has_old_secret: false,
    webhook_path: `/webhook/line/${own}`,
    webhook_url: `https://shop.example/webhook/line/${own}`,
    add_friend_url: "https://line.me/R/ti/p/%40123abcde",
    friends: 1864,
    quota: {
      month: 202611,
      limit: 30_000,
      used: 12_480,
      reserved: 320,
      checked_at: NOW - 4 * MINUTE,
      exhausted_at: null,
    },
    created_at: NOW - 370 * DAY,
    ...more,
  };
}

const tag = (name: string, folder: string, contacts: number): T.Tag => ({
  id: id(),
  name,
  folder,
  contacts,
});
const attribute = (
  key: string,
  label: string,
  type: T.AttributeType,
  options: string[] = [],
): T.Attribute => ({ id: id(), key, label, type, options, folder: "" });

function contact(index: number, channels: T.Channel[], tags: T.Tag[]): T.Contact {
  const name =
    index === 7
      ? null
      : `${FAMILY[index % 10]} ${GIVEN[(index * 7 + Math.floor(index / 10)) % 10]}`;
  const state: T.FriendState =
    index % 9 === 4 ? "blocked" : index % 13 === 6 ? "unknown" : "friend";
  const since = NOW - (index + 1) * 3.3 * DAY;
  const own = id();
  return {
    id: own,
    kind: "person",
    display_name: name,
    picture_url: index % 3 === 2 ? null : picture(index),
    tags: tags.filter((_, n) => (index + n) % 4 === 0).map((one) => one.id),
    staff: index === 3,
    consent: index !== 5,
    created_at: since,
    language: "ja",
    status_message: index % 5 === 0 ? "コーヒーが好きです" : null,
    profile_at: NOW - DAY,
    memo: index === 0 ? "アレルギー: ナッツ。次回来店時に新作をご案内。" : "",
    identities: [
      { kind: "line", scope: "p1", value: `U${String(index).padStart(32, "0")}` },
      ...(index % 2 === 0
        ? [{ kind: "shop" as const, scope: null, value: `C-${10_000 + index}` }]
        : []),
    ],
    friendships: channels.slice(0, index % 5 === 0 ? 2 : 1).map((one) => ({
      channel_id: one.id,
      user_id: `U${String(index).padStart(32, "0")}`,
      state,
      changed_at: since,
      friend_since: state === "friend" ? since : null,
      wrote_at: index % 2 === 0 ? NOW - index * HOUR : null,
      source: index % 4 === 0 ? "店頭ポスター" : null,
    })),
    attributes: [],
    enrollments: [],
    conversations: [],
    updated_at: NOW - HOUR,
  };
}

const text = (value: string): T.Bubble => ({ type: "text", text: value }) as T.Bubble;

export function makeWorld(size: number) {
  const channels = [
    channel("青葉珈琲 本店", "#1f7a5a"),
    channel("青葉珈琲 オンライン", "#c2620e", { friends: 642 }),
  ];
  const tags = [
    tag("常連", "来店", 212),
    tag("焙煎講座", "イベント", 48),
    tag("【購入】定期便", "購入", 96),
    tag("ギフト検討中", "購入", 31),
    tag("デカフェ", "好み", 140),
  ];
  const attributes = [
    attribute("birthday", "誕生日", "date"),
    attribute("favorite", "好きな豆", "choice", ["浅煎り", "中煎り", "深煎り"]),
    attribute("points", "ポイント", "number"),
    attribute("newsletter", "読み物の希望", "yesno"),
  ];
  const contacts = Array.from({ length: size }, (_, n) => contact(n, channels, tags));
  const templates = makeTemplates();
  const world = {
    channels,
    tags,
    attributes,
    contacts,
    templates,
    segments: [
      {
        id: id(),
        name: "定期便の方で30日ごぶさた",
        condition: { is: "all", of: [{ is: "tag", tag: tags[2]?.id ?? "" }] } as T.Condition,
        created_at: NOW - 30 * DAY,
        updated_at: NOW - 3 * DAY,
      },
    ] satisfies T.Segment[],
    broadcasts: [] as T.BroadcastWithCounts[],
    rules: [] as T.Rule[],
    journeys: [] as T.Journey[],
    messages: new Map<string, T.TalkMessage[]>(),
    users: makeUsers(),
    policy: {
      quiet: { from: "21:00", until: "08:00", lanes: ["marketing"] },
      cap: { per_day: 1, per_week: 4 },
      exclusions: { staff: true, marks: ["クレーム"] },
    } satisfies T.Policy,
  };
  fillContact(world);
  fillTalks(world);
  world.broadcasts = makeBroadcasts(world);
  world.rules = makeRules(world);
  world.journeys = makeJourneys(world);
  return world;
}
export type World = ReturnType<typeof makeWorld>;

function makeTemplates(): T.Template[] {
  const make = (name: string, folder: string, messages: T.Bubble[]) => ({
    id: id(),
    name,
    folder,
    version_id: id(),
    number: 3,
    messages,
    archived_at: null,
    created_at: NOW - 90 * DAY,
    updated_at: NOW - 2 * DAY,
  });
  const buttons = {
    type: "template",
    altText: "冬のブレンドができました",
    template: {
      type: "buttons",
      title: "冬のブレンド",
      text: "深い甘みと、ほのかなカカオの香り。",
      actions: [
        { type: "uri", label: "くわしく見る", uri: "https://shop.example/winter" },
        { type: "message", label: "予約する", text: "冬のブレンドを予約" },
      ],
    },
  } as T.Bubble;
  return [
    make("あいさつ", "", [
      text("{{name|お客さま}}、友だち追加ありがとうございます☕\n青葉珈琲です。"),
    ]),
    make("冬のブレンドのご案内", "季節", [
      text("{{name|お客さま}}\n冬のブレンドが焼き上がりました。"),
      buttons,
    ]),
    make("営業時間のご案内", "自動応答", [text("営業時間は 9:00〜19:00 です。水曜定休です。")]),
    make("7日後のフォロー", "シナリオ", [text("その後、いかがですか?")]),
    make("ありがとうスタンプ", "", [
      { type: "sticker", packageId: "446", stickerId: "1988" } as T.Bubble,
    ]),
  ];
}

const makeUsers = (): T.User[] => [
  {
    id: "u1",
    email: "owner@shop.example",
    name: "青葉 一郎",
    role: "owner",
    state: "active",
    created_at: NOW - 300 * DAY,
  },
  {
    id: "u2",
    email: "mika@shop.example",
    name: "森 美香",
    role: "marketer",
    state: "active",
    created_at: NOW - 120 * DAY,
  },
  {
    id: "u3",
    email: "ken@shop.example",
    name: "林 健",
    role: "operator",
    state: "invited",
    created_at: NOW - DAY,
  },
];

function fillContact(world: World): void {
  const first = world.contacts[0];
  if (!first) return;
  const [birthday, favorite, points] = world.attributes;
  if (!birthday || !favorite || !points) return;
  const value = ({ id: attribute_id, key, label, type }: T.Attribute, given: string) => ({
    attribute_id,
    key,
    label,
    type,
    value: given,
    at: NOW - DAY,
  });
  first.attributes = [
    value(birthday, "1988-12-04"),
    value(favorite, "深煎り"),
    value(points, "1280"),
  ];
  first.tags = world.tags.slice(0, 3).map((one) => one.id);
  first.enrollments = [
    {
      id: id(),
      journey_id: "j1",
      journey_name: "はじめての30日",
      version_id: id(),
      key: "",
      state: "active",
      node: "n4",
      due_at: NOW + 2 * DAY,
      reason: null,
      entered_at: NOW - 5 * DAY,
    },
  ];
}

function fillTalks(world: World): void {
  const [shop] = world.channels;
  if (!shop) return;
  world.contacts.slice(0, 14).forEach((person, n) => {
    const last = NOW - n * n * 11 * MINUTE - 20_000;
    const said = n % 3 === 0 ? "定期便の日程を変えられますか?" : "ありがとうございます!";
    person.conversations = [
      {
        channel_id: shop.id,
        unread: n < 3 ? n + 1 : 0,
        mark: n === 1 ? "対応中" : n === 4 ? "クレーム" : "",
        assignee: n === 1 ? "u2" : null,
        last_at: last,
        waiting_since: n % 3 === 0 ? last : null,
      },
    ];
    const message = (
      at: number,
      direction: "in" | "out",
      body: T.Bubble,
      more = {},
    ): T.TalkMessage => ({
      id: id(),
      at,
      direction,
      kind: body.type,
      text: (body as { text?: string }).text ?? "",
      body,
      sender: direction === "out" ? "森 美香" : null,
      media: null,
      unsent_at: null,
      edited_at: null,
      ...more,
    });
    world.messages.set(person.id, [
      message(last, "in", text(said)),
      message(last - 3 * MINUTE, "in", {
        type: "sticker",
        packageId: "446",
        stickerId: "1993",
      } as T.Bubble),
      message(last - DAY, "out", world.templates[1]?.messages[1] ?? text(""), { sender: null }),
      message(
        last - DAY - MINUTE,
        "out",
        text("いつもありがとうございます。冬のブレンドが焼き上がりました。"),
        {
          delivery: { state: "accepted", reason: null },
        },
      ),
      message(last - 2 * DAY, "in", text("こんにちは。冬の豆はいつ頃出ますか?")),
    ]);
  });
}

function makeBroadcasts(world: World): T.BroadcastWithCounts[] {
  const [shop] = world.channels;
  const make = (
    name: string,
    state: T.BroadcastState,
    counts: T.Counts,
    more: Partial<T.Broadcast> = {},
  ) => ({
    id: id(),
    name,
    channel_id: shop?.id ?? "",
    template_id: world.templates[1]?.id ?? "",
    template_version_id: world.templates[1]?.version_id ?? "",
    audience: { to: "tags" as const, all: [world.tags[0]?.id ?? ""], any: [], none: [] },
    lane: "marketing" as const,
    link_mode: "shared" as const,
    method: "ledger" as const,
    send_at: NOW - 2 * HOUR,
    not_after: NOW + DAY,
    first_percent: null,
    per_10min: null,
    state,
    hold: null,
    total:
      counts.queued +
      counts.sending +
      counts.accepted +
      counts.failed +
      counts.unknown +
      sum(counts.refused),
    created_by: "u2",
    created_at: NOW - DAY,
    confirmed_at: NOW - 3 * HOUR,
    started_at: NOW - 2 * HOUR,
    done_at: null,
    wake_at: NOW,
    counts,
    ...more,
  });
  const zero = { queued: 0, sending: 0, accepted: 0, failed: 0, unknown: 0, refused: {} };
  return [
    make("冬のブレンド 先行案内", "sending", {
      ...zero,
      queued: 640,
      sending: 60,
      accepted: 1080,
      failed: 3,
      refused: { blocked: 21, cap: 60 },
    }),
    make("焙煎講座のお知らせ", "scheduled", zero, { send_at: NOW + 30 * HOUR, started_at: null }),
    make("ギフト特集(下書き)", "draft", zero, {
      send_at: NOW,
      started_at: null,
      confirmed_at: null,
    }),
    make(
      "秋の感謝セール",
      "done",
      {
        ...zero,
        accepted: 1720,
        failed: 4,
        unknown: 1,
        refused: { blocked: 88, cap: 31, no_consent: 20 },
      },
      { send_at: NOW - 20 * DAY, done_at: NOW - 20 * DAY + HOUR, started_at: NOW - 20 * DAY },
    ),
    make(
      "新店舗オープン",
      "paused",
      { ...zero, queued: 900, accepted: 100 },
      { hold: "first_percent", first_percent: 10 },
    ),
  ];
}

export const sum = (counts: Partial<Record<string, number>>): number =>
  Object.values(counts).reduce<number>((total, n) => total + (n ?? 0), 0);

function makeRules(world: World): T.Rule[] {
  const make = (
    name: string,
    trigger: T.RuleTrigger,
    template: number,
    more: Partial<T.Rule> = {},
  ): T.Rule => ({
    id: id(),
    name,
    channel_id: null,
    trigger,
    hours: null,
    actions: [{ action: "message", template: world.templates[template]?.id ?? "" }],
    priority: 100,
    enabled: true,
    created_at: NOW - 90 * DAY,
    updated_at: NOW - DAY,
    ...more,
  });
  return [
    make("友だち追加のあいさつ", { on: "follow" }, 0, { priority: 300 }),
    make(
      "営業時間",
      { on: "keyword", mode: "contains", words: ["営業時間", "何時まで", "定休日"] },
      2,
      { priority: 200 },
    ),
    make("夜間の案内", { on: "any_message" }, 2, {
      hours: { weekdays: [], ranges: [{ from: "19:00", to: "09:00" }], side: "inside" },
      enabled: false,
    }),
  ];
}

function makeJourneys(world: World): T.Journey[] {
  const template = world.templates[3]?.id ?? "";
  return [
    {
      id: "j1",
      name: "はじめての30日",
      channel_id: world.channels[0]?.id ?? "",
      state: "published",
      graph: {
        trigger: { on: "follow" },
        nodes: [
          { id: "n1", do: "message", template: world.templates[0]?.id ?? "", lane: "promised" },
          { id: "n2", do: "wait", until: { after: { days: 3, at: "19:00" } } },
          {
            id: "n3",
            do: "branch",
            if: { is: "all", of: [{ is: "tag", tag: world.tags[2]?.id ?? "" }] },
            yes: "end",
          },
          { id: "n4", do: "wait", until: { after: { days: 4 } } },
          { id: "n5", do: "message", template },
          {
            id: "n6",
            do: "actions",
            actions: [{ action: "tag_add", tag: world.tags[0]?.id ?? "" }],
          },
        ],
        goal: { on: { on: "tag", tag: world.tags[2]?.id ?? "" } },
        reentry: "never",
        on_block: "exit",
      },
      version_id: id(),
      number: 2,
      changed: false,
      active: 128,
      created_at: NOW - 100 * DAY,
      updated_at: NOW - 9 * DAY,
    },
    {
      id: "j2",
      name: "誕生日のお祝い",
      channel_id: world.channels[0]?.id ?? "",
      state: "draft",
      graph: { trigger: { on: "hand" }, nodes: [] },
      version_id: null,
      number: null,
      changed: true,
      active: 0,
      created_at: NOW - 2 * DAY,
      updated_at: NOW - DAY,
    },
  ];
}
