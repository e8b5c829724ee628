import { useHere } from "../context.tsx";
import { dayLabel } from "../talk/time.ts";
import type { CouponMessage } from "../types.ts";
import { Icon } from "./icons.tsx";
import { Picture } from "./Picture.tsx";

/** A coupon card. What it says comes from the page, because the message carries only the id. */
export function Coupon({ message }: { message: CouponMessage }) {
  const { words, coupon, onCoupon, timeZone, locale } = useHere();
  const info = coupon(message.couponId);
  return (
    <div className="lu-coupon">
      {info?.imageUrl ? (
        <div className="lu-coupon-image">
          <Picture url={info.imageUrl} />
        </div>
      ) : (
        <div className="lu-coupon-band">
          <Icon name="ticket" />
        </div>
      )}
      <div className="lu-coupon-words">
        <span className="lu-coupon-kind">{words.coupon}</span>
        <strong>{info?.title ?? message.couponId}</strong>
        {info?.description && <span>{info.description}</span>}
        {info?.until !== undefined && (
          <span className="lu-coupon-until">
            {words.couponUntil(dayLabel(info.until, { timeZone, locale }))}
          </span>
        )}
      </div>
      <button type="button" className="lu-row" onClick={() => onCoupon(message.couponId)}>
        {words.couponUse}
      </button>
    </div>
  );
}
