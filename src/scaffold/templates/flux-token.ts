import type { Template } from './template';

/** Signs the project JWT that the gateway asks for. */
export const fluxToken: Template = {
  path: 'src/lib/flux-token.ts',
  render: () => `import "server-only";
import { SignJWT } from "jose";

/** The project secret, read when a token is made, so that a build needs no environment. */
function signingKey(): Uint8Array {
  const secret = process.env.FLUX_GATEWAY_JWT_SECRET || process.env.FLUX_JWT_SECRET;
  if (!secret) throw new Error("FLUX_JWT_SECRET is not set: put the project's JWT secret into .env.local");
  const key = new TextEncoder().encode(secret);
  if (key.length < 32) throw new Error("FLUX_JWT_SECRET is shorter than 32 bytes: it is not the project's JWT secret");
  return key;
}

/** A token for the Flux gateway, good for five minutes; \`sub\` is what auth.uid() returns in policies. */
export async function mintFluxToken(sub: string): Promise<string> {
  if (!sub.trim()) throw new Error("mintFluxToken: the subject is empty");
  return new SignJWT({ role: "authenticated" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime("5m")
    .sign(signingKey());
}
`,
};
