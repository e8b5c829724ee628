/** The switch with which staff let this browser tell of new messages. */
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { sayProblem } from "../ui/act.ts";
import { KEY, type NoticeState, show, stateNow } from "./notices.ts";

/** Whether this browser tells, and the switch for it. */
export function useNoticeSwitch(): [NoticeState, () => Promise<void>] {
  const { t } = useTranslation("conversation");
  const [state, setState] = useState(stateNow);
  const toggle = useCallback(async () => {
    if (stateNow() === "on") localStorage.removeItem(KEY);
    else if ("Notification" in window && (await Notification.requestPermission()) === "granted") {
      localStorage.setItem(KEY, "on");
      if (!show(t("notices.tried"))) sayProblem(t("notices.cannot"));
    }
    setState(stateNow());
  }, [t]);
  return [state, toggle];
}
