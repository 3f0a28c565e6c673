// Reads the arguments of a spark-submit: options, settings, program and its own arguments. Also the one string in which
// EMR Serverless takes them, which is cut as a shell does.

export interface SparkArguments {
  /** Options but --conf, such as ["--py-files", "s3://…"]; the value of a switch is undefined. */
  readonly options: readonly (readonly [string, string | undefined])[];
  /** `--conf key=value` and `-c key=value`; of equal keys the last one counts, as in Spark. */
  readonly conf: Readonly<Record<string, string>>;
  /** The script or JAR, and what follows it. */
  readonly program: readonly string[];
}

const SWITCHES = new Set(["--verbose", "-v", "--version", "--help", "-h", "--supervise", "--load-spark-defaults"]);

export function readArguments(args: readonly string[]): SparkArguments {
  const options: [string, string | undefined][] = [];
  const conf: Record<string, string> = {};
  let index = 0;
  for (; index < args.length; index++) {
    const word = args[index] ?? "";
    if (!word.startsWith("-")) break;
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const name = equals < 0 ? word : word.slice(0, equals);
    if (SWITCHES.has(name)) {
      options.push([name, undefined]);
      continue;
    }
    const value = equals < 0 ? (args[++index] ?? "") : word.slice(equals + 1);
    if (name === "--conf" || name === "-c") {
      const cut = value.indexOf("=");
      conf[cut < 0 ? value : value.slice(0, cut)] = cut < 0 ? "" : value.slice(cut + 1);
    } else options.push([name, value]);
  }
  return { options, conf, program: args.slice(index) };
}

/** Cuts a command line into words: blanks, single and double quotes, backslash. Throws on an open quote. */
export function cutWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let index = 0; index < line.length; index++) {
    const sign = line[index] ?? "";
    if (sign === "\\" && quote !== "'") {
      word = (word ?? "") + (line[++index] ?? "");
    } else if (quote !== "") {
      if (sign === quote) quote = "";
      else word = (word ?? "") + sign;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      word ??= "";
    } else if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + sign;
  }
  if (quote !== "") throw new Error(`a quote ${quote} is not closed`);
  return word === undefined ? words : [...words, word];
}

/** Values of the options that Spark also takes as settings: an option counts more than --conf. */
const AS_SETTING: Readonly<Record<string, string>> = {
  "--driver-memory": "spark.driver.memory",
  "--driver-cores": "spark.driver.cores",
  "--executor-memory": "spark.executor.memory",
  "--executor-cores": "spark.executor.cores",
  "--num-executors": "spark.executor.instances",
  "--deploy-mode": "spark.submit.deployMode",
  "--master": "spark.master",
};

/** All settings that the application will see: defaults, then --conf, then options. */
export function settingsOf(args: SparkArguments, defaults: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const named = args.options.flatMap(([name, value]): [string, string][] => {
    const setting = AS_SETTING[name];
    return setting === undefined || value === undefined ? [] : [[setting, value]];
  });
  return { ...defaults, ...args.conf, ...Object.fromEntries(named) };
}

export interface Configuration {
  readonly Classification?: string | undefined;
  readonly Properties?: Readonly<Record<string, string>> | undefined;
}

/** What a configuration list says as spark-defaults. */
export function sparkDefaults(configurations: readonly Configuration[] = []): Readonly<Record<string, string>> {
  const found = configurations.filter(({ Classification }) => Classification === "spark-defaults").map(({ Properties }) => Properties ?? {});
  return Object.fromEntries(found.flatMap((each) => Object.entries(each)));
}
