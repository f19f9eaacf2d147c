/** Calls of Identity and Access Management's API, of which Elbow has the server certificates. */
import { IAMClient } from "@aws-sdk/client-iam";
import { sender } from "./client";

export const sendIam = sender((settings) => new IAMClient(settings));
