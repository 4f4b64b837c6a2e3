const COMMENTS = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const TRAILING_COMMAS = /"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g;

/** Reads JSON as VS Code's settings have it: with comments and trailing commas. Throws for anything else. */
export function parseJsonc(text: string): unknown {
  // Both look at strings first, so that what stands in one is neither.
  const keepStrings = (part: string): string => (part.startsWith('"') ? part : ' ');
  const json = text
    .replace(/^\ufeff/, '')
    .replace(COMMENTS, keepStrings)
    .replace(TRAILING_COMMAS, keepStrings);
  return JSON.parse(json);
}
