import i18next from "i18next";
import { beforeAll, expect, it } from "vitest";
import common from "../words/ja/common.json";
import journey from "../words/ja/journey.json";
import { newWait, spanText, WAITS, waitKind, waitText } from "./wait.ts";

const t = i18next.getFixedT<["journey", "common"]>("ja", ["journey", "common"]);
const label = (key: string) => ({ birthday: "誕生日" })[key] ?? key;

beforeAll(() =>
  i18next.init({ lng: "ja", ns: ["journey", "common"], resources: { ja: { journey, common } } }),
);

it("says waits as a shop would", () => {
  expect(spanText({ days: 3 }, t)).toBe("3日後");
  expect(spanText({ days: 1, at: "19:00" }, t)).toBe("1日後の19:00");
  expect(spanText({ hours: 2, minutes: 30 }, t)).toBe("2時間30分後");
  expect(spanText({ at: "09:00" }, t)).toBe("次の09:00");
  expect(spanText({}, t)).toBe("すぐ");
  expect(waitText({ weekday: { days: ["sat", "sun"], at: "10:00" } }, t, label)).toBe(
    "次の土・日曜日 10:00",
  );
  expect(waitText({ date: { attribute: "birthday", days: -7, at: "10:00" } }, t, label)).toBe(
    "誕生日の7日前 10:00",
  );
  expect(waitText({ date: { attribute: "birthday", at: "10:00" } }, t, label)).toBe(
    "誕生日の当日 10:00",
  );
  expect(waitText({ day: { date: "2026-12-24", at: "10:00" } }, t, label)).toBe("2026/12/24 10:00");
});

it("makes a wait of the kind that was asked for", () => {
  for (const kind of WAITS) expect(waitKind(newWait(kind, "2026-11-22"))).toBe(kind);
});
