/** The list itself: only what is seen is drawn, and the next page is asked for before its end is reached. */
import { Button, Card, Group, Loader, Text } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  memo,
  useDeferredValue,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import type { ContactRow } from "../api/types.ts";
import { useLinks } from "../ui/links.ts";
import type { ListColumn } from "./columns.tsx";
import { PersonLink, useNameOf } from "./Face.tsx";
import { type Paged, useAhead } from "./useAhead.ts";
import style from "./VirtualRows.module.css";

export interface Choice {
  ids: ReadonlySet<string>;
  set: (ids: ReadonlySet<string>) => void;
  /** One more or one less; the same function for as long as the list stands. */
  toggle: (id: string) => void;
}

interface VirtualRowsProps {
  label: string;
  rows: ContactRow[];
  /** How many there are in all, as far as is known. */
  count: number;
  columns: ListColumn[];
  choice?: Choice;
  list: Paged;
}

/** Rows drawn beyond those seen, once these stand. */
const SPARE = 8;

export function VirtualRows({ label, rows, count, columns, choice, list }: VirtualRowsProps) {
  const place = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const top = place.current?.getBoundingClientRect().top ?? 0;
    const now = Math.round(top + window.scrollY);
    if (now !== margin) setMargin(now);
  });
  const spare = useDeferredValue(SPARE, 0);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => 57,
    overscan: spare,
    scrollMargin: margin,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const links = useLinks();
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useAhead(list, { last, rows: rows.length });
  const widths = [choice ? "22px" : "", "minmax(190px, 1.6fr)", ...columns.map((one) => one.width)];
  const shape = { "--columns": widths.filter(Boolean).join(" ") } as CSSProperties;
  return (
    <Card p={0} style={{ overflow: "clip" }}>
      <div className={style.scroll}>
        {/* biome-ignore lint/a11y/useSemanticElements: a table element cannot be drawn in part */}
        <div
          role="table"
          aria-label={label}
          aria-rowcount={Math.max(count, rows.length) + 1}
          className={style.table}
          style={shape}
        >
          <Head columns={columns} rows={rows} choice={choice} />
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          <div
            ref={place}
            {...links}
            role="rowgroup"
            className={style.body}
            style={{ height: virtual.getTotalSize() }}
          >
            {items.map((item) => {
              const row = rows[item.index];
              return (
                row && (
                  // biome-ignore lint/a11y/useSemanticElements: see above
                  // biome-ignore lint/a11y/useFocusableInteractive: the link in it has the focus
                  <div
                    key={item.key}
                    ref={virtual.measureElement}
                    data-index={item.index}
                    role="row"
                    aria-rowindex={item.index + 2}
                    className={style.row}
                    {...(choice ? { "data-choose": true } : {})}
                    style={{ transform: `translateY(${item.start - margin}px)` }}
                  >
                    <Cells
                      row={row}
                      columns={columns}
                      chosen={choice?.ids.has(row.id) ?? false}
                      choose={choice?.toggle}
                    />
                  </div>
                )
              );
            })}
          </div>
        </div>
      </div>
      {list.hasNextPage && <Further list={list} />}
    </Card>
  );
}

function Further({ list }: { list: Paged }) {
  const { t } = useTranslation();
  if (list.isFetchNextPageError && !list.isFetchingNextPage) {
    return (
      <Group className={style.more} role="alert" justify="center" p="sm" gap="sm">
        <Text fz="sm">{t("furtherFailed")}</Text>
        <Button size="xs" variant="default" onClick={() => list.fetchNextPage()}>
          {t("retry")}
        </Button>
      </Group>
    );
  }
  return (
    <div className={style.more} role="status" aria-label={t("loading")}>
      <Loader size="sm" />
    </div>
  );
}

interface Part {
  columns: ListColumn[];
  choice: Choice | undefined;
}

function Head({ columns, rows, choice }: Part & { rows: ContactRow[] }) {
  const { t } = useTranslation();
  const chosen = rows.filter(({ id }) => choice?.ids.has(id)).length;
  const whole = rows.length > 0 && chosen === rows.length;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot be drawn in part
    // biome-ignore lint/a11y/useFocusableInteractive: the box in it has the focus
    <div role="row" aria-rowindex={1} className={style.head}>
      {choice && (
        // biome-ignore lint/a11y/useSemanticElements: see above
        // biome-ignore lint/a11y/useFocusableInteractive: see above
        <span role="columnheader">
          <input
            type="checkbox"
            className={style.box}
            aria-label={t("selectAll")}
            checked={whole}
            ref={(box) => {
              if (box) box.indeterminate = chosen > 0 && !whole;
            }}
            onChange={() => choice.set(new Set(whole ? [] : rows.map(({ id }) => id)))}
          />
        </span>
      )}
      {[{ key: "name", head: t("name") }, ...columns].map(({ key, head }) => (
        // biome-ignore lint/a11y/useSemanticElements: see above
        // biome-ignore lint/a11y/useFocusableInteractive: heads do nothing
        <span key={key} role="columnheader">
          {head}
        </span>
      ))}
    </div>
  );
}

interface CellsProps {
  row: ContactRow;
  columns: ListColumn[];
  chosen: boolean;
  choose: Choice["toggle"] | undefined;
}

/** Drawn anew only when its own row changed: scrolling moves rows, it does not write them. */
const Cells = memo(function Cells({ row, columns, chosen, choose }: CellsProps) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  return (
    <>
      {choose && (
        // biome-ignore lint/a11y/useSemanticElements: a table element cannot be drawn in part
        <div role="cell" className={style.choose}>
          <input
            type="checkbox"
            className={style.box}
            aria-label={t("selectOne", { name: nameOf(row) })}
            checked={chosen}
            onChange={() => choose(row.id)}
          />
        </div>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div role="cell" className={style.cell}>
        <PersonLink person={row} />
      </div>
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: see above
        <div key={column.key} role="cell" className={style.cell} data-name={column.head}>
          <div>{column.cell(row)}</div>
        </div>
      ))}
    </>
  );
});
