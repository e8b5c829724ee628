/** What the API would say of the world in memory; only as clever as the pages need. */
import type * as T from "../api/types.ts";
import type { Handler, Reply } from "./index.ts";
import { id, NOW, sum, type World } from "./world.ts";

const page = <R>(rows: R[], query: URLSearchParams): { items: R[]; next: string | null } => {
  const from = Number(query.get("cursor") ?? 0);
  const limit = Number(query.get("limit") ?? 50);
  const next = from + limit < rows.length ? String(from + limit) : null;
  return { items: rows.slice(from, from + limit), next };
};
const ok = (body: unknown): Reply => ({ body });
const found = (body: unknown): Reply =>
  body === undefined
    ? { status: 404, body: { status: 404, code: "not_found", detail: "" } }
    : { body };

const fill = (messages: T.Bubble[]) =>
  JSON.parse(
    JSON.stringify(messages).replace(/\{\{name(\|[^}]*)?\}\}/g, "佐藤 花子"),
  ) as T.Bubble[];

export function answers(world: World): Record<string, Handler> {
  return {
    ...sessionAnswers(world),
    ...channelAnswers(world),
    ...contactAnswers(world),
    ...definitionAnswers(world),
    ...templateAnswers(world),
    ...broadcastAnswers(world),
    ...journeyAnswers(world),
    ...talkAnswers(world),
  };
}

function sessionAnswers(world: World): Record<string, Handler> {
  const me = (): T.Me => ({
    kind: "user",
    user: { id: "u1", email: "owner@shop.example", name: "青葉 一郎" },
    role: "owner",
    permissions: [
      "read",
      "talk",
      "edit_contacts",
      "send_events",
      "stop_channel",
      "import",
      "define",
      "send_broadcast",
      "settings",
      "staff",
    ],
    workspace: { id: "w1", name: "青葉珈琲", zone: "Asia/Tokyo", demo: true },
    workspaces: [{ id: "w1", name: "青葉珈琲", role: "owner" }],
    stopped_channels: 0,
    version: "0.1.0",
  });
  return {
    "GET /session": () =>
      location.pathname.endsWith("/login")
        ? { status: 401, body: { status: 401, code: "no_session", detail: "" } }
        : ok(me()),
    "POST /session": ({ body }) =>
      (body as { password: string }).password === "wrong"
        ? { status: 401, body: { status: 401, code: "login_failed", detail: "" } }
        : ok(me()),
    "DELETE /session": () => ({}),
    "GET /users": () => ok({ items: world.users }),
    "POST /invitations": ({ body }) =>
      ok({
        user: { ...world.users[2], email: (body as { email: string }).email },
        url: "https://shop.example/admin/invite#k3J9wq0c2",
      }),
    "GET /tokens": () =>
      ok({
        items: [
          {
            id: "t1",
            name: "ネットショップ連携",
            role: "operator",
            scopes: ["events:write"],
            created_at: NOW - 9e9,
            used_at: NOW - 6e5,
            revoked_at: null,
          },
        ] satisfies T.Token[],
      }),
    "POST /tokens": () => ok({ token: { id: "t2" }, secret: "eni_2f9c0d7a41b8" }),
    "GET /audit": () =>
      ok({
        items: [
          {
            id: id(),
            at: NOW - 5e5,
            actor: { kind: "user", id: "u2", name: "森 美香" },
            action: "broadcast.confirm",
            object: "broadcast:冬のブレンド",
            detail: "1,864人",
          },
          {
            id: id(),
            at: NOW - 9e6,
            actor: { kind: "system", id: null, name: "" },
            action: "channel.token",
            object: "channel:青葉珈琲 本店",
            detail: "",
          },
        ],
        next: null,
      }),
    "GET /workspace": () => ok({ ...me().workspace, revision: 4, created_at: NOW }),
    "GET /settings/policy": () => ok(world.policy),
    "PUT /settings/policy": ({ body }) => ok(body),
    "GET /status": () =>
      ok({
        idle: false,
        pending_events: 0,
        due: 3,
        queued: 640,
        in_flight: 60,
        parked: 1,
        clock: NOW,
        next_due: null,
      } satisfies T.Status),
    "GET /parked": () =>
      ok({
        items: [
          {
            id: "p1",
            event_id: id(),
            contact_id: world.contacts[2]?.id ?? "",
            kind: "message",
            attempts: 5,
            parked_at: NOW - 9e5,
            error: "プロフィールを読み取れませんでした",
          },
        ],
        next: null,
      }),
    "GET /links": () => ok({ items: [] }),
  };
}

