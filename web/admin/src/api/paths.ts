/**
 * The API as typed paths, by hand until the server's document is there.
 * Shaped like the generated ones, so that no call changes when they come.
 */
import type * as T from "./types.ts";

type Op<Result, Query = never, Path = never, Body = never, Headers = never> = {
  parameters: ([Query] extends [never] ? { query?: never } : { query?: Query }) &
    ([Path] extends [never] ? { path?: never } : { path: Path }) &
    ([Headers] extends [never] ? { header?: never } : { header?: Headers });
  responses: { 200: { content: { "application/json": Result } } };
} & ([Body] extends [never]
  ? { requestBody?: never }
  : { requestBody: { content: { "application/json": Body } } });
type Get<R, Q = never, P = never> = { get: Op<R, Q, P> };
type ById = { id: string };
type Once = { "Idempotency-Key"?: string };
type Paging = { limit?: number; cursor?: string };
type Page<R> = T.Page<R>;
type Items<R> = { items: R[] };
type Nothing = undefined;

export interface paths {
  "/session": Get<T.Me> & {
    post: Op<T.Me, never, never, { email: string; password: string }>;
    delete: Op<Nothing>;
  };
  "/session/workspace": { put: Op<T.Me, never, never, { workspace_id: string }> };
  "/session/password": { put: Op<Nothing, never, never, { current: string; new: string }> };
  "/invitations/accept": {
    post: Op<T.Me, never, never, { token: string; name: string; password: string }>;
  };
  "/invitations": {
    post: Op<
      { user: T.User; url: string | null },
      never,
      never,
      { email: string; role: T.Role; name?: string }
    >;
  };
  "/users": Get<Items<T.User>>;
  "/users/{id}": {
    patch: Op<T.User, never, ById, { role?: T.Role; disabled?: boolean }>;
    delete: Op<Nothing, never, ById>;
  };
  "/tokens": Get<Items<T.Token>> & {
    post: Op<
      { token: T.Token; secret: string },
      never,
      never,
      { name: string; role: T.Role; scopes: string[] }
    >;
  };
  "/tokens/{id}": { delete: Op<Nothing, never, ById> };
  "/audit": Get<Page<T.AuditEntry>, { actor?: string; object?: string } & Paging>;

  "/workspace": Get<T.Workspace> & {
    patch: Op<T.Workspace, never, never, { name?: string; zone?: string }>;
  };
  "/settings/policy": Get<T.Policy> & { put: Op<T.Policy, never, never, T.Policy> };
  "/providers": Get<Items<{ id: string; name: string; created_at: number }>>;
  "/channels": Get<Items<T.Channel>> & {
    post: Op<{ channel: T.Channel; probe: T.Probe }, never, never, T.NewChannel>;
  };
  "/channels/{id}": Get<T.Channel, never, ById> & {
    patch: Op<
      T.Channel,
      never,
      ById,
      { name?: string; color?: string; mode?: T.ChannelMode; reserve_percent?: number }
    >;
    delete: Op<Nothing, never, ById>;
  };
  "/channels/{id}/secret": {
    put: Op<T.Channel, never, ById, { secret: string; access_token?: string }>;
  };
  "/channels/{id}/secret/old": { delete: Op<Nothing, never, ById> };
  "/channels/{id}/stop": { post: Op<T.Channel, never, ById> };
  "/channels/{id}/release": { post: Op<T.Channel, never, ById> };
  "/channels/stop": { post: Op<Items<T.Channel>> };
  "/channels/{id}/check": Get<{ checks: T.Check[]; probe: T.Probe | null }, never, ById>;
  "/channels/{id}/webhook": { put: Op<T.Probe, never, ById, Record<string, never>> };

  "/contacts": Get<
    Page<T.ContactRow> & { total: T.Total },
    {
      q?: string;
      tag?: string;
      state?: T.FriendState;
      channel?: string;
      segment?: string;
    } & Paging
  >;
  "/contacts/{id}": Get<T.Contact, never, ById> & {
    patch: Op<{ event_id: string }, never, ById, T.ContactEdit>;
  };
  "/contacts/{id}/timeline": Get<Page<T.TimelineEntry>, Paging, ById>;
  "/contacts/{id}/why": Get<T.Why, { cause?: string; event?: string }, ById>;

  "/tags": Get<Items<T.Tag>> & { post: Op<T.Tag, never, never, { name: string; folder?: string }> };
  "/tags/{id}": {
    patch: Op<T.Tag, never, ById, { name?: string; folder?: string }>;
    delete: Op<Nothing, never, ById>;
  };
  "/attributes": Get<Items<T.Attribute>> & {
    post: Op<
      T.Attribute,
      never,
      never,
      { key: string; label: string; type: T.AttributeType; options?: string[]; folder?: string }
    >;
  };
  "/attributes/{id}": {
    patch: Op<T.Attribute, never, ById, { label?: string; options?: string[]; folder?: string }>;
    delete: Op<Nothing, never, ById>;
  };
  "/segments": Get<Items<T.Segment>> & {
    post: Op<T.Segment, never, never, { name: string; condition: T.Condition }>;
  };
  "/segments/{id}": Get<T.Segment, never, ById> & {
    put: Op<T.Segment, never, ById, { name: string; condition: T.Condition }>;
    delete: Op<Nothing, never, ById>;
  };
  "/segments/count": {
    post: Op<T.Total, never, never, { condition?: T.Condition; segment_id?: string }>;
  };

