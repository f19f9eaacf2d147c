/** Calls of Certificate Manager's API. */
import { ACMClient } from "@aws-sdk/client-acm";
import { sender } from "./client";

export const sendAcm = sender((settings) => new ACMClient(settings));
