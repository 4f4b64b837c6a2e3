/** Messages of PostgreSQL and PostgREST whose form gives their code away, for pastes that leave the code out. */
const KNOWN: readonly (readonly [form: RegExp, code: string])[] = [
  [/permission denied (?:for|to) /, '42501'],
  [/new row violates row-level security policy/, '42501'],
  [/infinite recursion detected in policy/, '42P17'],
  [/stack depth limit exceeded/, '54001'],
  [/invalid input (?:syntax for type|value for enum)/, '22P02'],
  [/relation "[^"]*" does not exist/, '42P01'],
  [/column \S+ does not exist/, '42703'],
  [/role "[^"]*" does not exist/, '22023'],
  [/operator does not exist|function [^\s(]{1,200}\([^)\n]{0,500}\) does not exist/, '42883'],
  [/violates not-null constraint/, '23502'],
  [/violates unique constraint/, '23505'],
  [/violates foreign key constraint/, '23503'],
  [/violates check constraint/, '23514'],
  [/value too long for type/, '22001'],
  [/cannot (?:insert a non-DEFAULT value into|be updated)|can only be updated to DEFAULT/, '428C9'],
  [/is of type .{1,100} but (?:default )?expression is of type/, '42804'],
  [/canceling statement due to statement timeout/, '57014'],
  [/in a read-only transaction/, '25006'],
  [
    /JWT expired|JWSError|JWTNotYetValid|JWTIssuedAtFuture|JWTClaimsSetDecodeError|JWTNotInAudience/,
    'PGRST301',
  ],
  [/Anonymous access is disabled/, 'PGRST302'],
  [/(?:JSON object requested, multiple \(or no\)|Cannot coerce the result to a single JSON)/, 'PGRST116'],
  [/The schema must be one of|Invalid schema: /, 'PGRST106'],
  [/None of these media types are available/, 'PGRST107'],
  [/Requested range not satisfiable/, 'PGRST103'],
  [/failed to parse (?:filter|select|order|logic tree)/, 'PGRST100'],
  [/All object keys must match|Empty or invalid json|Content-Type not acceptable/, 'PGRST102'],
  [/Could not find a relationship between/, 'PGRST200'],
  [/Could not find the function/, 'PGRST202'],
  [/Could not find the table/, 'PGRST205'],
  [/Column '[^']*' of relation '[^']*' does not exist|Could not find the '[^']*' column/, 'PGRST204'],
];

/** The code a message always comes with; undefined for other texts. */
export function codeOfMessage(message: string): string | undefined {
  return KNOWN.find(([form]) => form.test(message))?.[1];
}

/** A SQLSTATE or PostgREST code that stands in a text by itself. */
export function codeIn(text: string): string | undefined {
  return (
    /\b(PGRST[0-9]{3})\b/.exec(text)?.[1] ??
    /\bSQLSTATE:?\s*\[?([0-9A-Z]{5})\b/i.exec(text)?.[1] ??
    /\b(?:code|ERROR)["']?\s*:\s*["']?([0-9]{2}[0-9A-Z]{3})\b/.exec(text)?.[1] ??
    /^\s*([0-9]{2}[0-9A-Z]{3}|P0001)\s*$/.exec(text)?.[1]
  );
}

/** Whether a text can be a code of PostgreSQL or PostgREST, and none of a client library's own. */
export function isServerCode(text: string): boolean {
  return /^(?:PGRST[0-9]{3}|[0-9A-Z]{5})$/.test(text) && !/^E[A-Z]{4}$/.test(text);
}
