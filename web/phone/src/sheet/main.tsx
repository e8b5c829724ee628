/** The golden sheet: every message type and every flex property, drawn once. */
import { LineUi, Talk } from "@enishi/line-ui";
import "@enishi/line-ui/line-ui.css";
import { createRoot } from "react-dom/client";
import { layoutSpecimens } from "./flex-layout.ts";
import { partSpecimens } from "./flex-parts.ts";
import { messageSpecimens } from "./messages.ts";
import { sheetPicture } from "./pictures.ts";
import "./sheet.css";
import { NOW, type Specimen } from "./specimen.ts";
import { templateSpecimens } from "./templates.ts";

const COUPONS: Record<string, { title: string; description: string; until: number }> = {
  "01JYNW8JMQVFBNWF1APF8Z3FS7": {
    title: "ドリンク全品 10%OFF",
    description: "お会計のときにこの画面をお見せください。",
    until: Date.UTC(2026, 11, 31),
  },
};

const GROUPS: [string, Specimen[]][] = [
  ["メッセージ", messageSpecimens],
  ["テンプレート", templateSpecimens],
  ["Flex – 配置", layoutSpecimens],
  ["Flex – 部品", partSpecimens],
];

function Sheet() {
  return (
    <LineUi
      fontScale={1.3}
      resolveUrl={sheetPicture}
      coupon={(id) => COUPONS[id]}
      nameOf={(id) => (id === "U1" ? "佐藤 花子" : undefined)}
    >
      <main className="sheet">
        <h1>見本帳</h1>
        {GROUPS.map(([name, specimens]) => (
          <section key={name}>
            <h2>{name}</h2>
            <div className="sheet-grid">
              {specimens.map((specimen) => (
                <article
                  key={specimen.title}
                  className={specimen.width ? "sheet-card sheet-card--broad" : "sheet-card"}
                >
                  <h3>{specimen.title}</h3>
                  <div className="lu-root lu-room">
                    <Talk items={specimen.items} now={NOW} />
                  </div>
                </article>
              ))}
            </div>
          </section>
        ))}
      </main>
    </LineUi>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<Sheet />);