function channelAnswers(world: World): Record<string, Handler> {
  const one = (key: string | undefined) => world.channels.find((channel) => channel.id === key);
  const change = (key: string | undefined, more: Partial<T.Channel>): Reply => {
    const channel = one(key);
    return found(channel && Object.assign(channel, more));
  };
  const probe: T.Probe = {
    bot: {
      user_id: "U0",
      basic_id: "@123abcde",
      display_name: "青葉珈琲 本店",
      picture_url: null,
      chat_mode: "bot",
      mark_as_read_mode: "auto",
    },
    quota: { limit: 30_000, used: 12_480 },
    webhook: {
      endpoint: "https://other-tool.example/hook",
      active: true,
      is_ours: false,
      test: null,
    },
  };
  const checks: T.Check[] = [
    { id: "credentials", level: "ok", title: "チャネルの認証", advice: "" },
    {
      id: "webhook_set",
      level: "warn",
      title: "Webhookは別のツールに向いています",
      advice:
        "いまのツールを続けるなら「送信のみ」にしてください。切り替えるときは「Webhookを登録」を押してください。",
    },
    { id: "chat_mode", level: "ok", title: "応答モードはBotです", advice: "" },
    {
      id: "redelivery",
      level: "warn",
      title: "Webhookの再送がオフです",
      advice:
        "LINE Developersで「Webhookの再送」をオンにすると、通信が途切れても取りこぼしません。",
    },
  ];
  return {
    "GET /channels": () => ok({ items: world.channels }),
    "GET /channels/{id}": ({ params }) => found(one(params.id)),
    "PATCH /channels/{id}": ({ params, body }) => change(params.id, body as Partial<T.Channel>),
    "POST /channels/{id}/stop": ({ params }) => change(params.id, { stopped_at: Date.now() }),
    "POST /channels/{id}/release": ({ params }) => change(params.id, { stopped_at: null }),
    "POST /channels/stop": () => {
      for (const channel of world.channels) channel.stopped_at ??= Date.now();
      return ok({ items: world.channels });
    },
    "POST /channels": ({ body }) =>
      (body as T.NewChannel).secret.startsWith("bad")
        ? {
            status: 422,
            body: {
              status: 422,
              code: "line_refused",
              detail:
                "LINEがこの組み合わせを受け付けませんでした。チャネルIDとチャネルシークレットを確かめてください。",
              errors: [
                {
                  path: "secret",
                  code: "line_refused",
                  message: "チャネルシークレットが違います。",
                },
              ],
            },
          }
        : ok({ channel: world.channels[0], probe }),
    "GET /channels/{id}/check": () => ok({ checks, probe }),
    "PUT /channels/{id}/webhook": () =>
      ok({
        ...probe,
        webhook: {
          endpoint: world.channels[0]?.webhook_url,
          active: true,
          is_ours: true,
          test: { success: true, status: 200, reason: "OK", detail: "" },
        },
      }),
    "GET /providers": () => ok({ items: [{ id: "p1", name: "青葉珈琲", created_at: NOW }] }),
  };
}

function contactAnswers(world: World): Record<string, Handler> {
  const one = (key: string | undefined) => world.contacts.find((contact) => contact.id === key);
  return {
    "GET /contacts": ({ query }) => {
      const [q, state, tags] = [query.get("q") ?? "", query.get("state"), query.getAll("tag")];
      const rows = world.contacts.filter(
        (contact) =>
          (contact.display_name ?? "").includes(q) &&
          (!state || contact.friendships.some((friendship) => friendship.state === state)) &&
          tags.every((tag) => contact.tags.includes(tag)),
      );
      return ok({ ...page(rows, query), total: { count: rows.length, more: false } });
    },
    "GET /contacts/{id}": ({ params }) => found(one(params.id)),
    "PATCH /contacts/{id}": ({ params, body }) => {
      const contact = one(params.id);
      const { add_tags = [], remove_tags = [], attributes: _, ...rest } = body as T.ContactEdit;
      if (!contact) return found(undefined);
      contact.tags = [...new Set([...contact.tags, ...add_tags])].filter(
        (tag) => !remove_tags.includes(tag),
      );
      Object.assign(contact, rest);
      return ok({ event_id: id() });
    },
    "GET /contacts/{id}/timeline": ({ params }) =>
      ok({ items: timeline(world, params.id ?? ""), next: null }),
    "GET /contacts/{id}/why": ({ params }) => ok(why(world, params.id ?? "")),
  };
}

