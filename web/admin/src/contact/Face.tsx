/** A friend as a line: picture and name. */
import { type CSSProperties, useState } from "react";
import { useTranslation } from "react-i18next";
import { pictureOf } from "../ui/picture.ts";
import style from "./Face.module.css";

interface Person {
  id: string;
  display_name: string | null;
  picture_url: string | null;
}

export function useNameOf(): (person: { display_name: string | null }) => string {
  const { t } = useTranslation();
  const nobody = t("nobody");
  return ({ display_name }) => display_name || nobody;
}

export function Face({ person, size = 34 }: { person: Omit<Person, "id">; size?: number }) {
  const name = useNameOf()(person);
  const picture = pictureOf(person.picture_url);
  // LINE takes a picture away when its owner has another.
  const [gone, setGone] = useState<string>();
  // Letters come from the start of the name; Japanese names have no initials.
  const letter = Array.from(name.replace("(", ""))[0];
  return (
    <span className={style.face} style={{ "--size": `${size}px` } as CSSProperties} aria-hidden>
      {picture && picture !== gone ? (
        <img src={picture} alt="" loading="lazy" onError={() => setGone(picture)} />
      ) : (
        letter
      )}
    </span>
  );
}

/** Stands where `useLinks` listens: a link by its address alone. */
export function PersonLink({ person }: { person: Person }) {
  const name = useNameOf()(person);
  return (
    <span className={style.person}>
      <Face person={person} />
      <a
        href={`/admin/contacts/${person.id}`}
        className={style.name}
        {...(person.display_name ? {} : { "data-nobody": true })}
      >
        {name}
      </a>
    </span>
  );
}
