import { useForm } from "@mantine/form";
import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { Problem } from "../api/problem.ts";
import { amend, useStored } from "./stored.ts";

const page = (stored: { quota: number; parked: number }) =>
  renderHook(
    (now: typeof stored) => {
      const form = useForm({ initialValues: now });
      return { form, stored: useStored(form, now) };
    },
    { initialProps: stored },
  );

it("shows what a colleague has set while nobody writes here", () => {
  const { result, rerender } = page({ quota: 80, parked: 1 });
  rerender({ quota: 90, parked: 1 });
  expect(result.current.form.values.quota).toBe(90);
  expect(result.current.form.isDirty()).toBe(false);
});

it("writes only what was changed here, and keeps what was written during the save", () => {
  const { result, rerender } = page({ quota: 80, parked: 1 });
  act(() => result.current.form.setFieldValue("parked", 5));
  rerender({ quota: 90, parked: 1 });
  const sent = result.current.form.getValues();
  expect(result.current.stored.changes(sent)).toEqual({ parked: 5 });
  act(() => result.current.form.setFieldValue("parked", 6));
  act(() => result.current.stored.settle(sent, { quota: 90, parked: 5 }));
  expect(result.current.form.values).toEqual({ quota: 90, parked: 6 });
  expect(result.current.form.isDirty()).toBe(true);
  expect(result.current.stored.changes(result.current.form.getValues())).toEqual({ parked: 6 });
});

const meanwhile = () => new Problem({ code: "edited_meanwhile", status: 412 });

it("goes by fields also when a colleague saves in that very moment", async () => {
  let kept = { a: 1, b: 1, revision: 3 };
  let colleague = true;
  const saved = await amend<{ a: number; b: number }>(
    async () => kept,
    ({ b }) => ({ a: 2, b }),
    async (next) => {
      if (colleague) {
        colleague = false;
        kept = { a: 1, b: 7, revision: 4 };
      }
      if (next.revision !== kept.revision) throw meanwhile();
      return { ...next, revision: next.revision + 1 };
    },
  );
  expect(saved).toEqual({ a: 2, b: 7, revision: 5 });
});

it("gives up rather than trying for ever", async () => {
  let tries = 0;
  const save = async () => {
    tries++;
    throw meanwhile();
  };
  const stored = async () => ({ a: 1, revision: 1 });
  await expect(amend(stored, (now) => now, save)).rejects.toThrow();
  expect(tries).toBe(3);
});
