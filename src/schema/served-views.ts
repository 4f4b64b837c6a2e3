import { TABLE_VERBS } from '../flux/engine';
import type { SchemaModel } from './model';
import type { View } from './objects';

/** Views that read as their owner and that requests reach: by name, or through views that read as the caller. */
export function servedViews(model: SchemaModel): View[] {
  const keys = new Set([...model.views].flatMap(([key, { schema }]) => (model.isExposed(schema) ? key : [])));
  const found: View[] = [];
  // A set visits what is added while it is walked.
  for (const key of keys) {
    const view = model.views.get(key);
    const isReachable = model.requestRoles.some(role =>
      TABLE_VERBS.some(verb => model.privileges.origin(key, role, verb) !== undefined),
    );
    if (!view || view.materialized || !isReachable) continue;
    if (view.securityInvoker) for (const inner of view.reads) keys.add(inner);
    else found.push(view);
  }
  return found;
}
