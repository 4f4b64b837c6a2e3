import { existsSync } from 'node:fs';
import { type Browser } from 'playwright-core';
import { HarnessFailure } from './harness-failure';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** No second `--disable-features`: it would replace the one that Playwright passes. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  // Nothing but the server on this machine can be reached.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/**
 * The Chromium of this machine: the one CHROME_PATH names, else one in a usual place.
 * @throws {HarnessFailure}
 */
export function findChromium(): string {
  const named = process.env.CHROME_PATH;
  const found = (named ? [named] : USUAL_PLACES).find(file => existsSync(file));
  if (found !== undefined) return found;
  if (named) throw new HarnessFailure(`CHROME_PATH names ${named}, which does not exist.`);
  throw new HarnessFailure(
    'No Chromium was found: install the Debian package "chromium", or set CHROME_PATH to the program of a Chromium or Chrome.',
  );
}

/** Starts a headless Chromium. The caller closes it, at a signal as well: Playwright would exit before anybody else. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  const { chromium } = await import('playwright-core');
  const noSignals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return chromium.launch({ executablePath, args: FLAGS, ...noSignals });
}
