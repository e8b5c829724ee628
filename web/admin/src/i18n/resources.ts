/** Makes the keys of the Japanese files the only keys there are. */
import "i18next";
import type asset from "../words/ja/asset.json";
import type broadcast from "../words/ja/broadcast.json";
import type channel from "../words/ja/channel.json";
import type common from "../words/ja/common.json";
import type condition from "../words/ja/condition.json";
import type contact from "../words/ja/contact.json";
import type conversation from "../words/ja/conversation.json";
import type greeting from "../words/ja/greeting.json";
import type home from "../words/ja/home.json";
import type insight from "../words/ja/insight.json";
import type journey from "../words/ja/journey.json";
import type notice from "../words/ja/notice.json";
import type preset from "../words/ja/preset.json";
import type rule from "../words/ja/rule.json";
import type session from "../words/ja/session.json";
import type settings from "../words/ja/settings.json";
import type shell from "../words/ja/shell.json";
import type start from "../words/ja/start.json";
import type template from "../words/ja/template.json";

interface Resources {
  asset: typeof asset;
  broadcast: typeof broadcast;
  channel: typeof channel;
  common: typeof common;
  condition: typeof condition;
  contact: typeof contact;
  conversation: typeof conversation;
  greeting: typeof greeting;
  home: typeof home;
  insight: typeof insight;
  journey: typeof journey;
  notice: typeof notice;
  preset: typeof preset;
  rule: typeof rule;
  session: typeof session;
  settings: typeof settings;
  shell: typeof shell;
  start: typeof start;
  template: typeof template;
}

export type Namespace = keyof Resources;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: Resources;
    returnNull: false;
  }
}
