/** A list of things: a table on a desk, blocks on a phone. Sorting and paging are the server's. */
import { Card, Checkbox } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import style from "./DataTable.module.css";

export interface Column<Row> {
  key: string;
  head: string;
  cell: (row: Row) => ReactNode;
  /** `end` for figures, `menu` for the row's own buttons. */
  kind?: "text" | "end" | "menu";
  /** Left out on a phone. */
  wideOnly?: true;
}

interface Selection {
  ids: ReadonlySet<string>;
  set: (ids: Set<string>) => void;
  nameOf: (id: string) => string;
}

interface DataTableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  idOf: (row: Row) => string;
  selection?: Selection;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, idOf, selection } = props;
  const { t } = useTranslation();
  const ids = rows.map(idOf);
  const chosen = ids.filter((id) => selection?.ids.has(id)).length;
  return (
    <Card p={0} style={{ overflow: "clip" }}>
      <table className={style.table} aria-label={label}>
        <thead>
          <tr>
            {selection && (
              <th className={style.select}>
                <Checkbox
                  aria-label={t("selectAll")}
                  checked={chosen > 0 && chosen === ids.length}
                  indeterminate={chosen > 0 && chosen < ids.length}
                  onChange={() => selection.set(new Set(chosen === ids.length ? [] : ids))}
                />
              </th>
            )}
            {columns.map(({ key, head, kind }) => (
              <th key={key} scope="col" className={kind === "end" ? style.end : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={idOf(row)}>
              {selection && <SelectCell id={idOf(row)} selection={selection} />}
              {columns.map((column, index) => (
                <td
                  key={column.key}
                  className={classOf(column)}
                  {...(index > 0 && column.kind !== "menu" ? { "data-name": column.head } : {})}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function classOf<Row>({ kind, wideOnly }: Column<Row>): string {
  const classes = [
    kind === "end" ? style.end : "",
    kind === "menu" ? `${style.menu} ${style.end}` : "",
    wideOnly ? style.wideOnly : "",
  ];
  return classes.filter(Boolean).join(" ");
}

function SelectCell({ id, selection }: { id: string; selection: Selection }) {
  const { t } = useTranslation();
  const toggle = () => {
    const ids = new Set(selection.ids);
    if (!ids.delete(id)) ids.add(id);
    selection.set(ids);
  };
  return (
    <td className={style.select}>
      <Checkbox
        aria-label={t("selectOne", { name: selection.nameOf(id) })}
        checked={selection.ids.has(id)}
        onChange={toggle}
      />
    </td>
  );
}