function delivery(world: World, contact_id: string, more: Partial<T.Delivery>): T.Delivery {
  return {
    id: id(),
    contact_id,
    line_user_id: "U0",
    channel_id: world.channels[0]?.id ?? "",
    cause: "journey",
    cause_id: "j1",
    cause_ref: "n1",
    lane: "marketing",
    state: "accepted",
    reason: null,
    via: "push",
    request_id: id(),
    line_request_id: id(),
    attempts: 1,
    created_at: NOW,
    due_at: NOW,
    not_after: NOW,
    fixed_at: NOW,
    done_at: NOW - 8e6,
    ...more,
  };
}

function timeline(world: World, contact: string): T.TimelineEntry[] {
  const channel_id = world.channels[0]?.id ?? "";
  const event = (hours: number, kind: string, payload: object) => ({
    type: "event" as const,
    id: id(),
    at: NOW - hours * 36e5,
    channel_id,
    kind,
    source: "line",
    payload,
  });
  const { via: _, ...sent } = delivery(world, contact, {});
  return [
    event(1, "message", { message: { kind: "text", text: "定期便の日程を変えられますか?" } }),
    event(3, "changed", {}),
    { ...sent, type: "delivery", at: NOW - 25 * 36e5, because: null },
    {
      ...sent,
      id: id(),
      type: "delivery",
      at: NOW - 26 * 36e5,
      state: "refused",
      reason: "cap",
      because: "今日はすでに1通届いているため、送りませんでした。",
    },
    {
      type: "broadcast",
      id: id(),
      at: NOW - 50 * 36e5,
      channel_id,
      broadcast_id: "b",
      name: "秋の感謝セール",
      lane: "marketing",
    },
    event(120, "follow", {}),
  ] as unknown as T.TimelineEntry[];
}

function why(world: World, contact_id: string): T.Why {
  const channel_id = world.channels[0]?.id ?? "";
  return {
    contact_id,
    deliveries: [
      { ...delivery(world, contact_id, {}), because: null },
      {
        ...delivery(world, contact_id, { state: "refused", reason: "cap" }),
        because: "今日はすでに1通届いているため、送りませんでした。",
      },
    ],
    broadcasts: [
      {
        broadcast_id: world.broadcasts[0]?.id ?? "",
        name: "冬のブレンド 先行案内",
        channel_id,
        state: "sent",
        reason: null,
        at: NOW - 9e6,
        sentence: "LINEが受け付けました。",
      },
    ],
    enrollments: [],
    now: [
      {
        channel_id,
        friend: "friend",
        lane: "marketing",
        refused: "cap",
        because: "今日はすでに1通届いています。",
        later: null,
      },
      { channel_id, friend: "friend", lane: "chat", refused: null, because: null, later: null },
    ],
  };
}

function definitionAnswers(world: World): Record<string, Handler> {
  return {
    "GET /tags": () => ok({ items: world.tags }),
    "POST /tags": ({ body }) => {
      const { name, folder = "" } = body as { name: string; folder?: string };
      if (world.tags.some((tag) => tag.name === name)) {
        return {
          status: 409,
          body: {
            status: 409,
            code: "name_taken",
            detail: "同じ名前のタグがあります。",
            errors: [{ path: "name", code: "name_taken", message: "同じ名前のタグがあります。" }],
          },
        };
      }
      const tag = { id: id(), name, folder, contacts: 0, created_at: NOW };
      world.tags.push(tag);
      return ok(tag);
    },
    "GET /attributes": () => ok({ items: world.attributes }),
    "GET /segments": () => ok({ items: world.segments }),
    "POST /segments/count": () => ok({ count: 1864, more: false }),
    "GET /rules": () => ok({ items: world.rules }),
    "GET /rules/{id}": ({ params }) => found(world.rules.find((rule) => rule.id === params.id)),
    "PUT /rules/{id}": ({ params, body }) => {
      const rule = world.rules.find((one) => one.id === params.id);
      return found(rule && Object.assign(rule, body));
    },
    "POST /rules": ({ body }) => ok({ ...(body as T.RuleDraft), id: id() }),
    "PUT /rules/order": ({ body }) => {
      const { ids } = body as { ids: string[] };
      world.rules.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
      return ok({ items: world.rules });
    },
    "POST /rules/try": ({ body }) => {
      const text = (body as { input: { text?: string } }).input.text ?? "";
      const hit = text.includes("時") ? world.rules[1] : undefined;
      return ok({
        answer: hit?.id ?? null,
        actions: hit?.actions ?? [],
        why: world.rules.map((rule) => ({
          rule: rule.id,
          name: rule.name,
          why: { why: rule === hit ? "answers" : "no_match" },
          text:
            rule === hit
              ? "「営業時間」を含むので応答します。"
              : rule.enabled
                ? "キーワードが含まれていません。"
                : "オフになっています。",
        })),
      } satisfies T.RuleTrial);
    },
  };
}

