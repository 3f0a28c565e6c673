// Instance fleets: which instances a target brings, resizing, and what can be asked of both.

import type {
  InstanceFleet as WireFleet, InstanceFleetConfig, InstanceTypeConfig, ListInstanceFleetsInput, ListInstanceFleetsOutput, ListInstancesInput, ListInstancesOutput, ModifyInstanceFleetInput,
} from "@aws-sdk/client-emr";
import { findCluster, isUp, type Cluster, type Emr, type Fleet, type Instance } from "./cluster-state.js";
import { page } from "./page.js";
import { findInstanceType } from "./releases.js";
import type { Handler } from "./server.js";
import { invalidRequest, validation } from "./service-error.js";
import { isOver, reached } from "./states.js";
import { later, type World } from "./world.js";

const PAGE = 50;
const MOST_TYPES = 30;

export function fleetHandlers(emr: Emr): Readonly<Record<string, Handler>> {
  return {
    ListInstanceFleets: (input: ListInstanceFleetsInput): ListInstanceFleetsOutput => {
      const { items, next } = page(findCluster(emr, input.ClusterId).fleets, { token: input.Marker, size: PAGE });
      return { InstanceFleets: items.map(fleetTold), Marker: next };
    },
    ListInstances: (input: ListInstancesInput): ListInstancesOutput => {
      const fleets = findCluster(emr, input.ClusterId).fleets.filter(({ id, kind }) => (input.InstanceFleetId ?? id) === id && (input.InstanceFleetType ?? kind) === kind);
      const found = fleets.flatMap((fleet) => fleet.instances.map((instance) => ({ fleet, instance }))).filter(({ instance }) => input.InstanceStates?.length ? input.InstanceStates.includes(instance.life.state) : true);
      const { items, next } = page(found, { token: input.Marker, size: PAGE });
      return { Instances: items.map(({ fleet, instance }) => instanceTold(fleet, instance)), Marker: next };
    },
    ModifyInstanceFleet: (input: ModifyInstanceFleetInput): object => {
      const cluster = findCluster(emr, input.ClusterId);
      const wanted = input.InstanceFleet;
      const fleet = cluster.fleets.find(({ id }) => id === wanted?.InstanceFleetId);
      if (fleet === undefined || wanted === undefined) throw invalidRequest(`Instance fleet id '${wanted?.InstanceFleetId}' is not valid.`);
      if (!isUp(cluster)) throw invalidRequest(`Instance fleets can be modified while the cluster is RUNNING or WAITING, it is ${cluster.life.state}.`);
      if (fleet.kind === "MASTER") throw invalidRequest("The MASTER instance fleet cannot be resized.");
      if (fleet.life.state !== "RUNNING") throw invalidRequest(`Instance fleet ${fleet.id} is ${fleet.life.state} and cannot be modified now.`);
      if (wanted.InstanceTypeConfigs !== undefined) fleet.types = checkedTypes(fleet.kind, wanted.InstanceTypeConfigs);
      fleet.onDemand = wanted.TargetOnDemandCapacity ?? fleet.onDemand;
      fleet.spot = wanted.TargetSpotCapacity ?? fleet.spot;
      resize(emr.world, fleet);
      return {};
    },
  };
}

/** The fleets of a new cluster, without instances yet. Throws ValidationException for what the service would refuse. */
export function newFleets(world: World, configs: readonly InstanceFleetConfig[]): Fleet[] {
  const kinds = configs.map(({ InstanceFleetType }) => InstanceFleetType);
  if (!kinds.includes("MASTER")) throw validation("An instance fleet of type MASTER is required.");
  if (new Set(kinds).size !== kinds.length) throw validation("Each instance fleet type may be given once.");
  return configs.map((config) => {
    const kind = config.InstanceFleetType ?? "MASTER";
    const [onDemand, spot] = [config.TargetOnDemandCapacity ?? 0, config.TargetSpotCapacity ?? 0];
    if (kind === "MASTER" && onDemand + spot !== 1) throw validation("The MASTER instance fleet must have a target capacity of exactly 1.");
    if (kind !== "TASK" && onDemand + spot === 0) throw validation(`The ${kind} instance fleet must have a target capacity of at least 1.`);
    checkSpot(config);
    const id = world.id("if-");
    return { id, kind, config, types: checkedTypes(kind, config.InstanceTypeConfigs ?? []), onDemand, spot, life: world.lives.begin("fleet", id, "PROVISIONING"), instances: [] };
  });
}

function checkSpot({ LaunchSpecifications }: InstanceFleetConfig): void {
  const minutes = LaunchSpecifications?.SpotSpecification?.TimeoutDurationMinutes;
  if (minutes !== undefined && (minutes < 5 || minutes > 1440)) throw validation(`TimeoutDurationMinutes must be from 5 to 1440, got ${minutes}.`);
}

function checkedTypes(kind: Fleet["kind"], types: readonly InstanceTypeConfig[]): readonly InstanceTypeConfig[] {
  if (types.length === 0 || types.length > MOST_TYPES) throw validation(`The ${kind} instance fleet must have 1 to ${MOST_TYPES} instance types, got ${types.length}.`);
  for (const { InstanceType, WeightedCapacity = 1 } of types) {
    if (findInstanceType(InstanceType ?? "") === undefined) throw validation(`Instance type '${InstanceType}' is not supported.`);
    if (WeightedCapacity < 1 || (kind === "MASTER" && WeightedCapacity !== 1)) throw validation(`WeightedCapacity of ${InstanceType} in the ${kind} instance fleet cannot be ${WeightedCapacity}.`);
  }
  return types;
}

