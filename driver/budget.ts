// What a run may cost, held against what it has cost so far and what is still to come. In: the budget, and a function
// that asks the service what each attempt has used. Out: the problem that stops the run. Never knows a price.

import type { EventSink } from "./events.js";
import type { Attempt } from "./ledger.js";
import type { Plan, PlannedStage } from "./plan.js";
import type { Problem, ProblemOf } from "./problems.js";
import { ProblemError } from "./problems.js";

export interface Budget {
  /** Dollars that the run may cost. */
  readonly usd: number;
  /** Dollars of each attempt, in their order, null where nobody knows. Throws a ProblemError where the service does not tell. */
  readonly spent: (plan: Plan, attempts: readonly Attempt[]) => Promise<ProblemOf<"budget-exceeded">["spent"]>;
}

export interface CostlyAttempt extends Attempt {
  /** Its machines were started ahead, and it is not submitted. */
  readonly waits: boolean;
}

/** A stage of a run under a budget. */
export interface Held {
  readonly budget: Budget;
  readonly run: string;
  readonly plan: Plan;
  /** As it is submitted: a second attempt may be larger than the plan has it. */
  readonly stage: PlannedStage;
  /** Attempts of the run so far. While a stage runs, machines of the next may be started. */
  readonly attempts: () => Promise<readonly CostlyAttempt[]>;
  readonly listen: EventSink;
  readonly now: () => Date;
}

/**
 * Dollars grow slowly, and each answer costs calls to the service for every attempt that it still counts: so often it is
 * asked, a twelfth of the machines' dollars an hour apart, and sooner where the budget may be spent sooner.
 */
const ASK_SECONDS = 300;

/** Before the stage is submitted: the problem when spent and estimated dollars together are too many. */
export async function budgetRefusal(held: Held): Promise<ProblemOf<"budget-exceeded"> | undefined> {
  const bill = await billOf(held, false);
  return bill !== undefined && bill.spent + bill.toCome > held.budget.usd ? problemOf(held, bill, false) : undefined;
}

/** For every look while the stage runs: the problem as soon as the dollars are spent. Warns once, when they will be. */
export function budgetWatch(held: Held): () => Promise<Problem | undefined> {
  const { budget, now } = held;
  const told = new Set<string>();
  const listen: EventSink = (event) => {
    if (!told.has(event.kind)) held.listen(event);
    told.add(event.kind);
  };
  let last: { readonly at: number; readonly spent: number } | undefined;
  let due = 0;
  return async () => {
    const at = now().getTime() / 1000;
    if (at < due) return undefined;
    const bill = await billOf({ ...held, listen }, true);
    due = at + ASK_SECONDS;
    if (bill === undefined) return undefined;
    const { spent, toCome } = bill;
    if (spent > budget.usd) return problemOf(held, bill, true);
    if (spent + toCome > budget.usd) listen({ kind: "budget-forecast", budget: budget.usd, spent, toCome });
    const seen = last === undefined || at === last.at ? 0 : (spent - last.spent) / (at - last.at);
    due = at + Math.min(ASK_SECONDS, (budget.usd - spent) / Math.max(seen, dollarsASecond(held)));
    last = { at, spent };
    return undefined;
  };
}

/** By the estimate; 0 where there is none, and then nobody knows when the budget will be spent. */
const dollarsASecond = ({ plan, stage }: Held): number => (stage.shape === undefined || stage.shape.estimate.seconds === 0 ? 0 : estimateOf(stage, plan) / stage.shape.estimate.seconds);

interface Bill {
  readonly spent: number;
  readonly toCome: number;
  readonly attempts: ProblemOf<"budget-exceeded">["spent"];
}

/** Undefined where the service does not tell: nobody is stopped for what nobody knows. */
async function billOf({ budget, plan, stage, attempts, listen }: Held, runs: boolean): Promise<Bill | undefined> {
  const asSubmitted = { ...plan, stages: plan.stages.map((each) => (each.name === stage.name ? stage : each)) };
  try {
    const costly = await attempts();
    const found = await budget.spent(asSubmitted, costly);
    const current = runs ? costly.findLastIndex((each) => each.stage === stage.name) : -1;
    /** Of a stage's estimate, what an attempt that goes on has used already. */
    const used = ({ name }: PlannedStage): number => found.reduce((sum, { usd }, at) => sum + (costly[at]?.stage === name && (at === current || costly[at].waits) ? (usd ?? 0) : 0), 0);
    const ahead = asSubmitted.stages.slice(asSubmitted.stages.indexOf(stage));
    const toCome = ahead.reduce((sum, each) => sum + Math.max(0, estimateOf(each, plan) - used(each)), 0);
    return { spent: found.reduce((sum, { usd }) => sum + (usd ?? 0), 0), toCome, attempts: found };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    listen({ kind: "cost-unknown", problem: error.problem });
    return undefined;
  }
}

const estimateOf = ({ shape }: PlannedStage, { engine }: Plan): number => (shape === undefined || engine === "local" ? 0 : shape.estimate.usd[engine]);

const problemOf = ({ budget, run, stage }: Held, { toCome, attempts }: Bill, stopped: boolean): ProblemOf<"budget-exceeded"> => ({ code: "budget-exceeded", run, stage: stage.name, budget: budget.usd, spent: attempts, toCome, stopped });
