/** Calls of Certificate Manager's API. */
import { ACMClient, type KeyAlgorithm } from "@aws-sdk/client-acm";
import { sender } from "./client";

export const sendAcm = sender((settings) => new ACMClient(settings));

/** All kinds of keys: AWS lists those of RSA up to 2048 bits alone unless somebody asks for more. */
export const KEY_TYPES: KeyAlgorithm[] = [
  "RSA_1024",
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "EC_prime256v1",
  "EC_secp384r1",
  "EC_secp521r1",
];
