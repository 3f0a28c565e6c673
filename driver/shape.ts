// What a stage of a plan runs on when it is not this computer, why, and what that costs. Data only: emr/sizing makes it.

export interface WorkerSize {
  readonly vcpu: number;
  /** Heap and overhead together. */
  readonly memory_gb: number;
  readonly disk_gb: number;
}

/** Interchangeable instance types of a fleet; `weight` is the units that one instance brings. */
export interface InstanceChoice {
  readonly type: string;
  readonly weight: number;
}

export interface FleetShape {
  readonly types: readonly InstanceChoice[];
  /** Units, in the weights of `types`. */
  readonly on_demand_units: number;
  readonly spot_units: number;
}

export interface ClusterShape {
  readonly primary: FleetShape;
  readonly core: FleetShape;
  /** Absent for a stage that the core nodes can hold. */
  readonly task?: FleetShape;
}

export interface Estimate {
  /** Wall seconds, provisioning included. */
  readonly seconds: number;
  /** The same stage on either engine, in US dollars of the price table. */
  readonly usd: { readonly emr: number; readonly "emr-serverless": number };
  /** What the numbers rest on, one sentence each. */
  readonly assumptions: readonly string[];
}

export interface StageShape {
  readonly engine: "emr" | "emr-serverless";
  readonly driver: WorkerSize;
  readonly executor: WorkerSize;
  /** Most executors at a time. */
  readonly executors: number;
  /** One sentence for the plan: what decided. */
  readonly reason: string;
  readonly evidence: "rules" | "former run";
  /** Spark settings that follow from the size. */
  readonly conf: Readonly<Record<string, string>>;
  /** EMR on EC2 only. */
  readonly cluster?: ClusterShape;
  readonly estimate: Estimate;
}
