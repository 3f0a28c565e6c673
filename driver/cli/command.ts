// One verb of the command line: its words declared once, and the handler gets them with the types that yargs
// infers from the declaration. Registering is what the command itself does, so no list needs to know every type.

import type { ArgumentsCamelCase, Argv } from "yargs";
import type { Context } from "./context.js";

/** Words that every command has. */
export interface SharedWords {
  readonly json: boolean;
}

interface Definition<Words> {
  readonly command: string;
  readonly describe: string;
  readonly builder: (yargs: Argv<SharedWords>) => Argv<Words>;
  readonly handler: (words: ArgumentsCamelCase<Words>, context: Context) => void | Promise<void>;
}

export type Command = (cli: Argv<SharedWords>, context: Context) => void;

export function command<Words>({ command: words, describe, builder, handler }: Definition<Words>): Command {
  return (cli, context) => {
    cli.command(words, describe, builder, (args) => handler(args, context));
  };
}
