// What can be asked about releases and instance types.

import type { DescribeReleaseLabelInput, DescribeReleaseLabelOutput, ListReleaseLabelsInput, ListReleaseLabelsOutput, ListSupportedInstanceTypesInput, ListSupportedInstanceTypesOutput } from "@aws-sdk/client-emr";
import { page } from "./page.js";
import { findRelease, INSTANCE_TYPES, RELEASES, type Release } from "./releases.js";
import type { Handler } from "./server.js";
import { invalidRequest } from "./service-error.js";

const PAGE = 50;
const MOST = 100;

export const catalogHandlers: Readonly<Record<string, Handler>> = {
  DescribeReleaseLabel: (input: DescribeReleaseLabelInput): DescribeReleaseLabelOutput => {
    const { label, applications } = known(input.ReleaseLabel ?? RELEASES[0]?.label);
    return { ReleaseLabel: label, Applications: [...applications], AvailableOSReleases: [{ Label: "2023.9.20251020.0" }] };
  },
  ListReleaseLabels: (input: ListReleaseLabelsInput): ListReleaseLabelsOutput => {
    const { Prefix = "", Application } = input.Filters ?? {};
    const [name, version] = (Application ?? "").toLowerCase().split("@");
    const fits = ({ label, applications }: Release): boolean =>
      label.startsWith(Prefix) && (Application === undefined || applications.some((each) => each.Name.toLowerCase() === name && (version === undefined || each.Version.startsWith(version))));
    const { items, next } = page(RELEASES.filter(fits), { token: input.NextToken, size: input.MaxResults ?? MOST });
    return { ReleaseLabels: items.map(({ label }) => label), NextToken: next };
  },
  ListSupportedInstanceTypes: (input: ListSupportedInstanceTypesInput): ListSupportedInstanceTypesOutput => {
    known(input.ReleaseLabel);
    const { items, next } = page(INSTANCE_TYPES, { token: input.Marker, size: PAGE });
    return {
      SupportedInstanceTypes: items.map(({ type, vcpu, memoryGb, architecture }) => ({ Type: type, VCPU: vcpu, MemoryGB: memoryGb, StorageGB: 0, NumberOfDisks: 0, EbsStorageOnly: true, EbsOptimizedAvailable: true, EbsOptimizedByDefault: true, Is64BitsOnly: true, Architecture: architecture, InstanceFamilyId: type.split(".")[0] })),
      Marker: next,
    };
  },
};

function known(label: string | undefined): Release {
  const found = findRelease(label ?? "");
  if (found === undefined) throw invalidRequest(`The supplied release label is invalid: ${label}.`);
  return found;
}