function templateAnswers(world: World): Record<string, Handler> {
  const one = (key: string | undefined) => world.templates.find((template) => template.id === key);
  return {
    "GET /templates": ({ query }) =>
      ok(
        page(
          world.templates.filter((t) => t.name.includes(query.get("q") ?? "")),
          query,
        ),
      ),
    "GET /templates/{id}": ({ params }) => found(one(params.id)),
    "POST /templates": ({ body }) => {
      const template = {
        ...(world.templates[0] as T.Template),
        ...(body as Partial<T.Template>),
        id: id(),
      };
      world.templates.push(template);
      return ok(template);
    },
    "PUT /templates/{id}": ({ params, body }) => {
      const template = one(params.id);
      return found(template && Object.assign(template, body));
    },
    "POST /templates/validate": ({ body }) => {
      const { messages } = body as { messages: { type: string; text?: string }[] };
      const errors = messages.flatMap((message, n) =>
        message.type === "text" && !message.text
          ? [{ path: `messages[${n}].text`, code: "empty", message: "本文を入力してください。" }]
          : [],
      );
      return ok({
        ok: errors.length === 0,
        errors,
        variables: ["name"],
        personal: true,
      });
    },
    "POST /templates/preview": ({ body }) => {
      const { messages, template_id } = body as { messages?: T.Bubble[]; template_id?: string };
      return ok({
        messages: fill(messages ?? one(template_id)?.messages ?? []),
        errors: [],
      });
    },
    "POST /templates/{id}/test": () => ok({ events: [id()] }),
  };
}

function broadcastAnswers(world: World): Record<string, Handler> {
  const one = (key: string | undefined) =>
    world.broadcasts.find((broadcast) => broadcast.id === key);
  const move =
    (state: T.BroadcastState): Handler =>
    ({ params }) => {
      const broadcast = one(params.id);
      return found(broadcast && Object.assign(broadcast, { state, hold: null }));
    };
  return {
    "GET /broadcasts": ({ query }) =>
      ok(
        page(
          world.broadcasts.filter((b) => !query.get("state") || query.get("state") === b.state),
          query,
        ),
      ),
    "GET /broadcasts/{id}": ({ params }) => found(one(params.id)),
    "POST /broadcasts": ({ body }) => {
      const broadcast = {
        ...(world.broadcasts[2] as T.BroadcastWithCounts),
        ...(body as object),
        id: id(),
      };
      world.broadcasts.unshift(broadcast as T.BroadcastWithCounts);
      return ok(broadcast);
    },
    "PUT /broadcasts/{id}": ({ params, body }) => {
      const broadcast = one(params.id);
      return found(broadcast && Object.assign(broadcast, body));
    },
    "POST /broadcasts/{id}/preview": () => {
      const refused = { blocked: 120, cap: 240, no_consent: 8 };
      const recipients = 1864 - sum(refused);
      return ok({
        audience: 1864,
        recipients,
        refused,
        sample: world.contacts.slice(0, 3).map((contact) => contact.id),
        personal: true,
        messages: recipients,
        quota_limit: 30_000,
        quota_after: 17_200 - recipients,
        yen_at_most: recipients * 3,
        requests: recipients,
        duration_ms: 8_000,
        quiet_until: null,
        example: world.templates[1]?.messages ?? null,
        known_friends: null,
      } satisfies T.BroadcastPreview);
    },
    "POST /broadcasts/{id}/confirm": move("scheduled"),
    "POST /broadcasts/{id}/pause": move("paused"),
    "POST /broadcasts/{id}/resume": move("sending"),
    "POST /broadcasts/{id}/cancel": move("cancelled"),
    "POST /broadcasts/{id}/test": () => ok({ events: [id()] }),
  };
}

