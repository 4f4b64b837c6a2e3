import { auth } from './auth';
import { authRoute } from './auth-route';
import { flux } from './flux';
import { fluxRlsSql } from './flux-rls-sql';
import { fluxToken } from './flux-token';
import { myNotesRoute } from './my-notes-route';
import type { Template } from './template';

/** Every file the guide asks for, but for `.env.local`, which is merged. */
export const TEMPLATES: readonly Template[] = [auth, authRoute, flux, fluxToken, myNotesRoute, fluxRlsSql];
