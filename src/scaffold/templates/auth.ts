import type { Template } from './template';

/** Auth.js: who signs in, and which id of theirs owns rows. */
export const auth: Template = {
  path: 'src/auth.ts',
  render: () => `import NextAuth, { type DefaultSession } from "next-auth";
import type { Provider } from "next-auth/providers";
import GitHub from "next-auth/providers/github";

declare module "next-auth" {
  interface Session {
    user: { id: string } & DefaultSession["user"];
  }
}

const providers: Provider[] = [];

// Without both values GitHub would show an error page instead of a sign-in.
// The provider reads AUTH_GITHUB_ID and AUTH_GITHUB_SECRET by itself.
if (process.env.AUTH_GITHUB_ID && process.env.AUTH_GITHUB_SECRET) {
  providers.push(GitHub);
}

export const { handlers, auth, signIn, signOut } = NextAuth({
  providers,
  session: { strategy: "jwt" },
  callbacks: {
    // Auth.js puts a new random id into token.sub at every sign-in. Rows need the id that stays:
    // the provider's own, with the provider before it, so that two providers cannot collide.
    // \`account\` is there only at sign-in; sessions from before this rule have to sign in again.
    jwt({ token, account }) {
      if (account) token.sub = \`\${account.provider}|\${encodeURIComponent(account.providerAccountId)}\`;
      return token.sub?.includes("|") ? token : null;
    },
    session({ session, token }) {
      if (token.sub) session.user.id = token.sub;
      return session;
    },
  },
});
`,
};
