// In: nothing. Out: worker.ts, running in this thread. Node 20 does not hand the loader of the main thread to its workers.
import { register } from "tsx/esm/api";

register();
await import("./worker.ts");
