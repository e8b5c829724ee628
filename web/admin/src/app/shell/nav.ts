/** The menu, in the words users of LINE tools know. */
import {
  type Icon,
  IconAddressBook,
  IconBellCog,
  IconBolt,
  IconBrandLine,
  IconCalendar,
  IconChartHistogram,
  IconClockShield,
  IconDatabaseExport,
  IconFileText,
  IconForms,
  IconHeartbeat,
  IconHeartHandshake,
  IconHistory,
  IconHome,
  IconKey,
  IconLink,
  IconMessages,
  IconPackageExport,
  IconPhoto,
  IconRoute,
  IconShieldLock,
  IconSpeakerphone,
  IconTags,
  IconUsers,
} from "@tabler/icons-react";
import type { Permission } from "../../api/types.ts";

export interface NavItem {
  key:
    | "home"
    | "talk"
    | "calendar"
    | "reports"
    | "contacts"
    | "tags"
    | "attributes"
    | "broadcasts"
    | "journeys"
    | "greetings"
    | "rules"
    | "templates"
    | "assets"
    | "channels"
    | "policy"
    | "links"
    | "notices"
    | "security"
    | "staff"
    | "tokens"
    | "audit"
    | "takeout"
    | "backups"
    | "status";
  to: string;
  icon: Icon;
  needs?: Permission;
}
export interface NavGroup {
  key?: "friends" | "messages" | "settings";
  items: NavItem[];
}

export const NAV: NavGroup[] = [
  {
    items: [
      { key: "home", to: "/", icon: IconHome },
      { key: "talk", to: "/talk", icon: IconMessages },
      { key: "calendar", to: "/calendar", icon: IconCalendar },
      { key: "reports", to: "/reports", icon: IconChartHistogram },
    ],
  },
  {
    key: "friends",
    items: [
      { key: "contacts", to: "/contacts", icon: IconAddressBook },
      { key: "tags", to: "/tags", icon: IconTags },
      { key: "attributes", to: "/attributes", icon: IconForms },
    ],
  },
  {
    key: "messages",
    items: [
      { key: "broadcasts", to: "/broadcasts", icon: IconSpeakerphone },
      { key: "journeys", to: "/journeys", icon: IconRoute },
      { key: "greetings", to: "/greetings", icon: IconHeartHandshake },
      { key: "rules", to: "/rules", icon: IconBolt },
      { key: "templates", to: "/templates", icon: IconFileText },
      { key: "assets", to: "/assets", icon: IconPhoto },
    ],
  },
  {
    key: "settings",
    items: [
      { key: "channels", to: "/channels", icon: IconBrandLine },
      { key: "policy", to: "/settings/policy", icon: IconClockShield },
      { key: "links", to: "/settings/links", icon: IconLink },
      { key: "notices", to: "/settings/notices", icon: IconBellCog },
      { key: "security", to: "/settings/security", icon: IconShieldLock },
      { key: "staff", to: "/settings/staff", icon: IconUsers, needs: "staff" },
      { key: "tokens", to: "/settings/tokens", icon: IconKey, needs: "staff" },
      { key: "audit", to: "/settings/audit", icon: IconHistory, needs: "staff" },
      { key: "takeout", to: "/settings/takeout", icon: IconPackageExport, needs: "settings" },
      { key: "backups", to: "/settings/backups", icon: IconDatabaseExport, needs: "settings" },
      { key: "status", to: "/settings/status", icon: IconHeartbeat },
    ],
  },
];

/** What stands at the bottom of a phone; everything else is behind "メニュー". */
export const PHONE_NAV: NavItem["key"][] = ["home", "talk", "contacts", "broadcasts"];