/** Brings the instances to the targets: the first type that is offered serves, the last instances go first. */
export function provision(world: World, fleet: Fleet, state: "PROVISIONING" | "RUNNING"): void {
  for (const market of ["ON_DEMAND", "SPOT"] as const) {
    const target = market === "SPOT" ? fleet.spot : fleet.onDemand;
    const kept = fleet.instances.filter((each) => each.market === market && !isOver(each.life));
    let units = kept.reduce((all, each) => all + each.weight, 0);
    for (let last = kept.pop(); last !== undefined && units - last.weight >= target; last = kept.pop()) {
      world.lives.move(last.life, "TERMINATED");
      units -= last.weight;
    }
    const { InstanceType = "", WeightedCapacity: weight = 1 } = fleet.types[0] ?? {};
    for (; units < target; units += weight) fleet.instances.push(newInstance(world, { type: InstanceType, weight, market }, state));
  }
}

function newInstance(world: World, is: Pick<Instance, "type" | "weight" | "market">, state: "PROVISIONING" | "RUNNING"): Instance {
  const ec2 = world.id("i-");
  const instance: Instance = { ...is, id: world.id("ci-"), ec2, life: world.lives.begin("instance", ec2, "PROVISIONING"), reason: undefined };
  if (state === "RUNNING") advanceInstance(world, instance);
  return instance;
}

/** PROVISIONING → BOOTSTRAPPING → RUNNING, as far as it has not got. */
export function advanceInstance(world: World, { life }: Instance): void {
  if (life.state === "PROVISIONING") world.lives.move(life, "BOOTSTRAPPING");
  if (life.state === "BOOTSTRAPPING") world.lives.move(life, "RUNNING");
}

/** RESIZING until the instances are as many as asked for. */
export function resize(world: World, fleet: Fleet): void {
  world.lives.move(fleet.life, "RESIZING");
  later(world, fleet.life, {
    ms: world.delays.fleetResize,
    then: () => {
      provision(world, fleet, "RUNNING");
      world.lives.move(fleet.life, "RUNNING");
    },
  });
}

/** m1.small hours of all instances, each begun hour whole. */
export function normalizedHours(world: World, cluster: Cluster): number {
  const hours = cluster.fleets.flatMap(({ instances }) => instances).map(({ type, life }) => {
    const [from, to] = [reached(life, "RUNNING"), reached(life, "TERMINATED")];
    if (from === undefined) return 0;
    return Math.ceil(((to?.getTime() ?? world.clock.now()) - from.getTime()) / 3_600_000) * (findInstanceType(type)?.normalized ?? 0);
  });
  return hours.reduce((all, each) => all + each, 0);
}

function fleetTold(fleet: Fleet): WireFleet {
  const { config, life } = fleet;
  const got = (market: Instance["market"]): number => fleet.instances.filter((each) => each.market === market && !isOver(each.life)).reduce((all, each) => all + each.weight, 0);
  return {
    Id: fleet.id,
    Name: config.Name ?? fleet.kind,
    Status: { State: life.state, StateChangeReason: {}, Timeline: { CreationDateTime: reached(life, "PROVISIONING"), ReadyDateTime: reached(life, "RUNNING"), EndDateTime: reached(life, "TERMINATED") } },
    InstanceFleetType: fleet.kind,
    TargetOnDemandCapacity: fleet.onDemand,
    TargetSpotCapacity: fleet.spot,
    ProvisionedOnDemandCapacity: got("ON_DEMAND"),
    ProvisionedSpotCapacity: got("SPOT"),
    InstanceTypeSpecifications: fleet.types.map(({ InstanceType, WeightedCapacity = 1, BidPrice, BidPriceAsPercentageOfOnDemandPrice, Priority }) => ({ InstanceType, WeightedCapacity, BidPrice, BidPriceAsPercentageOfOnDemandPrice, Priority })),
    LaunchSpecifications: config.LaunchSpecifications,
    ResizeSpecifications: config.ResizeSpecifications,
  };
}

function instanceTold(fleet: Fleet, { id, ec2, type, market, life, reason }: Instance): NonNullable<ListInstancesOutput["Instances"]>[number] {
  const address = `10.0.${parseInt(ec2.slice(-4, -2), 16)}.${parseInt(ec2.slice(-2), 16)}`;
  return {
    Id: id,
    Ec2InstanceId: ec2,
    PrivateIpAddress: address,
    PrivateDnsName: `ip-${address.replaceAll(".", "-")}.ec2.internal`,
    Status: {
      State: life.state,
      StateChangeReason: reason === undefined ? {} : { Code: "INSTANCE_FAILURE", Message: reason },
      Timeline: { CreationDateTime: reached(life, "PROVISIONING"), ReadyDateTime: reached(life, "RUNNING"), EndDateTime: reached(life, "TERMINATED") },
    },
    InstanceFleetId: fleet.id,
    Market: market,
    InstanceType: type,
    EbsVolumes: [],
  };
}
