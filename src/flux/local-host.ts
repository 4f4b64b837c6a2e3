/** Whether an address is on this machine, so that what is sent there goes nowhere else. */
export function isThisMachine(url: string): boolean {
  if (!URL.canParse(url)) return false;
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}
