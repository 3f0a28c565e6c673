// What a reader of Part D figures must know, said once. Source: CMS, Medicare Part D Prescribers, methodology.

import type { Caveat } from "../report.js";

export const suppression: Caveat = {
  id: "suppression",
  clause: "rows under 11 claims are not published, so sums lie below the official totals",
  text: "CMS publishes a prescriber’s drug only from 11 claims a year on. Every sum here is a sum of published rows and lies below CMS’s official national total; a name that is not here may still have been prescribed.",
};

export const cost: Caveat = {
  id: "cost",
  clause: "cost is what all payers paid, before rebates",
  text: "Drug cost is ingredient cost, dispensing fee, sales tax and vaccine fee together, paid by the plan, the patient, the government and others. Manufacturers’ rebates are not taken off, so the net price of brands is lower.",
};

export const brandRule: Caveat = {
  id: "brand-rule",
  clause: "a drug counts as a brand when its brand name differs from its generic name",
  text: "Brand or generic is decided by the names alone: a row whose brand name is also its generic name counts as sold under the generic name. A generic with a longer trade name, such as Morphine Sulfate ER, counts as a brand name. CMS’s own split by kind of approval is not part of these rows and differs.",
};

export const drugList: Caveat = {
  id: "drug-list",
  clause: "a drug that is not on the official list counts as not being one",
  text: "Antibiotic and opioid come from CMS’s drug list in the input folder, found by brand and generic name. A pair that is not on the list has no flag; pairs that the list itself marks as conflicting follow one stated rule and are marked in the table.",
};

export const address: Caveat = {
  id: "address",
  clause: "the state is of the prescriber’s address, not of the patients",
  text: "City and state are the prescriber’s in the national register at the end of the following year. Military, foreign and unknown addresses stay in every figure.",
};

export const beneficiaries: Caveat = {
  id: "beneficiaries",
  clause: "beneficiaries cannot be added up and are not shown",
  text: "A person is counted once for each drug and once for each prescriber. Beneficiary counts therefore do not add up over drugs, prescribers, states or years, and no figure here adds them.",
};

export const comparison: Caveat = {
  id: "comparison",
  clause: "volume says nothing about the quality of care",
  text: "Names of prescribers are public data. High volume or cost follows from specialty, patients and place; it is no sign of wrongdoing.",
};

export const withheld: Caveat = {
  id: "withheld",
  clause: "prescribers with 1 to 10 claims of the kind are withheld and in neither part of the rate",
  text: "CMS gives a prescriber’s opioid and antibiotic claims when there are none or at least 11. Prescribers with 1 to 10 are left out of both parts of a rate, so the rate of a group of them lies above the true one, the more so the fewer claims its members have. The number of prescribers whose claims are given stands beside each rate.",
};

export const peers: Caveat = {
  id: "peers",
  clause: "peers are all prescribers of the same specialty and state, whatever their patients",
  text: "The figure of the peers is over all prescribers with the same specialty and state in the data year, the one looked at included. It is not adjusted for age, illness or setting of the patients: a pain clinic among internists stands out for what it is. In a group of one, peers are the prescriber alone.",
};

export const fewPeers: Caveat = {
  id: "few-peers",
  clause: "a figure of few peers swings: their number stands beside it",
  text: "The number of peers that a figure is made of stands beside it: for rates those whose claims of the kind are given, for cost per claim all. Of few, one prescriber moves the figure by much, the one looked at most of all: below 11 peers take it as a hint and no more. Of one, it is the prescriber’s own.",
};

export const namesChange: Caveat = {
  id: "names-change",
  clause: "a name that CMS changed is another name",
  text: "Years are compared by the names that CMS published in each. A brand that was renamed falls to nothing under its old name and rises from nothing under its new one.",
};