  "/templates": Get<Page<T.Template>, { folder?: string; q?: string } & Paging> & {
    post: Op<T.Template, never, never, { name: string; messages: T.Bubble[]; folder?: string }>;
  };
  "/templates/{id}": Get<T.Template, never, ById> & {
    put: Op<T.Template, never, ById, { name?: string; messages?: T.Bubble[]; folder?: string }>;
    delete: Op<Nothing, never, ById>;
  };
  "/templates/validate": { post: Op<T.TemplateVerdict, never, never, { messages: T.Bubble[] }> };
  "/templates/preview": {
    post: Op<
      T.TemplatePreview,
      never,
      never,
      { messages?: T.Bubble[]; template_id?: string; contact_id?: string; channel_id?: string }
    >;
  };
  "/templates/{id}/test": {
    post: Op<
      { events: string[] },
      never,
      ById,
      { channel_id: string; contact_ids: string[] },
      Once
    >;
  };

  "/broadcasts": Get<Page<T.Broadcast>, Paging> & {
    post: Op<T.Broadcast, never, never, T.BroadcastDraft, Once>;
  };
  "/broadcasts/{id}": Get<T.BroadcastWithCounts, never, ById> & {
    put: Op<T.Broadcast, never, ById, T.BroadcastDraft>;
    delete: Op<Nothing, never, ById>;
  };
  "/broadcasts/{id}/preview": { post: Op<T.BroadcastPreview, never, ById> };
  "/broadcasts/{id}/confirm": { post: Op<T.Broadcast, never, ById, never, Once> };
  "/broadcasts/{id}/pause": { post: Op<T.Broadcast, never, ById> };
  "/broadcasts/{id}/resume": { post: Op<T.Broadcast, never, ById> };
  "/broadcasts/{id}/cancel": { post: Op<T.Broadcast, never, ById> };
  "/broadcasts/{id}/test": {
    post: Op<{ events: string[] }, never, ById, { contact_ids: string[] }, Once>;
  };

  "/rules": Get<Items<T.Rule>> & { post: Op<T.Rule, never, never, T.RuleDraft> };
  "/rules/{id}": Get<T.Rule, never, ById> & {
    put: Op<T.Rule, never, ById, T.RuleDraft>;
    delete: Op<Nothing, never, ById>;
  };
  "/rules/order": { put: Op<Items<T.Rule>, never, never, { ids: string[] }> };
  "/rules/try": {
    post: Op<T.RuleTrial, never, never, { channel_id: string; input: T.TrialInput; at?: number }>;
  };

  "/journeys": Get<Items<T.Journey>> & { post: Op<T.Journey, never, never, T.JourneyDraft> };
  "/journeys/{id}": Get<T.Journey, never, ById> & {
    put: Op<T.Journey, never, ById, T.JourneyDraft>;
    delete: Op<Nothing, never, ById>;
  };
  "/journeys/validate": {
    post: Op<{ ok: boolean; errors: T.FieldError[] }, never, never, T.JourneyDraft>;
  };
  "/journeys/{id}/publish": { post: Op<T.Journey, never, ById> };
  "/journeys/{id}/stop": { post: Op<T.Journey, never, ById> };
  "/journeys/{id}/enroll": {
    post: Op<{ events: string[] }, never, ById, { contact_ids: string[]; key?: string }, Once>;
  };
  "/journeys/{id}/dry-run": {
    post: Op<Items<T.Planned>, never, ById, { contact_id?: string; at?: number }>;
  };
  "/journeys/{id}/figures": Get<T.JourneyFigures, never, ById>;

  "/conversations": Get<
    Page<T.Conversation>,
    { channel?: string; mark?: string; assignee?: string; unread?: boolean } & Paging
  >;
  "/conversations/{channel_id}/{contact_id}": Get<T.Conversation, never, T.TalkPath>;
  "/conversations/{channel_id}/{contact_id}/messages": Get<
    Page<T.TalkMessage>,
    Paging,
    T.TalkPath
  > & {
    post: Op<
      { event_id: string },
      never,
      T.TalkPath,
      { text: string } | { template_id: string } | { messages: T.Bubble[] },
      Once
    >;
  };
  "/conversations/{channel_id}/{contact_id}/mark": {
    put: Op<Nothing, never, T.TalkPath, { mark: string }>;
  };
  "/conversations/{channel_id}/{contact_id}/assignee": {
    put: Op<Nothing, never, T.TalkPath, { user_id: string | null }>;
  };
  "/conversations/{channel_id}/{contact_id}/read": { post: Op<Nothing, never, T.TalkPath> };

  "/marks": Get<Items<{ mark: string; conversations: number }>>;

  "/links": Get<Items<T.Link>>;
  "/status": Get<T.Status>;
  "/parked": Get<Page<T.Parked>, Paging>;
  "/parked/{id}/replay": { post: Op<{ replayed: number }, never, ById> };
  "/parked/replay": { post: Op<{ replayed: number }> };
}
