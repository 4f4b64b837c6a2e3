import type { Finding, TextEdit } from '../../lint/finding';
import { fixPush } from '../../lint/fix-push';
import { parseSource } from '../../sql/source-file';
import { differences } from './differences';
import type { LintService } from './lint-service';
import type { PushReader } from './push-reader';
import type { Push } from './pushes';

/** Makes many fixes at once, and those that show after them. */
export class FixAll {
  constructor(
    private readonly service: LintService,
    private readonly reader: PushReader,
  ) {}

  /** What the fixes of the findings that are wanted, of some rules, come to: in files that may be changed. */
  async edits(
    push: Push,
    rules: ReadonlySet<string>,
    isWanted: (finding: Finding) => boolean,
    mayChange: (file: string) => boolean = () => true,
  ): Promise<TextEdit[]> {
    const parser = await this.reader.parser();
    const { files } = fixPush(push.files, {
      judge: texts => this.service.withFixes(push, rules, texts).filter(isWanted),
      parse: (name, text) => parseSource(parser, name, text),
      mayChange,
    });
    return push.files.flatMap(({ name, text }, index) => differences(name, text, files[index]?.text ?? text));
  }
}
