import type { Template } from './template';

/** The one way from the app to the gateway. */
export const flux: Template = {
  path: 'src/lib/flux.ts',
  render: () => `import "server-only";
import { mintFluxToken } from "@/lib/flux-token";

/** One request to the Flux gateway. Never cached: rows differ from caller to caller. */
export async function fluxFetch(path: string, init: RequestInit = {}): Promise<Response> {
  // NEXT_PUBLIC_FLUX_URL is fixed when the app is built, FLUX_URL is read when it runs.
  const base = (process.env.FLUX_URL || process.env.NEXT_PUBLIC_FLUX_URL)?.trim();
  if (!base) throw new Error("FLUX_URL is not set: put the project's Service URL into .env.local");

  const headers = new Headers(init.headers);
  if (init.body != null && !headers.has("content-type")) headers.set("content-type", "application/json");

  // Only PostgREST without a gateway (v1) looks at it; the gateway writes its own.
  const schema = process.env.FLUX_POSTGREST_SCHEMA?.trim();
  if (schema) {
    const method = (init.method ?? "GET").toUpperCase();
    headers.set(method === "GET" || method === "HEAD" ? "Accept-Profile" : "Content-Profile", schema);
  }

  return fetch(\`\${base.replace(/\\/+$/, "")}/\${path.replace(/^\\/+/, "")}\`, {
    signal: AbortSignal.timeout(10_000),
    ...init,
    headers,
    cache: "no-store",
  });
}

/** A request as one user, answered as a route handler can return it. */
export async function fluxAs(sub: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Authorization", \`Bearer \${await mintFluxToken(sub)}\`);
  try {
    const answer = await fluxFetch(path, { ...init, headers });
    const body = await answer.text();
    // Status, type and body go on to the caller; the gateway's other headers stay here.
    return new Response(body || null, {
      status: answer.status,
      headers: { "content-type": answer.headers.get("content-type") ?? "application/json" },
    });
  } catch (error) {
    console.error("[flux] request failed:", error);
    return Response.json({ error: "flux unreachable" }, { status: 502 });
  }
}
`,
};
