import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** `@vscode/spdlog` in JavaScript: writes the log files that VS Code would write, without levels per sink or rotation. */
const SPDLOG = `'use strict';
const fs = require('node:fs');
const path = require('node:path');
const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
class Logger {
  constructor(file) { this.file = file; this.level = 2; this.plain = false; }
  write(level, message) {
    if (level < this.level || !this.file) return;
    try {
      if (this.handle === undefined) {
        fs.mkdirSync(path.dirname(this.file), { recursive: true });
        this.handle = fs.openSync(this.file, 'a');
      }
      const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
      fs.writeSync(this.handle, this.plain ? message : time + ' [' + LEVELS[level] + '] ' + message + '\\n');
    } catch { /* a log must never break what it describes */ }
  }
  log(level, message) { this.write(level, message); }
  trace(message) { this.write(0, message); }
  debug(message) { this.write(1, message); }
  info(message) { this.write(2, message); }
  warn(message) { this.write(3, message); }
  error(message) { this.write(4, message); }
  critical(message) { this.write(5, message); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() { this.plain = true; }
  flush() {}
  drop() {
    if (this.handle === undefined) return;
    fs.closeSync(this.handle);
    this.handle = undefined;
  }
}
// One assignment per name: that is how VS Code's ES modules see what a CommonJS module exports.
exports.version = 'stand-in';
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.shutdown = () => {};
exports.createRotatingLogger = async (name, file) => new Logger(file);
exports.createAsyncRotatingLogger = exports.createRotatingLogger;
`;

/** Only telemetry asks for the id, and telemetry is off. */
const DEVICE_ID = `'use strict';
exports.getDeviceId = async () => '00000000-0000-4000-8000-000000000000';
`;

/** The real one ends an extension host whose server died; here the whole process group is ended. */
const WATCHDOG = `'use strict';
exports.start = () => {};
`;

/** The native modules that npm carries no binary of, by name, with the JavaScript that takes their place. */
export const NATIVE_STAND_INS: Readonly<Record<string, string>> = {
  '@vscode/spdlog': SPDLOG,
  '@vscode/deviceid': DEVICE_ID,
  '@vscode/native-watchdog': WATCHDOG,
};

/** Puts the stand-ins into `nodeModules`, so that nothing needs a compiler. */
export async function writeStandIns(nodeModules: string): Promise<void> {
  for (const [name, code] of Object.entries(NATIVE_STAND_INS)) {
    const folder = path.join(nodeModules, name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(
      path.join(folder, 'package.json'),
      JSON.stringify({ name, version: '0.0.0', main: 'index.js' }),
    );
    await writeFile(path.join(folder, 'index.js'), code);
  }
}
