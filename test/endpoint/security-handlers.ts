// Security configurations by name, as the options of the endpoint have them.

import type { DescribeSecurityConfigurationInput, DescribeSecurityConfigurationOutput } from "@aws-sdk/client-emr";
import type { Handler } from "./server.js";
import { invalidRequest } from "./service-error.js";

export const securityHandlers = (known: Readonly<Record<string, string>>): Readonly<Record<string, Handler>> => ({
  DescribeSecurityConfiguration: ({ Name = "" }: DescribeSecurityConfigurationInput): DescribeSecurityConfigurationOutput => {
    const found = known[Name];
    if (found === undefined) throw invalidRequest(`Security configuration with name '${Name}' does not exist.`);
    return { Name, SecurityConfiguration: found, CreationDateTime: new Date(0) };
  },
});
