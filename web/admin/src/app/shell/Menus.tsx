import { Badge, Indicator } from "@mantine/core";
import { IconMenu2, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { unreadQuery } from "../../conversation/api.ts";
import { useMe } from "../../session/api.ts";
import { useAccounts } from "../choice.ts";
import { NAV, type NavItem, PHONE_NAV } from "./nav.ts";
import style from "./Shell.module.css";

/** How many talks have something unread; `null` while nobody knows. */
function useUnread(): { count: number; more: boolean } | null {
  const { channel } = useAccounts();
  const { data } = useQuery(unreadQuery(channel?.id));
  return data && data.count > 0 ? data : null;
}

export function SideBar() {
  const { t } = useTranslation("shell");
  const { permissions } = useMe();
  const unread = useUnread();
  return (
    <>
      <Link to="/" className={style.brand} style={{ padding: "0 12px 10px" }}>
        <img src="/admin/icon.svg" width={26} height={26} alt="" />
        Enishi
      </Link>
      {NAV.map((group, index) => {
        const items = group.items.filter(({ needs }) => !needs || permissions.includes(needs));
        if (items.length === 0) return null;
        return (
          <div key={group.key ?? index}>
            {group.key && <div className={style.groupName}>{t(`nav.${group.key}`)}</div>}
            {items.map((item) => (
              <Link
                key={item.key}
                to={item.to}
                className={style.item}
                activeOptions={{ exact: item.to === "/", includeSearch: false }}
              >
                <item.icon size={18} stroke={1.7} aria-hidden />
                <span className={style.itemText}>{t(`nav.${item.key}`)}</span>
                {item.key === "talk" && unread && <Unread {...unread} />}
              </Link>
            ))}
          </div>
        );
      })}
    </>
  );
}

function Unread({ count, more }: { count: number; more: boolean }) {
  const { t } = useTranslation("shell");
  const n = `${count}${more ? "+" : ""}`;
  return (
    <Badge variant="filled" color="red.8" size="sm" radius="xl" aria-label={t("nav.unread", { n })}>
      {n}
    </Badge>
  );
}

export function BottomBar({ opened, toggle }: { opened: boolean; toggle: () => void }) {
  const { t } = useTranslation("shell");
  const unread = useUnread();
  const items = NAV.flatMap((group) => group.items);
  const shown = PHONE_NAV.flatMap((key) => items.find((item) => item.key === key) ?? []);
  const sign = (item: NavItem) => {
    const icon = <item.icon size={22} stroke={1.7} aria-hidden />;
    if (item.key !== "talk" || !unread) return icon;
    return (
      <Indicator
        color="red.8"
        size={9}
        offset={3}
        aria-label={t("nav.unread", { n: unread.count })}
      >
        {icon}
      </Indicator>
    );
  };
  return (
    <nav className={style.bottom} aria-label={t("nav.label")}>
      {shown.map((item) => (
        <Link
          key={item.key}
          to={item.to}
          className={style.tab}
          activeOptions={{ exact: item.to === "/", includeSearch: false }}
        >
          {sign(item)}
          {t(item.key === "contacts" ? "nav.friends" : `nav.${item.key}`)}
        </Link>
      ))}
      <button type="button" className={style.tab} onClick={toggle} aria-expanded={opened}>
        {opened ? <IconX size={22} aria-hidden /> : <IconMenu2 size={22} aria-hidden />}
        {t("nav.menu")}
      </button>
    </nav>
  );
}
