// The script of a report's file. In: the file's own data and the address after #. Out: the page that was asked for, drawn
// by the same code as the first view. Never here: a request, storage.

import { reports } from "../../index.js";
import { showing } from "./show.js";
import { store } from "./store.js";

const manifest = store.manifest();
const report = reports.find(({ name }) => name === manifest.report);
if (report !== undefined) showing(report, manifest);
