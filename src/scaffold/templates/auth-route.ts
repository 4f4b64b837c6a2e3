import type { Template } from './template';

/** The endpoints Auth.js needs: sign-in, callback, session. */
export const authRoute: Template = {
  path: 'src/app/api/auth/[...nextauth]/route.ts',
  render: () => `import { handlers } from "@/auth";

export const { GET, POST } = handlers;
`,
};
