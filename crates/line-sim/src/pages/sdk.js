// A stand-in for the LIFF SDK: the same calls, answered by the simulator this file came from.
(() => {
  "use strict";
  const origin = new URL(document.currentScript.src).origin;
  const key = "line-sim-liff";
  let session = null;
  let config = {};
  let settle;
  const ready = new Promise((resolve) => (settle = resolve));

  class LiffError extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }

  const decode = (token) => {
    const text = atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0))));
  };
  const need = () => {
    if (!session) throw new LiffError("UNAUTHORIZED", "Need access_token for api call, Please login first");
    return session;
  };
  const ask = async (path, options = {}) => {
    const answer = await fetch(origin + path, options);
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new LiffError(String(answer.status), body.message ?? "request failed");
    return body;
  };
  const asUser = (path) => ask(path, { headers: { authorization: `Bearer ${need().access_token}` } });

  const takeFragment = () => {
    const found = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    if (!found.access_token) return false;
    session = found;
    sessionStorage.setItem(key, JSON.stringify(session));
    history.replaceState(history.state, "", location.pathname + location.search);
    return true;
  };

  // The second redirect: what stood behind the LIFF id in the link.
  const followState = () => {
    const url = new URL(location.href);
    const state = url.searchParams.get("liff.state");
    if (!state) return;
    url.searchParams.delete("liff.state");
    const [path, query = ""] = state.split("?");
    const base = url.pathname.replace(/\/$/, "");
    const next = new URLSearchParams([...url.searchParams, ...new URLSearchParams(query)]).toString();
    const target = (path ? base + path : url.pathname) + (next ? `?${next}` : "");
    if (path) location.replace(target);
    else history.replaceState(history.state, "", target);
  };

  const liff = {
    id: null,
    ready,
    async init(options, done, failed) {
      try {
        if (!options?.liffId) throw new LiffError("INVALID_CONFIG", "liffId is necessary for liff.init()");
        config = options;
        liff.id = options.liffId;
        if (!takeFragment()) session = JSON.parse(sessionStorage.getItem(key) ?? "null");
        if (session && session.liff_id !== liff.id) session = null;
        followState();
        if (!session && options.withLoginOnExternalBrowser) {
          liff.login();
          await new Promise(() => {});
        }
        settle();
        done?.();
      } catch (error) {
        failed?.(error);
        throw error;
      }
    },
    isLoggedIn: () => session !== null,
    isInClient: () => Boolean(session?.talk),
    login({ redirectUri } = {}) {
      const here = new URL(redirectUri ?? location.href);
      location.href = `${origin}/liff/${liff.id}${here.search}`;
    },
    logout() {
      session = null;
      sessionStorage.removeItem(key);
    },
    getAccessToken: () => session?.access_token ?? null,
    getIDToken: () => session?.id_token ?? null,
    getDecodedIDToken: () => (session?.id_token ? decode(session.id_token) : null),
    getProfile: () => asUser("/v2/profile"),
    getFriendship: () => asUser("/friendship/v1/status"),
    getContext: () => ({
      type: session?.talk ? "utou" : "external",
      viewType: session?.view ?? "full",
      userId: session?.user_id,
      liffId: liff.id,
    }),
    getOS: () => "web",
    getLanguage: () => navigator.language,
    getAppLanguage: () => navigator.language,
    getVersion: () => "2.31.0",
    getLineVersion: () => (session?.talk ? "26.7.0" : null),
    isApiAvailable: (name) => name !== "scanCodeV2",
    async sendMessages(messages) {
      const { access_token, talk } = need();
      await ask("/liff/edge/2/send", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ access_token, talk, messages }),
      });
    },
    async shareTargetPicker() {
      need();
      return { status: "success" };
    },
    openWindow({ url, external }) {
      if (window.parent !== window) window.parent.postMessage({ liff: "openWindow", url, external: Boolean(external) }, "*");
      else window.open(url, "_blank");
    },
    closeWindow() {
      if (window.parent !== window) window.parent.postMessage({ liff: "closeWindow" }, "*");
      else window.close();
    },
    permanentLink: {
      createUrl: () => liff.permanentLink.createUrlBy(location.href),
      async createUrlBy(url) {
        const target = new URL(url);
        return `https://liff.line.me/${config.liffId}${target.search}${target.hash}`;
      },
    },
  };
  window.liff = liff;
})();