function journeyAnswers(world: World): Record<string, Handler> {
  const one = (key: string | undefined) => world.journeys.find((journey) => journey.id === key);
  const graphOf = ({ name: _, channel_id: __, ...graph }: T.JourneyDraft): T.Graph => graph;
  return {
    "GET /journeys": () => ok({ items: world.journeys }),
    "GET /journeys/{id}": ({ params }) => found(one(params.id)),
    "POST /journeys": ({ body }) => {
      const draft = body as T.JourneyDraft;
      const journey = {
        ...(world.journeys[1] as T.Journey),
        id: id(),
        name: draft.name ?? "",
        graph: graphOf(draft),
      };
      world.journeys.push(journey);
      return ok(journey);
    },
    "PUT /journeys/{id}": ({ params, body }) => {
      const journey = one(params.id);
      const draft = body as T.JourneyDraft;
      return found(
        journey &&
          Object.assign(journey, { graph: graphOf(draft), name: draft.name, changed: true }),
      );
    },
    "POST /journeys/validate": () => ok({ ok: true, errors: [] }),
    "POST /journeys/{id}/publish": ({ params }) => {
      const journey = one(params.id);
      return found(
        journey &&
          Object.assign(journey, {
            state: "published",
            changed: false,
            number: (journey.number ?? 0) + 1,
          }),
      );
    },
    "POST /journeys/{id}/dry-run": () =>
      ok({
        items: [
          {
            at: NOW,
            node: "n1",
            plan: "message",
            template: world.templates[0]?.id ?? "",
            lane: "promised",
            messages: fill(world.templates[0]?.messages ?? []),
          },
          {
            at: NOW + 7 * 864e5,
            node: "n5",
            plan: "message",
            template: world.templates[3]?.id ?? "",
            lane: "marketing",
            messages: world.templates[3]?.messages ?? [],
          },
          {
            at: NOW + 7 * 864e5,
            node: "n6",
            plan: "actions",
            actions: [{ action: "tag_add", tag: world.tags[0]?.id ?? "" }],
          },
          { at: NOW + 7 * 864e5, node: "", plan: "ends", state: "done", reason: "" },
        ] satisfies T.Planned[],
      }),
    "GET /journeys/{id}/figures": () =>
      ok({
        active: 128,
        done: 640,
        goal: 96,
        exited: 41,
        failed: 0,
        nodes: {
          n2: { here: 72, ended: 12 },
          n4: { here: 56, ended: 29 },
          n6: { here: 0, ended: 640 },
        },
      } satisfies T.JourneyFigures),
  };
}

function talkAnswers(world: World): Record<string, Handler> {
  const rows = (): T.Conversation[] =>
    world.contacts
      .flatMap((contact) =>
        contact.conversations.map((talk) => ({
          ...talk,
          contact: {
            id: contact.id,
            display_name: contact.display_name,
            picture_url: contact.picture_url,
            kind: contact.kind,
          },
          last_text: world.messages.get(contact.id)?.[0]?.text ?? "",
          can_reply_free_until: talk.unread === 1 ? Date.now() + 42_000 : null,
        })),
      )
      .sort((a, b) => b.last_at - a.last_at);
  const at = (contact: string | undefined) => rows().find((talk) => talk.contact.id === contact);
  return {
    "GET /conversations": ({ query }) =>
      ok(
        page(
          rows().filter((talk) => query.get("unread") !== "true" || talk.unread > 0),
          query,
        ),
      ),
    "GET /conversations/{channel_id}/{contact_id}": ({ params }) => found(at(params.contact_id)),
    "GET /conversations/{channel_id}/{contact_id}/messages": ({ params, query }) =>
      ok(page(world.messages.get(params.contact_id ?? "") ?? [], query)),
    "POST /conversations/{channel_id}/{contact_id}/messages": ({ params, body }) => {
      const { text } = body as { text?: string };
      world.messages.get(params.contact_id ?? "")?.unshift({
        id: id(),
        at: Date.now(),
        direction: "out",
        kind: "text",
        text: text ?? "",
        body: { type: "text", text: text ?? "" } as T.Bubble,
        sender: "青葉 一郎",
        media: null,
        unsent_at: null,
        edited_at: null,
        delivery: { state: "sending", reason: null },
      });
      return ok({ event_id: id() });
    },
    "GET /marks": () =>
      ok({
        items: [
          { mark: "対応中", conversations: 1 },
          { mark: "クレーム", conversations: 1 },
        ],
      }),
    "PUT /conversations/{channel_id}/{contact_id}/mark": () => ({}),
    "PUT /conversations/{channel_id}/{contact_id}/assignee": () => ({}),
    "POST /conversations/{channel_id}/{contact_id}/read": () => ({}),
  };
}
