// Words of Spark and of logs, without what surrounds them for machines.

/** The first line of a message without the task it came from, its error condition, SQL state and advice for everybody. */
export const firstSentence = (message: string): string =>
  (message.split("\n")[0] ?? message)
    .replace(/^Job aborted due to stage failure: (Task .*?\(\S+ executor \S+\): )?/, "")
    .replace(/^([\w.$]+: )?\[[A-Z_.0-9]+\]\s*/, "")
    .replace(/\s*SQLSTATE: \w+.*$/, "")
    .replace(/ If necessary set .* to bypass this error/, "")
    .replace(/ Did you mean one of the following\?.*$/, "")
    .replace(/\.+$/, "");

/** A line of a log without its time, level, logger and "Caused by". */
export const saidIn = (line: string): string => firstSentence(line.replace(/^\S+ \S+ (ERROR|WARN|FATAL) [\w.$]+: /, "").replace(/^(ERROR|WARN) [\w.$]+: /, "").replace(/^(Caused by|Exception in thread "[^"]*"): ?/, "").trim());

/** The runner tells the words alone, a log the class before them. */
export const withoutClass = (message: string): string => message.replace(/^.*OutOfMemoryError:\s*/, "");
