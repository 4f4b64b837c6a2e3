/** Takes tokens, passwords in URLs, and values of secret variables out of a text. */
export function redact(text: string): string {
  return text
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]')
    .replace(/(\w+:\/\/[^\s:/@]+:)[^\s@]+@/g, '$1[password]@')
    .replace(/\b(\w*(?:SECRET|PASSWORD)\w*\s*[=:]\s*)\S+/gi, '$1[secret]');
}
