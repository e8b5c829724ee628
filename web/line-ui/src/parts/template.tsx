/** Template messages: buttons, confirm, carousel, image carousel. */
import { useHere } from "../context.tsx";
import type {
  Action,
  CarouselColumn,
  ImageCarouselColumn,
  Template,
  TemplateMessage,
} from "../types.ts";
import { Picture } from "./Picture.tsx";
import { Strip } from "./Strip.tsx";

export function TemplateView({ message }: { message: TemplateMessage }) {
  const { template } = message;
  switch (template.type) {
    case "buttons":
      return <Card column={template} shape={shapeOf(template)} />;
    case "confirm":
      return (
        <div className="lu-template lu-template--confirm">
          <p className="lu-template-text">{template.text}</p>
          <div className="lu-template-pair">
            {(template.actions ?? []).map((action, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no identity but their place
              <Row key={index} action={action} />
            ))}
          </div>
        </div>
      );
    case "carousel":
      return (
        <Strip>
          {(template.columns ?? []).map((column, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns have no identity but their place
            <Card key={index} column={column} shape={shapeOf(template)} />
          ))}
        </Strip>
      );
    case "image_carousel":
      return (
        <Strip>
          {(template.columns ?? []).map((column, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns have no identity but their place
            <ImageColumn key={index} column={column} />
          ))}
        </Strip>
      );
  }
}

interface Shape {
  aspectRatio: string;
  objectFit: "cover" | "contain";
}

function shapeOf(template: Extract<Template, { type: "buttons" | "carousel" }>): Shape {
  return {
    aspectRatio: template.imageAspectRatio === "square" ? "1 / 1" : "1.51 / 1",
    objectFit: template.imageSize === "contain" ? "contain" : "cover",
  };
}

function Card({ column, shape }: { column: CarouselColumn; shape: Shape }) {
  const { act } = useHere();
  const { thumbnailImageUrl, imageBackgroundColor = "#ffffff", title, defaultAction } = column;
  const top = (
    <>
      {thumbnailImageUrl && (
        <span
          className="lu-template-image"
          style={{ aspectRatio: shape.aspectRatio, backgroundColor: imageBackgroundColor }}
        >
          <Picture url={thumbnailImageUrl} style={{ objectFit: shape.objectFit }} />
        </span>
      )}
      <span className="lu-template-words">
        {title && <strong className="lu-template-title">{title}</strong>}
        <span className="lu-template-text">{column.text}</span>
      </span>
    </>
  );
  return (
    <div className="lu-template">
      {defaultAction ? (
        <button type="button" className="lu-template-top" onClick={() => act(defaultAction)}>
          {top}
        </button>
      ) : (
        <div className="lu-template-top">{top}</div>
      )}
      <div className="lu-template-actions">
        {(column.actions ?? []).map((action, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no identity but their place
          <Row key={index} action={action} />
        ))}
      </div>
    </div>
  );
}

function Row({ action }: { action: Action }) {
  const { act } = useHere();
  return (
    <button type="button" className="lu-row" onClick={() => act(action)}>
      {action.label}
    </button>
  );
}

function ImageColumn({ column }: { column: ImageCarouselColumn }) {
  const { act, words } = useHere();
  const label = column.action?.label;
  return (
    <button
      type="button"
      className="lu-image-column"
      aria-label={label || words.image}
      onClick={() => act(column.action)}
    >
      <Picture url={column.imageUrl} />
      {label && <span className="lu-image-column-label">{label}</span>}
    </button>
  );
}
