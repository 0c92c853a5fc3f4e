// lib/portside.ts: on the server only. PORTSIDE_URL and PORTSIDE_TOKEN are never NEXT_PUBLIC_.
import "server-only";

export type Entitlements = {
  plan: string;
  plan_name: string;
  access: boolean;
  features: string[];
  limits: Record<string, number>;
  changes_at: string | null;
};

const base = process.env.PORTSIDE_URL!;
const headers = { Authorization: `Bearer ${process.env.PORTSIDE_TOKEN}` };
const NOTHING: Entitlements = {
  plan: "", plan_name: "", access: false, features: [], limits: {}, changes_at: null,
};

type Kept = { value: Entitlements; tag: string | null; freshUntil: number; endsAt: number };
const kept = new Map<string, Kept>();
const MOST = 10_000;

/** What an organization may use. While Portside is away the last answer serves, never beyond the
 *  moment in which it would have changed by itself; then nothing is allowed. */
export async function entitlements(org: string): Promise<Entitlements> {
  const known = kept.get(org);
  if (known && Date.now() < known.freshUntil) return known.value;
  try {
    const answer = await fetch(`${base}/v1/entitlements/${encodeURIComponent(org)}`, {
      headers: known?.tag ? { ...headers, "If-None-Match": known.tag } : headers,
      cache: "no-store",
      signal: AbortSignal.timeout(2_000),
    });
    const age = Number(/max-age=(\d+)/.exec(answer.headers.get("cache-control") ?? "")?.[1] ?? 0);
    if (answer.status === 304 && known) {
      known.freshUntil = Math.min(Date.now() + age * 1_000, known.endsAt);
      return known.value;
    }
    const body = await answer.json();
    // Who has bought nothing yet has the default plan.
    if (answer.status === 404 && body.code === "no_customer")
      return { ...NOTHING, ...body.default };
    if (!answer.ok) throw new Error(body.code);
    // By Portside's clock, so that ours may be wrong.
    const told = Date.parse(answer.headers.get("portside-time")!);
    const endsAt = body.changes_at ? Date.now() + (Date.parse(body.changes_at) - told) : Infinity;
    if (kept.size >= MOST) kept.delete(kept.keys().next().value!);
    const freshUntil = Math.min(Date.now() + age * 1_000, endsAt);
    kept.set(org, { value: body, tag: answer.headers.get("etag"), freshUntil, endsAt });
    return body;
  } catch {
    return known && Date.now() < known.endsAt ? known.value : NOTHING;
  }
}

export async function has(org: string, flag: string): Promise<boolean> {
  return (await entitlements(org)).features.includes(flag);
}

/** The address for one click on "Manage billing"; redirect to it at once, keep it nowhere. */
export async function portalUrl(org: string, member: string, permissions: string[]) {
  const answer = await fetch(`${base}/v1/portal-sessions`, {
    method: "POST",
    headers: {
      ...headers,
      "Content-Type": "application/json",
      "Idempotency-Key": crypto.randomUUID(),
    },
    body: JSON.stringify({ org, member, permissions }),
    cache: "no-store",
  });
  const body = await answer.json();
  if (answer.status !== 201) throw new Error(body.message);
  return body.url as string;
}

/** The plan as a signed claim, for the session; ask again before its five minutes are over. */
export async function planToken(org: string): Promise<string> {
  const answer = await fetch(`${base}/v1/entitlements/${encodeURIComponent(org)}/token`, {
    headers,
    cache: "no-store",
  });
  if (!answer.ok) throw new Error("No plan token");
  return (await answer.json()).token;
}
