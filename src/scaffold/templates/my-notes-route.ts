import type { Template } from './template';

/** The protected route of the guide: the caller's own notes. */
export const myNotesRoute: Template = {
  path: 'src/app/api/my-notes/route.ts',
  render: () => `import { auth } from "@/auth";
import { fluxAs } from "@/lib/flux";

const unauthorized = () => Response.json({ error: "unauthorized" }, { status: 401 });

export async function GET(): Promise<Response> {
  const sub = (await auth())?.user?.id;
  if (!sub) return unauthorized();
  return fluxAs(sub, "/notes?select=id,body,owner_id,created_at&order=created_at.desc");
}

export async function POST(request: Request): Promise<Response> {
  const sub = (await auth())?.user?.id;
  if (!sub) return unauthorized();
  const input: unknown = await request.json().catch(() => null);
  const body = input && typeof input === "object" && "body" in input ? input.body : undefined;
  if (typeof body !== "string" || !body) return Response.json({ error: "body is required" }, { status: 400 });
  return fluxAs(sub, "/notes", {
    method: "POST",
    headers: { Prefer: "return=representation" },
    // The owner is the session's subject, whatever the request says.
    body: JSON.stringify({ owner_id: sub, body }),
  });
}
`,
};
